"""A Django app whose tables cannot be read."""
