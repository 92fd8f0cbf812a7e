"""A Django app that is not there."""
