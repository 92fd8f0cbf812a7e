"""Lines of the TCP dialect (decision 0046)."""
