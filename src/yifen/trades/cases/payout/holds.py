"""Held parts of a case's money 冻结、留置: by two people, released by two; nothing of it leaves meanwhile."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payout.reading import left, said
from yifen.trades.cases.reading import CaseRow, found_case

ACT, RELEASE = "cases.hold", "cases.release"
SOURCE_MAX = 200
KINDS = {"order": Text("其他法院协助执行", "order of another court"), "objection": Text("异议", "objection"),
         "stay": Text("中止执行", "stay"), "bankruptcy": Text("破产受理", "bankruptcy")}  # fmt: skip
WHOLE = Text("全部", "all of it")


class NewHold(NamedTuple):
    """A part to hold. `amount_fen` None: all, also what is still to come; `source`: whose order, of which number."""

    kind: str
    amount_fen: int | None
    source: str
    from_on: date
    until_on: date | None = None


class HeldPart(NamedTuple):
    """A hold as its row has it, with its case."""

    hold_id: int
    court_id: int
    case_id: int
    number: str
    kind: str
    amount_fen: int | None
    source: str
    from_on: date
    until_on: date | None
    released_at: datetime | None


def found(hold_id: int) -> HeldPart:
    """Refused: CASE_HOLD_UNKNOWN."""
    row = left("hold", (hold_id,))
    if not row:
        raise Refused(CaseCode.CASE_HOLD_UNKNOWN, "hold")
    return HeldPart(*row[0])


def of_case(case: CaseRow) -> list[tuple[Any, ...]]:
    """(number, kind, fen, source, from, until, made at, released at, open proposal of its release), what holds
    first."""
    return left("holds_of", (case.court_id, case.account_no))


def propose(access: Access, case_id: int, hold: NewHold, now: datetime, reason: str = "") -> Authorisation:
    """Refused: CASE_UNKNOWN, and as `view` and `second.propose` refuse."""
    case = found_case(case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    content = {"case": case_id, **hold._asdict(), "from_on": hold.from_on.isoformat(),
               "until_on": hold.until_on.isoformat() if hold.until_on else None}  # fmt: skip
    return second.propose(access, ACT, str(case_id), content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """What is held of which case. Refused: CASE_NOT_OPEN, CASE_HOLD_WRONG."""
    case = found_case(content["case"])
    if case.state != "open":
        raise Refused(CaseCode.CASE_NOT_OPEN, "case")
    kind, fen = content["kind"], content["amount_fen"]
    fits = (kind in KINDS and 0 < len(content["source"]) <= SOURCE_MAX and (fen is None or fen > 0)
            and (kind != "bankruptcy" or fen is None)
            and content["from_on"] <= (content["until_on"] or content["from_on"]))  # fmt: skip
    if not fits:
        raise Refused(CaseCode.CASE_HOLD_WRONG, "kind")
    return [Change("case", Text("案件", "Case"), None, f"{case.number} {case.account_no}"),
            Change("kind", Text("种类", "Kind"), None, KINDS[kind]),
            Change("amount", Text("金额（元）", "Amount (yuan)"), None, _amount(fen)),
            Change("source", Text("来源", "Source"), None, content["source"]),
            Change("days", Text("起止", "Days"), None,
                   f"{content['from_on']} – {content['until_on'] or ''}")]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_hold_v1 answers."""
    said("put_hold", decision.proposal, decision.now)


def propose_release(access: Access, hold_id: int, now: datetime, reason: str = "") -> Authorisation:
    """Refused: CASE_HOLD_UNKNOWN, and as `second.propose` refuses."""
    hold = found(hold_id)
    if not access.scope.has_partner(hold.court_id):
        raise Refused(CaseCode.CASE_HOLD_UNKNOWN, "hold")
    return second.propose(access, RELEASE, str(hold_id), {"hold": hold_id}, now,
                          partner=Partner.objects.get(pk=hold.court_id), reason=reason)  # fmt: skip


def view_release(content: dict[str, Any]) -> list[Change]:
    """What is free again. Refused: CASE_HOLD_UNKNOWN."""
    hold = found(content["hold"])
    if hold.released_at is not None:
        raise Refused(CaseCode.CASE_HOLD_UNKNOWN, "hold")
    return [Change("case", Text("案件", "Case"), None, hold.number),
            Change("kind", Text("种类", "Kind"), None, KINDS[hold.kind]),
            Change("amount", Text("金额（元）", "Amount (yuan)"), _amount(hold.amount_fen), None),
            Change("source", Text("来源", "Source"), None, hold.source)]  # fmt: skip


def run_release(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_release_v1 answers."""
    said("release", decision.proposal, decision.now)


def named(subject: str) -> Text:
    """A hold by the number of its case."""
    number = found(int(subject)).number
    return Text(number, number)


def _amount(fen: int | None) -> Said:
    return WHOLE if fen is None else grouped_yuan(fen)
