"""Court funds 执行案款: one case, one account (decision 0041)."""
