"""When a delivery is tried again, and when it is given up; pure."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

BACK_OFF_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long after each failed try the next one comes; after the last, nothing does."""
JITTER = 0.2  # of it, at most, so that not all that waited comes at once
RETRY_AFTER_S_MAX = 86_400.0


def next_try(tries: int, now: datetime, jitter: float, retry_after_s: float | None = None) -> datetime | None:
    """After so many failed tries; None: it is given up. `jitter`: 0 to 1, by chance. A receiver may ask for a
    longer pause, of a day at most, never for a shorter one."""
    if tries > len(BACK_OFF_S):
        return None
    own_s = BACK_OFF_S[tries - 1] * (1 + JITTER * jitter)
    return now + timedelta(seconds=max(own_s, min(retry_after_s or 0.0, RETRY_AFTER_S_MAX)))


def retry_after_s(text: str, now: datetime) -> float | None:
    """Seconds out of the header, which is seconds or a date; None: neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if found.tzinfo is None:
        return None
    return max(0.0, (found - now).total_seconds())
