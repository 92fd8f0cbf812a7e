"""Pages of collection orders."""
