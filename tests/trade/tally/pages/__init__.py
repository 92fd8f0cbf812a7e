"""Pages of the tiny trade."""
