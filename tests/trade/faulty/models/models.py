"""Tables of a trade."""

raise ValueError("no such kind of column")
