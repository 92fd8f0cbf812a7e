"""Where partners ask for mandates, cancel them, and debit by them."""
