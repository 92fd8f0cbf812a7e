"""Notifications: short messages to people, kept sealed in an outbox of our own."""
