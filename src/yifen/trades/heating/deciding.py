"""The answer to a request 答复: what the two who decide look at, and what their word does."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.hub.payments.names import opened_name
from yifen.trades.heating.requests import paper_context
from yifen.trades.heating.rules import ASKERS, FINDINGS, KINDS, NEIGHBOURS, percent
from yifen.trades.heating.seasons import done

ACT = "heating.decide"
_SQL = queries(__package__)


class HeatRequest(NamedTuple):
    """A request as pages, paper and proposals tell it. `permille` and `basic_fen` (None: no price): what is paid all
    the same, as agreed to, or as it would be; `against`: the code that speaks against a yes, 0: none."""

    request_id: int
    biller_id: int
    biller_name: str
    account_no: str
    holder_sealed: str | None
    place: str
    kind: str
    season: str
    season_from: date
    season_to: date
    from_on: date
    asked_by: str
    document: str
    reason: str
    finding: str | None
    seen_at: datetime | None
    seen_note: str | None
    state: str
    fee_name: str
    area_milli: int | None
    permille: int
    basic_fen: int | None
    bill_id: int | None
    against: int
    agreement_no: str | None
    asked_at: datetime
    decided_at: datetime | None
    customer_id: int
    service_id: int
    by_days: bool
    answer_due_on: date
    taken_by: str
    open_proposal: int | None
    proposal: int | None
    neighbours: str | None  # None: no paper was kept
    applicant_sealed: bytes | None
    scan_kind: str | None
    scan_bytes: int | None
    scan_sha256: str | None

    @property
    def applicant(self) -> tuple[str, str]:
        """Name and phone, opened; empty: not told."""
        if self.applicant_sealed is None:
            return "", ""
        name, phone = json.loads(key_ring().open(bytes(self.applicant_sealed), paper_context(self.request_id)))
        return str(name), str(phone)

    @property
    def holder(self) -> str:
        """Opened."""
        return opened_name(key_ring(), self.biller_id, self.account_no, self.holder_sealed) or ""


def found(request_id: int, agree: bool, at: datetime) -> HeatRequest:
    """Refused OUT_OF_SCOPE: there is none."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["decision"], {"request": request_id, "agree": agree, "today": localdate(at)}).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "request")
    return HeatRequest(*row)


def propose(access: Access, request_id: int, agree: bool, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, REASON_MISSING, and as `view` and `second.propose` refuse."""
    one = found(request_id, agree, at)
    if not access.scope.has_partner(one.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "request")
    return second.propose(access, ACT, str(request_id), {"request": request_id, "agree": agree}, at,
                          partner=Partner.objects.get(pk=one.biller_id), reason=needed(reason))  # fmt: skip


def named(subject: str) -> Text:
    """What people call a request: its number and its place."""
    try:
        told = f"R{subject} {found(int(subject), True, now()).place}"
    except (Refused, ValueError):
        told = subject
    return Text(told, told)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: REQUEST_UNKNOWN; of a yes NOT_INSPECTED, INSPECTION_DIFFERS, SHARE_BILLED (with the bill), and what
    speaks against the request by now."""
    one = found(content["request"], content["agree"], now())
    if one.against:
        raise Refused(result_code(one.against), "agree", f"B{one.bill_id}" if one.bill_id else "")
    told = [
        Change("biller", Text("收费单位", "Biller"), None, one.biller_name),
        Change("account", Text("户号", "Account"), None, masked_number(one.account_no)),
        Change("holder", Text("户名", "Holder"), None, masked_name(one.holder)),
        Change("place", Text("地址", "Address"), None, one.place),
        Change("kind", Text("申请", "Asked for"), None, KINDS[one.kind]),
        Change("season", Text("采暖季", "Season"), None, f"{one.season} {one.season_from} – {one.season_to}"),
        Change("from_on", Text("自", "From"), None, str(one.from_on)),
        Change("document", Text("申请书编号", "Paper"), None, one.document),
        Change("applicant", Text("申请人", "Who asks"), None, applicant_said(one)),
        Change("neighbours", Text("邻居", "Neighbours"), None,
               NEIGHBOURS[one.neighbours] if one.neighbours else None),
        Change("scan", Text("申请书扫描件", "Scanned paper"), None, scan_said(one)),
        Change("finding", Text("验收", "Inspection"), None, FINDINGS[one.finding] if one.finding else None),
        Change("agree", Text("答复", "Answer"), None,
               Text("同意", "Agreed to") if content["agree"] else Text("不同意", "Refused")),
    ]  # fmt: skip
    if content["agree"] and one.kind == "stop":
        told += [
            Change("permille", Text("基本费比例", "Basic fee"), None, percent(one.permille)),
            Change("basic", Text("本季应缴（元）", "To pay for the season (yuan)"), None,
                   Text("尚无价格", "No price yet") if one.basic_fen is None else grouped_yuan(one.basic_fen)),
        ]  # fmt: skip
    return told


def applicant_said(one: HeatRequest) -> Text:
    """In what capacity, and by which name and phone, masked."""
    name, phone = one.applicant
    who = " ".join(filter(None, (masked_name(name) if name else "", masked_number(phone) if phone else "")))
    asker = ASKERS[one.asked_by]
    return Text(f"{asker.zh} {who}".rstrip(), f"{asker.en} {who}".rstrip())


def scan_said(one: HeatRequest) -> Text:
    """That there is one, and which."""
    if one.scan_kind is None:
        return Text("没有", "None")
    told = f"{one.scan_kind} · {one.scan_bytes:,} B · SHA-256 {one.scan_sha256}"
    return Text(told, told)


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as heating_decide_v1 answers; nothing is left of it then."""
    done("decide", decision.proposal, decision.now)
