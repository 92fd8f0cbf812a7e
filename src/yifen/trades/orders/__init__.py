"""Checkout: a payer's order, the ways to pay it, and the accounts that payers bind."""
