"""Writes of the counter, one module a verb. The hub is never asked inside a transaction."""
