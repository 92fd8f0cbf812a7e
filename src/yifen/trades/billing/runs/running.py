"""出账: runs of bills. Begun by one person, made by the worker piece by piece, published when another agreed to
what both saw."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
import structlog
from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.quantities import shown
from yifen.trades.billing.runs.lanes import each_once
from yifen.trades.billing.runs.telling import lines_said

ACT, MAKE, PUBLISH = "billing.publish", "billing.make", "billing.publish"
SECONDS_MAX = 120
OUTLIERS = 20
KINDS = {
    "period": Text("整期", "Period"), "single": Text("单户", "One customer"),
    "past": Text("期初", "Before it came here"), "correction": Text("退补", "Correction"),
    "cancel": Text("撤销", "Cancellation"),
}  # fmt: skip
Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
log = structlog.get_logger()


class BillRun(NamedTuple):
    """A run and how far it is. `state`: making, made, proposed, publishing, published, dropped. Amounts in fen.
    `unbilled`: services of pieces that were given up while others are published."""

    run_id: int
    biller_id: int
    biller_name: str
    fee_id: int
    fee_name: str
    kind: str
    from_on: date
    to_on: date
    due_on: date
    subject: dict[str, Any]
    begun_at: datetime
    begun_by: str
    pieces: int
    made: int
    booked: int
    bills: int
    asked_fen: int
    given_fen: int
    missing: int
    proposal_id: int | None
    state: str
    unbilled: int


class ComparedBill(NamedTuple):
    """A bill beside the one before of the same service, where there is one."""

    bill_id: int
    account_no: str
    qty_milli: int
    amount_fen: int
    before_milli: int | None
    before_fen: int | None


class RunPreview(NamedTuple):
    """What two people look at: (from, to, bills, fen) of the run before and of a year ago; the bills that differ
    most; services and accounts without a bill, why (failed, use, price), and what the database said of it."""

    last: tuple[date, date, int, int] | None
    year_ago: tuple[date, date, int, int] | None
    outliers: list[ComparedBill]
    missing: list[tuple[int, str, str, str | None]]


# --- begun ------------------------------------------------------------------------------------------
@transaction.atomic
def begin(
    access: Access, fee_id: int, from_on: date, to_on: date, due_on: date, at: datetime, service: int | None = None,
    past: bool = False,
) -> int:  # fmt: skip
    """The number of a run that the worker makes now; `past`: of a time before the company came here, paid there.
    Refused: OUT_OF_SCOPE, FEE_UNKNOWN, PERMISSION_MISSING, PERIOD_WRONG, RUN_OPEN, SERVICE_UNKNOWN, PAST_LATER,
    RUN_UNKNOWN."""
    run_id = asked(access, "begin", fee_id, at, fee=fee_id, service=service, from_on=from_on, to_on=to_on,
                    due_on=due_on)  # fmt: skip
    if past:
        with plain_connection() as conn:
            _refuse(_one(conn, "past", (access.session, run_id)))
    defer(MAKE, run=run_id)
    return run_id


def drop(access: Access, run_id: int, at: datetime) -> None:
    """Give up what of it is not published; those bills never counted. Refused: OUT_OF_SCOPE, PERMISSION_MISSING,
    RUN_PUBLISHED."""
    with transaction.atomic(), plain_connection() as conn:
        _in_scope(access, found(conn, run_id).biller_id)
        _refuse(_one(conn, "drop", (access.session, run_id, at)))


# --- made, by the worker ----------------------------------------------------------------------------
def make(ending: Callable[[], bool], *, run: int) -> None:
    """Every piece that is not made, each in a transaction of its own."""
    url = read_settings().database_url
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_SQL["counted"])
        pieces = [piece for (piece,) in conn.execute(_SQL["to_make"], (run,)).fetchall()]
    each_once(url, pieces, lambda conn, piece: _made(conn, run, piece), ending)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_SQL["keep_outliers"], (run,))


def _made(conn: Conn, run: int, piece: int) -> None:
    conn.execute(_SQL["make"], (run, piece, now()))


# --- looked at, agreed to ---------------------------------------------------------------------------
def found(conn: Conn, run_id: int) -> BillRun:
    """Refused OUT_OF_SCOPE: there is none."""
    row = conn.execute(_SQL["run"], (run_id,)).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "run", str(run_id))
    return BillRun(*row)


def preview(conn: Conn, run: BillRun, most: int = OUTLIERS) -> RunPreview:
    """Beside the last period and the same one a year ago; what is odd in it once all of it is made."""
    old = []  # one customer's bill is compared with no period
    if run.kind in ("period", "past"):
        old = conn.execute(_SQL["before"], {"fee": run.fee_id, "from_on": run.from_on, "to_on": run.to_on}).fetchall()
    facts = {"run": run.run_id, "most": most}
    odd = [] if run.made < run.pieces else conn.execute(_SQL["outliers_kept"], facts).fetchall() or conn.execute(
        _SQL["outliers"], facts).fetchall()  # fmt: skip
    return RunPreview(
        old[0][:4] if old else None, next((row[:4] for row in old if row[4]), None),
        [ComparedBill(*row) for row in odd],
        conn.execute(_SQL["missing"], facts).fetchall() if run.missing else [],
    )  # fmt: skip


def propose(access: Access, run_id: int, reason: str, at: datetime) -> Authorisation:
    """Put a run before a second person. Refused: OUT_OF_SCOPE, RUN_NOT_MADE, RUN_PUBLISHED, and as
    `second.propose` refuses."""
    with plain_connection(SECONDS_MAX) as conn:
        run = found(conn, run_id)
        _in_scope(access, run.biller_id)
        content = {"run": run_id, "figures": _one(conn, "figures", (run_id,))}
    partner = Partner.objects.get(pk=run.biller_id)
    return second.propose(access, ACT, str(run_id), content, at, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Its figures beside those of the last period; of one bill its lines. Refused: OUT_OF_SCOPE, RUN_NOT_MADE,
    RUN_PUBLISHED, RUN_NOT_AGREED, RUN_OF_ANOTHER."""
    with plain_connection(SECONDS_MAX) as conn:
        run = found(conn, content["run"])
        if run.made < run.pieces or not run.bills:
            raise Refused(BillingCode.RUN_NOT_MADE, "run", str(run.run_id))
        if run.booked or run.state == "dropped":
            raise Refused(BillingCode.RUN_PUBLISHED, "run", str(run.run_id))
        if "of" in run.subject:
            raise Refused(BillingCode.RUN_OF_ANOTHER, "run", str(run.subject["of"]))
        if content["figures"] != _one(conn, "figures", (run.run_id,)):
            raise Refused(BillingCode.RUN_NOT_AGREED, "run", str(run.run_id))
        seen, one = preview(conn, run, 1), _one_bill(conn, run)
        lines = [] if run.kind in ("period", "past") else lines_said(conn, run.run_id, run.subject)
    last = seen.last or (None, None, None, None)
    why = run.subject.get("reason")
    return [
        Change("fee", Text("费种", "Fee"), None, run.fee_name),
        Change("kind", Text("性质", "Kind"), None, KINDS[run.kind]),
        *one,
        Change("period", Text("账期", "Period"), f"{last[0]} – {last[1]}" if last[0] else None,
               f"{run.from_on} – {run.to_on}"),
        Change("bills", Text("账单数", "Bills"), None if last[2] is None else f"{last[2]:,}", f"{run.bills:,}"),
        Change("asked", Text("应收（元）", "Asked for (yuan)"), None if last[3] is None else grouped_yuan(last[3]),
               grouped_yuan(run.asked_fen)),
        Change("given", Text("应退（元）", "Given back (yuan)"), None, grouped_yuan(run.given_fen)),
        Change("missing", Text("缺用量或价格的户数", "Without use or price"), None, f"{run.missing:,}"),
        Change("due", Text("到期日", "Due on"), None, str(run.due_on)),
        *([Change("why", Text("原因", "Reason"), None, str(why))] if why else []),
        *lines,
    ]  # fmt: skip


