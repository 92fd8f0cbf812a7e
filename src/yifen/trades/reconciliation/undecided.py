"""A payment past the cut that its biller never decided, and is asked about no more: two people decide it by hand."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts import reasons
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair.items import Connection
from yifen.trades.reconciliation.repair.queries import who_has_it

ACT = "repair.undecided"
WORDS = {
    "booked": Text("收费单位已入账：确认销账", "The biller booked it: it is paid"),
    "rejected": Text("收费单位未入账：退回付款人", "The biller did not book it: given back to the payer"),
    "reversed": Text("收费单位已冲正：退回付款人", "The biller took it back: given back to the payer"),
    "reverse_refused": Text("收费单位未冲正：原缴费照旧", "The biller did not take it back: it stands as before"),
}
TITLES = {
    "biller": Text("收费单位", "Biller"), "channel": Text("渠道", "Channel"), "day": Text("会计日期", "Business day"),
    "amount": Text("金额（元）", "Amount (yuan)"), "files": Text("对方文件中有无", "In the partners' files"),
}  # fmt: skip
STATE = Text("收费单位一侧", "On the biller's side")
STATES = {
    "registered": Text("已登记，未发出", "registered, not sent"), "sent": Text("已发出", "sent"),
    "unknown": Text("结果未知", "not known"), "reversing": Text("冲正中", "reversing"),
}  # fmt: skip
HAS = {
    "yes": Text("有", "there"), "no": Text("无", "not there"), "differs": Text("不符", "differs"),
    "unknown": Text("未对账", "not reconciled"), "withdrawn": Text("证据已撤回", "evidence withdrawn"),
}  # fmt: skip
_SQL = queries(__package__)


class UndecidedPayment(NamedTuple):
    """`ends`: the words that may end it now; none: it is decided, of an open day, or still asked about."""

    payment_id: int
    biller_id: int
    biller: str
    channel: str
    business_day: Any
    amount_fen: int
    biller_state: str
    ends: list[str]


def find(conn: Connection, payment_id: int) -> UndecidedPayment | None:
    """None: there is no such payment."""
    row = conn.execute(_SQL["undecided"], {"payment": payment_id}).fetchone()
    return UndecidedPayment(*row) if row else None


def propose(access: Access, payment_id: int, word: str, reason: str, now: datetime) -> Authorisation:
    """Put its end before a second person. Refused: OUT_OF_SCOPE, ACTION_NOT_POSSIBLE, as `reasons.reason` and
    `second.propose` refuses."""
    with plain_connection() as conn:
        found = find(conn, payment_id)
    if found is None or not access.scope.has_partner(found.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "payment")
    reason = reasons.reason(reason)
    partner = Partner.objects.get(pk=found.biller_id)
    content = {"payment": payment_id, "word": word}
    return second.propose(access, ACT, str(payment_id), content, now, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """The payment, which files have it, and what becomes of it. Refused: ACTION_NOT_POSSIBLE."""
    with plain_connection() as conn:
        found = find(conn, content["payment"])
        has = {row.party: row.has for row in who_has_it(conn, content["payment"])} if found else {}
    if found is None or content["word"] not in found.ends:
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "word", str(content["payment"]))
    told = {"biller": found.biller, "channel": found.channel, "day": found.business_day.isoformat(),
            "amount": grouped_yuan(found.amount_fen),
            "files": in_files(has.get("channel", "unknown"), has.get("biller", "unknown"))}  # fmt: skip
    return [*(Change(key, title, told[key], told[key]) for key, title in TITLES.items()),
            Change("state", STATE, STATES[found.biller_state], WORDS[content["word"]])]


def in_files(channel: str, biller: str) -> Text:
    """What each side's file has of it."""
    ours, theirs = HAS[channel], HAS[biller]
    return Text(f"渠道{ours.zh}，收费单位{theirs.zh}", f"channel {ours.en}, biller {theirs.en}")


def run(content: dict[str, Any], decision: Decision) -> None:
    """At once. Refused: ACTION_NOT_POSSIBLE (it was decided meanwhile)."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["end_undecided"], (content["payment"], decision.now)).fetchone()
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), "payment", str(content["payment"]))
