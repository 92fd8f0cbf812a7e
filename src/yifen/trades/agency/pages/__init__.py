"""Pages of the agency: the desk's transactions, and the console's lists and forms."""