def _one_bill(conn: Conn, run: BillRun) -> list[Change]:
    """Of a correction or a cancellation: which bill, whose, and by how much."""
    if run.kind not in ("correction", "cancel"):
        return []
    account_no, qty_milli, unit = conn.execute(_SQL["one_bill"], (run.run_id,)).fetchall()[0]
    bill = run.subject.get("bill")
    return [
        *([Change("bill", Text("账单号", "Bill"), f"B{bill}", f"B{bill}")] if bill else []),
        Change("account", Text("户号", "Account"), None, masked_number(account_no)),
        Change("service", Text("计费项编号", "Service"), None, str(run.subject["service"])),
        Change("quantity", Text("用量", "Use"), None, f"{shown(qty_milli)} {unit}"),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """The worker is asked to publish it."""
    defer(PUBLISH, proposal=decision.proposal)


def publish(ending: Callable[[], bool], *, proposal: int) -> None:
    """Every piece that is not published, each in a transaction of its own; one that is refused stays behind, until a
    person gives it up. Raises when money is in flight on a bill that is corrected, to be tried again."""
    url = read_settings().database_url
    with psycopg.connect(url, autocommit=True) as conn:
        pieces = [piece for (piece,) in conn.execute(_SQL["to_publish"], {"proposal": proposal}).fetchall()]
    each_once(url, pieces, lambda conn, piece: _published(conn, proposal, piece), ending)


def _published(conn: Conn, proposal: int, piece: int) -> None:
    code = _one(conn, "publish", (proposal, piece, now()))
    if code == Code.PAYABLE_HELD:
        raise InterruptedError("money is in flight on the bill that is corrected")
    if code:
        log.warning("bills were not published", proposal=proposal, piece=piece, reason=result_code(code).name)


# --- booked -----------------------------------------------------------------------------------------
def book(ending: Callable[[], bool]) -> None:
    """What was paid on bills and balances, into the companies' books, a bucket at a time."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (bucket,) in conn.execute(_SQL["buckets"]).fetchall():
            if ending():
                return
            conn.execute(_SQL["book"], (bucket, now()))


# --- what they share --------------------------------------------------------------------------------
def asked(access: Access, name: str, fee_id: int, at: datetime, **given: Any) -> int:
    """The number of the run that this statement begins, of a fee in scope. Refused: FEE_UNKNOWN, OUT_OF_SCOPE, and as
    it answers."""
    with plain_connection(SECONDS_MAX) as conn:
        row = conn.execute(_SQL["fee"], (fee_id,)).fetchone()
        if row is None:
            raise Refused(BillingCode.FEE_UNKNOWN, "fee", str(fee_id))
        _in_scope(access, row[0])
        told = conn.execute(_SQL[name], given | {"session": access.session, "now": at}).fetchone()
    assert told is not None
    _refuse(told[0])
    return int(told[1])


def _in_scope(access: Access, biller_id: int) -> None:
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")


def _one(conn: Conn, name: str, params: tuple[Any, ...]) -> Any:
    row = conn.execute(_SQL[name], params).fetchone()
    return row[0] if row else None


def _refuse(number: int) -> None:
    if number:
        raise Refused(result_code(number))
