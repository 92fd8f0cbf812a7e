"""Addresses of a trade."""

raise ValueError("no such page")
