"""Budget 预算指标: who there is in a finance bureau and its units, and what may be spent (decision 0045)."""
