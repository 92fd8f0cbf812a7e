"""签字关闭: two people let a day be closed with unproved money; the night's process closes it.

What they saw is why it waits and every gap in yuan: a fen more or a reason more, and it must be seen again.
Who signed is read out of their proposal, whatever a job is told."""

from datetime import date, datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.jobs.defer import defer
from yifen.core.partners.books import books
from yifen.face.plain import plain_connection
from yifen.hub.gaps import differing_fen, gaps
from yifen.night import queries, runner
from yifen.night.codes import NightCode
from yifen.night.words import reason_text

ACT, JOB = "night.sign", "night.sign"
BOOK, DAY, STATE = Text("账簿", "Book"), Text("会计日期", "Business day"), Text("状态", "State")
WAITING, CLOSED = Text("待签字", "Waits to be signed"), Text("关闭", "Closed")
DIFFERS = Text("与各方相差（元）", "Differs from others' books by (yuan)")


def propose(access: Access, book_id: int, day: date, reason: str, now: datetime) -> Authorisation:
    """By who answers for the whole book. Refused: DAY_END_NOT_SIGNABLE, REASON_MISSING, and
    as `second.propose` refuses."""
    assert access.user is not None
    with plain_connection() as conn:
        runner.may_be_signed(conn, book_id, day, access.user.login, reason)
    content = {"book": book_id, "day": day.isoformat()}
    return second.propose(access, ACT, subject(book_id, day), content, now, reason=reason)


def subject(book_id: int, day: date) -> str:
    return f"{book_id} {day}"


def named(subject: str) -> Text:
    """The book by its name, and which day."""
    number, _, day = subject.partition(" ")
    name = f"{dict(books()).get(int(number), number)} {day}"
    return Text(name, name)


def view(content: dict[str, Any]) -> list[Change]:
    """Why it waits, what its books differ by, and each gap. Refused: DAY_END_NOT_SIGNABLE."""
    day = date.fromisoformat(content["day"])
    with plain_connection() as conn:
        run = queries.run_of(conn, content["book"], day)
        steps = queries.steps_of(conn, run.eod_id) if run else []
        lacks = gaps(conn, content["book"], day)
    closing = next((row for row in steps if row.step == "close" and row.state == "waiting"), None)
    if run is None or closing is None:
        raise Refused(NightCode.DAY_END_NOT_SIGNABLE, "day", content["day"])
    why = [Text(reason_text(reason, "zh"), reason_text(reason, "en")) for reason in closing.result.get("reasons", [])]
    told = [Text(gap.text("zh"), gap.text("en")) for gap in lacks]
    return [
        Change("book", BOOK, run.book, run.book), Change("day", DAY, content["day"], content["day"]),
        Change("state", STATE, WAITING, CLOSED),
        Change("differs", DIFFERS, grouped_yuan(differing_fen(lacks)), None),
        *(Change(f"gap{number}", Text(f"差额 {number}", f"Gap {number}"), text, None)
          for number, text in enumerate(told, 1)),
        *(Change(f"reason{number}", Text(f"未对平 {number}", f"Not proved {number}"), text, None)
          for number, text in enumerate(why, 1)),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """The night is asked; it reads who signed out of the proposal."""
    defer(JOB, proposal=decision.proposal)


def signed(proposal: int) -> tuple[int, date, str, str]:
    """Book, day, who signed and why. Refused: DAY_END_NOT_SIGNABLE (two people did not, or nothing waits any
    longer), PROPOSAL_CHANGED (they saw other gaps than there are now)."""
    rows = Authorisation.objects.filter(pk=proposal, action=ACT, granted=True)
    row = rows.values_list("content", "checker__login", "reason", "subject_key", "shown").first()
    if row is None:
        raise Refused(NightCode.DAY_END_NOT_SIGNABLE, "proposal", str(proposal))
    content, who, reason, about, shown = row
    if second.digest(ACT, about, content, view(content)) != bytes(shown or b""):
        raise Refused(Code.PROPOSAL_CHANGED, "proposal", str(proposal))
    return content["book"], date.fromisoformat(content["day"]), who, reason
