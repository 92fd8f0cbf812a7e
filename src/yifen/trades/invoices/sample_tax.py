"""The power company at its tax platform in the demo, as both sides know it."""

PLATFORM, TAX_NO = "TAX01", "91370100MA3C0ABC1L"
RATES = ",1100101020200000000,供电,13"  # of whatever the company bills
