"""The client of an agent bank's or a treasury's port. Nothing is known until a signed answer about just that paper is
there. Never called inside a database transaction."""

from datetime import date

from yifen.core.wire.outbound import Answer
from yifen.core.wire.signed_port import NoPortAnswer, SignedPort
from yifen.trades.treasury.wire.paper_port import (
    DAY,
    QUERY,
    QUOTA,
    TAKE,
    DayPapers,
    PaperOrder,
    PaperQuery,
    PapersQuery,
    PaperStatus,
    read_day_papers,
    read_paper_status,
)


class PaperPort(SignedPort):
    """One house. `last`: the signed answer that was read last."""

    last: Answer | None = None

    def submit(self, number: str, paper: bytes, path: str = TAKE) -> PaperStatus:
        """Send it; the same number again is the same paper. NoPortAnswer."""
        status = self._status(path, PaperOrder(number, paper), number)
        if status.state == "not_found":
            raise NoPortAnswer("the answer does not fit")
        return status

    def quota(self, number: str, paper: bytes) -> PaperStatus:
        """A quota message, likewise. NoPortAnswer."""
        return self.submit(number, paper, QUOTA)

    def query(self, number: str) -> PaperStatus:
        """What became of it. NoPortAnswer."""
        return self._status(QUERY, PaperQuery(number), number)

    def day(self, kind: str, day: date) -> DayPapers:
        """The papers of one kind of a day. NoPortAnswer."""
        reference = f"{kind}-{day:%Y%m%d}"
        found, self.last = self.told(DAY, PapersQuery(reference, kind, day.isoformat()), reference, read_day_papers)
        if found.reference != reference:
            raise NoPortAnswer("the answer speaks of something else")
        return found

    def _status(self, path: str, message: PaperOrder | PaperQuery, number: str) -> PaperStatus:
        status, self.last = self.told(path, message, number, read_paper_status)
        if status.reference != number:
            raise NoPortAnswer("the answer speaks of something else")
        if status.state == "clash":
            raise NoPortAnswer("it has another paper of this number")
        return status
