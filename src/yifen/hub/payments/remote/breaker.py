"""Circuit breaker 熔断: a biller that fails again and again is left alone for a while."""

FAILURES_MAX = 5
OPEN_S = 10.0


class Breaker:
    """Closed: calls pass. After FAILURES_MAX failures in a row it opens for OPEN_S seconds, then
    lets one call through; that one closes or opens it again. Time is passed in, in seconds."""

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    def lets_through(self, now_s: float) -> bool:
        """May a call be made now? The one call of a half-open breaker is let through once."""
        if self._failures < FAILURES_MAX:
            return True
        if now_s < self._open_until:
            return False
        self._open_until = now_s + OPEN_S
        return True

    def is_open(self, now_s: float) -> bool:
        """As `lets_through`, but only looks."""
        return self._failures >= FAILURES_MAX and now_s < self._open_until

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, now_s: float) -> None:
        self._failures += 1
        if self._failures >= FAILURES_MAX:
            self._open_until = now_s + OPEN_S
