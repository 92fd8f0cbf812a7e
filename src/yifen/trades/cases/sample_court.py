"""Who and what the demo's court is, for who meets it from outside. No Django."""

COURT, CHANNEL, ACQUIRER, TERMINAL, MERCHANT = "COURT01", "CPOS", "UNIONPAY", "CP000001", "898960100000001"
CLERK, JUDGE, COLLEAGUE, CHIEF, PRESIDENT = "court", "judge", "judge2", "chief", "president"
LEVELS = {"panel": COLLEAGUE, "check": CLERK, "bureau": CHIEF, "head": PRESIDENT}
CODE, MAIN, PREFIX = "桂0304", "6217030400000000", "621703041"
