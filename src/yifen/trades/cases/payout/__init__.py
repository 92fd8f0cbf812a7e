"""Case money that leaves: applications, levels, held parts, plans, the bank."""
