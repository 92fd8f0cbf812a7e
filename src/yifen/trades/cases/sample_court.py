"""Who and what the demo's court is, for who meets it from outside. No Django."""

COURT, CHANNEL, ACQUIRER, TERMINAL, MERCHANT = "COURT01", "CPOS", "UNIONPAY", "CP000001", "898960100000001"
CLERK, JUDGE, CHIEF, PRESIDENT = "court", "judge", "chief", "president"
CODE, MAIN, PREFIX = "桂0304", "6217030400000000", "621703041"
