"""The door of the TCP dialect."""
