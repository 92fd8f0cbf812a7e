"""Lists: declared once, shown page by key, filtered, exported."""
