"""Mandates 代扣签约: who agreed that his account pays a biller's bills, and single debits by them."""
