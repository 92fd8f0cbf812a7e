"""Yifen 一分: an open public collection-and-payment hub."""

__version__ = "0.1.0"
