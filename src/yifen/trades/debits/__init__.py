"""Batch debit 批量代扣: a biller's file, or its open bills, taken from the payers' accounts by their mandates."""
