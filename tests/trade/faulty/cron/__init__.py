"""A task that runs at no time."""
