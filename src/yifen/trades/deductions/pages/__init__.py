"""Pages of deductions."""
