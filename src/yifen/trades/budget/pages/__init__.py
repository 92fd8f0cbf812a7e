"""Pages of budget indicators."""
