"""Pages of utilities' databases."""
