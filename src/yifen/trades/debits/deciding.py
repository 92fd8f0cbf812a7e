"""What two people decide of batch debit: a biller's rule from a day on, and that a batch goes though its checks
warn."""

from datetime import date, datetime, time
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.debits import files
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.layouts import LAYOUTS

RULE, LET_GO = "debits.rule", "debits.let_go"
LATE = {"frozen": Text("按收文日冻结", "Of the file's day"), "recomputed": Text("按扣款日重算", "Of the debit's day")}
_SQL = queries(__package__)


class DebitTerms(NamedTuple):
    """A biller's way from a day on."""

    biller_id: int
    from_on: date
    layout: str
    opens_at: time
    closes_at: time
    late: str
    again_most: int


def propose_rule(access: Access, form: DebitTerms, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    if not access.scope.has_partner(form.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller_id")
    content = form._asdict() | {"from_on": form.from_on.isoformat(), "opens_at": f"{form.opens_at:%H:%M}",
                                "closes_at": f"{form.closes_at:%H:%M}"}  # fmt: skip
    partner = Partner.objects.get(pk=form.biller_id)
    return second.propose(access, RULE, f"{form.biller_id}:{content['from_on']}", content, now, partner=partner)


def view_rule(content: dict[str, Any]) -> list[Change]:
    """As it is on that day, as it will be. Refused: INPUT_INVALID."""
    for field, fits in (("layout", content["layout"] in LAYOUTS), ("late", content["late"] in LATE),
                        ("closes_at", content["opens_at"] < content["closes_at"]),
                        ("again_most", 0 <= content["again_most"] <= 9)):  # fmt: skip
        if not fits:
            raise Refused(Code.INPUT_INVALID, field)
    with plain_connection() as conn:
        row = conn.execute(_SQL["rule_on"], (content["biller_id"], content["from_on"])).fetchone()
    was = dict(zip(("layout", "opens_at", "closes_at", "late", "again_most"), row, strict=True)) if row else {}
    titles = {"from_on": Text("生效日", "From"), "layout": Text("文件格式", "DebitLayout"),
              "opens_at": Text("扣款窗口 起", "Window opens"), "closes_at": Text("扣款窗口 止", "Window closes"),
              "late": Text("违约金", "Late fees"), "again_most": Text("失败可再扣次数", "Tries again")}  # fmt: skip
    before = {name: _said(name, was[name]) for name in was}
    return [Change(name, title, before.get(name), _said(name, content[name])) for name, title in titles.items()]


def _said(name: str, value: Any) -> str | Text:
    if name == "layout":
        return LAYOUTS[value].title
    return LATE[value] if name == "late" else str(value)


def run_rule(content: dict[str, Any], decision: Decision) -> None:
    """Refused: AUTHORISATION_INVALID."""
    _put("put_rule", (f"{content['biller_id']}:{content['from_on']}",))


def named_rule(subject: str) -> Text:
    """The biller and the day."""
    biller, _, day = subject.partition(":")
    found = Partner.objects.filter(pk=int(biller)).first()
    return Text(f"{found} {day}", f"{found} {day}")


def propose_let_go(access: Access, batch_id: int, reason: str, now: datetime) -> Authorisation:
    """Bound to the figures as they are. Refused: OUT_OF_SCOPE, DEBIT_STATE, and as `second.propose` refuses."""
    with plain_connection() as conn:
        batch = files.find(conn, batch_id)
        row = conn.execute(_SQL["figures"], (batch_id,)).fetchone()
    if not access.scope.has_partner(batch.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "batch")
    assert row is not None
    content = {"serial": batch.serial, "batch_id": batch_id, "figures": row[0]}
    partner = Partner.objects.get(pk=batch.biller_id)
    return second.propose(access, LET_GO, batch.serial, content, now, partner=partner, reason=reason)


def view_let_go(content: dict[str, Any]) -> list[Change]:
    """What will be debited and what not. Refused: DEBIT_UNKNOWN, DEBIT_STATE, DEBIT_CHANGED."""
    with plain_connection() as conn:
        batch = files.find(conn, content["batch_id"])
        row = conn.execute(_SQL["figures"], (batch.batch_id,)).fetchone()
    if batch.state != "checked":
        raise Refused(DebitCode.DEBIT_STATE, "batch")
    if row is None or row[0] != content["figures"]:
        raise Refused(DebitCode.DEBIT_CHANGED, "batch")
    figures = row[0]
    return [
        Change("file", Text("文件", "File"), None, batch.name),
        *(Change(name, title, None, f"{figures[name]:,} · {grouped_yuan(figures[fen])}") for name, fen, title in (
            ("rows", "fen", Text("明细（笔 · 元）", "Rows (number, yuan)")),
            ("ready", "ready_fen", Text("将扣款", "To be debited")),
            ("refused", "refused_fen", Text("检查不符，不扣", "Refused by the checks")))),
    ]  # fmt: skip


def run_let_go(content: dict[str, Any], decision: Decision) -> None:
    """Refused: AUTHORISATION_INVALID, DEBIT_STATE, DEBIT_CHANGED."""
    _put("let_go", (content["serial"], decision.now))


def _put(name: str, values: tuple[Any, ...]) -> None:
    with plain_connection() as conn:
        row = conn.execute(_SQL[name], values).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))
