"""The POS door: terminals pay payables by card, through an acquirer (decision 0042)."""
