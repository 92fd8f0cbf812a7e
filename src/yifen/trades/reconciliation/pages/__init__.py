"""Reconciliation and repair on the console: runs, differences, rules, layouts."""
