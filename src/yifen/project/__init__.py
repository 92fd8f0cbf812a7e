"""The composition: settings, addresses, and the one list of trades."""
