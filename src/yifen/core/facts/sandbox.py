"""The sandbox 沙箱: its book, and its accounts where a channel does not learn at once what became of a
charge."""

SANDBOX_BOOK, SANDBOX_BOOK_ID = "sandbox", 900
LATE_ACCOUNT, VAGUE_ACCOUNT = "1008", "1009"  # no answer in time; the answer 8001
