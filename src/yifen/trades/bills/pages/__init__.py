"""Pages of the bill import."""
