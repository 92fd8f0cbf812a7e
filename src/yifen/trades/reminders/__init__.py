"""Reminders to payers 缴费提醒: what is due on the accounts that they bound, once each."""
