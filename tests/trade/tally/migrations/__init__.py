"""Migrations of the tiny trade."""
