"""How the hub is, for Prometheus: what a process counts, what the database tells."""
