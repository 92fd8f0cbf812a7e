"""The frame of the teller's desk: what any trade's transaction stands in."""
