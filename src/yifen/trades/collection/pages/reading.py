"""One collection order as pages and papers read it."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access.edge import Access, now
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.plain import plain_connection

SQL = queries(__package__)
_SEEN = SQL["order"].format(which="o.order_id = %(order)s", scope=in_scope("o.biller_id"))
_LINKED = SQL["order"].format(which="o.link_sha256 = sha256(convert_to(%(token)s, 'UTF8'))", scope="true")
BIGGEST = 2**62


class ShownOrder(NamedTuple):
    """A demand with its contract and biller. `sending`: where the message to the payer stands; `is_in_time`: an answer
    still counts."""

    order_id: int
    number: str
    serial: str
    biller_id: int
    biller: str
    institution: str
    contract: str
    payer: str
    account_no: str
    account_shown: str
    medium: str
    kind: str
    days: int
    silence: bool
    part: bool
    amount_fen: int
    taken_fen: int | None
    state: str
    code: int | None
    reason: str
    told_on: date | None
    last_on: date | None
    pay_at: datetime | None
    agreed_at: datetime | None
    payment_id: int | None
    made_at: datetime
    sending: str
    proposal_id: int
    is_in_time: bool

    @property
    def may_answer(self) -> bool:
        return self.state == "told" and self.days > 0 and self.agreed_at is None and self.is_in_time


class OrderBill(NamedTuple):
    """A bill of it."""

    place: int
    ref: str
    title: str
    fen: int
    state: str


def seen(access: Access, order_id: int) -> ShownOrder | None:
    """In scope."""
    return _one(_SEEN, params_of(access, now()) | {"order": min(order_id, BIGGEST), "now": now()})


def linked(token: str) -> ShownOrder | None:
    """Of who has the link."""
    return _one(_LINKED, {"token": token, "now": now()})


def bills(order_id: int) -> list[OrderBill]:
    return [OrderBill(*row) for row in rows("lines", (order_id,))]


def rows(name: str, values: Any = None) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(SQL[name], values).fetchall()


def _one(statement: str, values: dict[str, Any]) -> ShownOrder | None:
    with plain_connection() as conn:
        row = conn.execute(statement.encode(), values).fetchone()
    return ShownOrder(*row) if row else None
