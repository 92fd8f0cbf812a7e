"""A folder a trade, all of it inside: its plug, tables, rules, operations, pages."""
