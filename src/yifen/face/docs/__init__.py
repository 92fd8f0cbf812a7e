"""The documentation's site below /docs/: the files of one built folder, and nothing else."""
