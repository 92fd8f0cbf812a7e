"""Pages of blanks and invoices."""
