"""Utilities whose only interface is their own database."""
