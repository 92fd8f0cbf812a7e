"""Clocks of case money: notices, pauses; papers of cases and their check (decision 0044)."""
