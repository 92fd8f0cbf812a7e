"""A table that no migration makes."""
