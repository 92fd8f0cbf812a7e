"""Unidentified money: cases that it may be of."""
