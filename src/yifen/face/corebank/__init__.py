"""Pages of the core port: moves of money at the banks' cores, and the cores themselves."""
