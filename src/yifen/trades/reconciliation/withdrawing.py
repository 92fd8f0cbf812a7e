"""A file that was no evidence is withdrawn 撤回 by two people, who see what that undoes, and what it cannot."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.face.rested import RestedMoney, rested
from yifen.trades.reconciliation import filing
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.filing import UploadedFile

ACT = "recon.withdraw"
COUNTS = Text("计入对账", "Counts")
UNDONE = {
    "runs": Text("作废的对账", "Runs that count no longer"),
    "open": Text("关闭的未平差异", "Open differences that close"),
    "explained": Text("重新查找的已勾对差异", "Explained differences that are found anew"),
    "expected": Text("重新待到的款项", "Money that is expected again"),
}
MOVED = Text("已动账、不自动撤销：差异", "Moved already, and stays: differences")
NAMED_MAX = 50
_SQL = queries(__package__)


class MovedItem(NamedTuple):
    """A difference by which money moved because of a file; `suspense_fen` still stands on suspense. `standing`:
    moved, or moving (under way)."""

    item_id: int
    business_day: Any
    kind: str
    serial: str
    action: str
    standing: str
    fen: int
    suspense_fen: int
    payment_id: int | None


class Undone(NamedTuple):
    """What a withdrawal closes or makes void: so many, and fen where it is money."""

    what: str
    number: int
    fen: int | None


class FileEffects(NamedTuple):
    """All that rests on a file: what a withdrawal undoes, and what has moved and stays, for people."""

    undone: list[Undone]
    items: list[MovedItem]
    money: list[RestedMoney]


def effects(file: UploadedFile) -> FileEffects:
    """As things stand now."""
    with plain_connection() as conn:
        undone = [Undone(*row) for row in conn.execute(_SQL["withdrawal"], {"file": file.file_id}) if row[1]]
        items = [MovedItem(*row) for row in conn.execute(_SQL["moved"], (file.file_id,))]
        return FileEffects(undone, items, rested(conn, file.partner_id, file.business_day, file.file_id))


def propose(access: Access, file_id: int, reason: str, now: datetime) -> Authorisation:
    """Put the withdrawal before a second person. Refused: FILE_MISSING (there is none, or it does not count),
    OUT_OF_SCOPE, REASON_MISSING, and as `second.propose` refuses."""
    file = filing.found(file_id)
    if not access.scope.has_partner(file.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    if not file.counts:
        raise Refused(RepairCode.FILE_MISSING, "file", str(file_id))
    needed(reason)
    partner = Partner.objects.get(pk=file.partner_id)
    return second.propose(access, ACT, str(file_id), {"file": file_id}, now, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """The file, what is undone, and what has moved and stays. Refused: FILE_MISSING."""
    file = filing.found(content["file"])
    partner, name = str(Partner.objects.get(pk=file.partner_id)), f"{file.name} #{file.version}"
    day, amount = file.business_day.isoformat(), grouped_yuan(file.amount_fen)
    same = (("partner", filing.PARTNER, partner), ("day", filing.DAY, day), ("name", filing.TITLES["name"], name),
            ("rows", filing.TITLES["rows"], f"{file.rows:,}"), ("amount", filing.TITLES["amount"], amount))  # fmt: skip
    found = effects(file)
    return [*(Change(key, title, value, value) for key, title, value in same),
            Change("counts", COUNTS, second.yes_no(True), second.yes_no(False)),
            *(Change(u.what, UNDONE[u.what], _told(u.number, u.fen), None) for u in found.undone),
            *_stays(found)]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """At once; the night is asked to reconcile what is left of the days. Refused: FILE_MISSING (it does not count)."""
    file = filing.found(content["file"])
    with plain_connection() as conn:
        row = conn.execute(_SQL["withdraw"], (file.file_id, decision.now)).fetchone()
        assert row is not None
        if row[0]:
            raise Refused(result_code(row[0]), "file", str(file.file_id))
        days = conn.execute(_SQL["days_to_run"], (file.partner_id, decision.now)).fetchall()
    for (day,) in days:
        defer(filing.RUN, partner_id=file.partner_id, day=day.isoformat())


def _stays(found: FileEffects) -> list[Change]:
    """Sums, and which ones; what more there is stands on the file's page."""
    told = []
    if found.items:
        numbers = [str(item.item_id) for item in found.items]
        text = _told(len(numbers), sum(item.fen for item in found.items)) + f" ({_some(numbers)})"
        told.append(Change("moved", MOVED, text, text))
    for kind in dict.fromkeys(money.kind for money in found.money):
        mine = [money for money in found.money if money.kind == kind]
        text = _told(len(mine), sum(money.amount_fen for money in mine)) + f" ({_some([m.name for m in mine])})"
        told.append(Change(f"rested.{kind.en}", Text(f"已动账、不自动撤销：{kind.zh}",
                                                     f"Moved already, and stays: {kind.en}"), text, text))  # fmt: skip
    return told


def _some(names: list[str]) -> str:
    return " ".join(names[:NAMED_MAX]) + (" …" if len(names) > NAMED_MAX else "")


def _told(count: int, fen: int | None) -> str:
    return f"{count:,}" if fen is None else f"{count:,} · ¥{grouped_yuan(fen)}"
