"""Pauses 延缓 of the clocks of case money (decision 0044): proposed by the judge, agreed to by a head, ended by one."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.timezone import localdate
from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.trades.cases.clock.reading import done, rows
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.reading import found_case

ACT = "cases.pause"


class NewPause(NamedTuple):
    """`entry_id` None: of all money of the case, what is to come too; `amount_fen` None: of all of the receipt."""

    case_id: int
    reason: str
    words: str
    from_on: date
    until_on: date
    entry_id: int | None = None
    amount_fen: int | None = None


class KeptPause(NamedTuple):
    """A pause as its page tells it."""

    pause_id: int
    reason: Text
    words: str
    from_on: date
    until_on: date
    ended_on: date | None
    ended_by: str | None
    entry_id: int | None
    amount_fen: int | None
    proposal_id: int


class CaseClock(NamedTuple):
    """A piece of a case's money with its clock; `state`: green, amber, red, paused."""

    document_id: int
    kind: str
    part: str
    fen: int
    since: datetime
    told_at: datetime | None
    notice_due_on: date
    start_on: date
    due_on: date
    state: str


def reasons() -> dict[str, Text]:
    """Every reason for a pause, in their order."""
    return {code: Text(zh, en) for code, zh, en in rows("pause_reasons", ())}


def pauses(case_id: int) -> list[KeptPause]:
    """Of a case, the newest first."""
    return [KeptPause(pause_id, Text(zh, en), *rest) for pause_id, zh, en, *rest in rows("pauses", (case_id,))]


def clocks(case_id: int, today: date) -> list[CaseClock]:
    """Of what is on a case, the oldest first."""
    return [CaseClock(*row) for row in rows("clocks", {"case": case_id, "today": today})]


def case_of(pause_id: int) -> int:
    """Whose case a pause is of. Refused: PAUSE_OVER (there is none)."""
    found = rows("pause_case", (pause_id,))
    if not found:
        raise Refused(CaseCode.PAUSE_OVER, "pause")
    return int(found[0][0])


def propose(access: Access, new: NewPause, now: datetime) -> Authorisation:
    """Refused: CASE_UNKNOWN, PAUSE_NOT_MINE, PAUSE_WRONG, REASON_MISSING, as `view` and `second.propose` refuse."""
    case = found_case(new.case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    if case.judge and (access.user is None or case.judge != access.user.login):
        raise Refused(CaseCode.PAUSE_NOT_MINE, "case")
    if new.from_on < localdate(now):
        raise Refused(CaseCode.PAUSE_WRONG, "from_on")
    said = needed(new.words, "words")
    content = new._asdict() | {"words": said, "from_on": new.from_on.isoformat(), "until_on": new.until_on.isoformat()}
    subject = f"{new.case_id}:{-(new.entry_id or 0)}"
    return second.propose(access, ACT, subject, content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=said)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Of which case and money, why, how long. Refused as cases_pause_against_v1 answers."""
    (code,) = rows("pause_against", (Jsonb(content),))[0]
    if code:
        raise Refused(result_code(code), "until_on")
    case = found_case(content["case_id"])
    money = Text("全部案款（含之后到账）", "all money of the case, what is to come too")
    if content["entry_id"] is not None:
        whole = grouped_yuan(rows("lot_left", (content["entry_id"],))[0][0])
        part = whole if content["amount_fen"] is None else grouped_yuan(content["amount_fen"])
        number = -content["entry_id"]
        money = Text(f"第 {number} 号到账 {whole} 中的 {part}", f"{part} of receipt {number}, {whole}")
    days = f"{content['from_on']} – {content['until_on']}"
    return [
        Change("case", Text("案件", "Case"), None, case.number),
        Change("money", Text("案款（元）", "Money (yuan)"), None, money),
        Change("reason", Text("延缓事由", "Reason"), None, reasons()[content["reason"]]),
        Change("days", Text("起止", "Days"), None, days),
        Change("words", Text("说明", "In words"), None, content["words"]),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Its days count no more. Refused as cases_pause_v1 answers."""
    done("pause", decision.proposal, decision.now)


def end(access: Access, pause_id: int, now: datetime) -> None:
    """Today counts again. Refused: PAUSE_OVER, PERMISSION_MISSING."""
    done("pause_end", access.session, pause_id, now)


def named(subject: str) -> Text:
    """By the number of its case."""
    number = found_case(int(subject.partition(":")[0])).number
    return Text(number, number)
