"""Figures for Prometheus: what each process counts, and what the database tells, once for all."""
