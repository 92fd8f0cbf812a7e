"""A function that no file makes."""
