"""Pages of onboarding: partners, keys, admissions, conformance, going live, outages."""
