"""Pages of utility billing."""
