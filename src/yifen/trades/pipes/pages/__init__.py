"""Pages of pipes: each partner's pipes, what was told through them, and the kinds of events."""
