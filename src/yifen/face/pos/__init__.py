"""Pages of the POS door: terminals, their sales and batches, acquirers, exceptions."""
