"""Pages of the TCP dialect's lines."""
