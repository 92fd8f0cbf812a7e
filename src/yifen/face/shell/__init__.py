"""The frame of all pages: middleware, menu, errors, theme, the hub of the process."""
