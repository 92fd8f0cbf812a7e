"""The sandbox 沙箱: its book, and its accounts where a channel does not learn at once what became of a
charge."""

SANDBOX_BOOK, SANDBOX_BOOK_ID = "sandbox", 900
LATE_ACCOUNT, VAGUE_ACCOUNT = "1008", "1009"  # no answer in time; the answer 8001
NAMES = {"沙箱账簿": "Sandbox book", "沙箱收费单位": "Sandbox biller", "（沙箱）": " (sandbox)"}
"""What we ourselves call its things, with their English."""
