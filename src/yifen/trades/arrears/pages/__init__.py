"""Pages of arrears."""
