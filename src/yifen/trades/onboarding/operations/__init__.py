"""The steps of onboarding 接入, one module a verb."""
