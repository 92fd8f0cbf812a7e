"""Pages of heating service."""
