"""Messages to people: who brings them, and their texts; both changed by two people."""
