"""Settlement on the console: what was squared and paid out, agreements, merchants, payees, calendar."""
