"""Pages of the court's funds."""
