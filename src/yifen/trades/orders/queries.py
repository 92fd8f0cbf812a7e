"""Reading orders: what is still open in a browser, and what was paid."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from yifen.core.facts.sqlfiles import queries
from yifen.trades.orders.models import Binding, Order, OrderState, PartState, RefundPart

PAGE = 20
ID_MAX = 2**63 - 1
_STATES = {"held": "paid", "returned": "returned", "refunded": "returned"}
_ELSEWHERE_SQL = queries(__package__)["paid_elsewhere"]
REFUNDS_SQL = queries(__package__)["refunds"]


def open_orders(browser: str) -> list[Order]:
    """What this browser has not finished: the screen finds it again."""
    rows = Order.objects.select_related("biller__partner").filter(
        browser=browser,
        state__in=[OrderState.NEW, OrderState.PAYING, OrderState.PAID, OrderState.REFUND_DUE],
    )
    return list(rows.order_by("-created_at")[:3]) if browser else []


def recent_accounts(browser: str) -> list[Order]:
    """The accounts last paid in this browser, newest first."""
    if not browser:
        return []
    newest = (
        Order.objects.filter(browser=browser)
        .order_by("biller", "account_no", "-created_at")
        .distinct("biller", "account_no")
    )
    rows = Order.objects.select_related("biller__partner").filter(pk__in=newest.values("pk"))
    return list(rows.order_by("-created_at")[:3])


def last_account(browser: str, biller_id: int) -> str:
    """The account number that this browser last paid at this biller."""
    rows = Order.objects.filter(browser=browser, biller=biller_id).order_by("-created_at")
    return str(rows.values_list("account_no", flat=True).first() or "") if browser else ""


class HistoryEntry(NamedTuple):
    """One line of the history: an order of ours, or a payment that another channel took."""

    at: datetime
    biller: str
    account_no: str
    amount_fen: int
    state: str  # of the order; elsewhere: booked or returned
    order_no: str = ""
    channel: str = ""
    payment_id: int = 0  # elsewhere
    back_fen: int = 0  # of an order, given back in part
    due_fen: int = 0  # and on its way

    @property
    def place(self) -> "HistoryPlace":
        return HistoryPlace(self.at, bool(self.order_no), self.order_no or str(self.payment_id))


class HistoryPlace(NamedTuple):
    """Where an entry stands: payments of one batch share a time, so the time alone is no place. Of
    what happened at once orders come first, then by their number."""

    at: datetime
    is_order: bool
    number: str

    @property
    def text(self) -> str:
        """As an address carries it."""
        return f"{self.at.isoformat()}~{self.is_order:d}~{self.number}"


def read_place(text: str) -> HistoryPlace | None:
    """None: it is none."""
    at, _, rest = text.partition("~")
    kind, _, number = rest.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if found.tzinfo is None or kind not in ("0", "1") or not (is_number or kind == "1"):
        return None
    return HistoryPlace(found, kind == "1", number.replace("\x00", "")[:32])


def history(browser: str, holder_id: int | None, before: HistoryPlace | None) -> list[HistoryEntry]:
    """What was paid in this browser and by this person; and on the accounts he binds, by anybody
    anywhere, but only since he binds them. One page and one more row, newest first."""
    bindings = list(Binding.objects.filter(holder=holder_id)) if holder_id is not None else []
    found = _orders(browser, holder_id, bindings, before) + _elsewhere(bindings, before)
    return sorted(found, key=lambda entry: entry.place[:2], reverse=True)[: PAGE + 1]


def _orders(
    browser: str, holder_id: int | None, bindings: list[Binding], before: HistoryPlace | None
) -> list[HistoryEntry]:
    mine = Q(browser=browser) if browser else Q(pk__in=[])
    if holder_id is not None:
        mine |= Q(holder=holder_id)
    for binding in bindings:
        mine |= Q(biller=binding.biller_id, account_no=binding.account_no,
                  created_at__gte=binding.created_at)  # fmt: skip
    rows: QuerySet[Order] = Order.objects.select_related("biller__partner").filter(mine)
    if before is not None:
        later = Q(created_at=before.at, pk__lt=before.number) if before.is_order else Q(pk__in=[])
        rows = rows.filter(Q(created_at__lt=before.at) | later)
    page = list(rows.order_by("-created_at", "-pk")[: PAGE + 1])
    given = _given([row.pk for row in page])
    return [
        HistoryEntry(row.created_at, row.biller.partner.name, row.account_no, row.amount_fen, row.state, row.pk,
                     back_fen=given.get((row.pk, PartState.BACK), 0), due_fen=given.get((row.pk, PartState.DUE), 0))
        for row in page
    ]  # fmt: skip


def _given(orders: list[str]) -> dict[tuple[str, str], int]:
    """What was given back of each in part, by where that money is."""
    rows = RefundPart.objects.filter(order__in=orders).values_list("order_id", "state").annotate(Sum("amount_fen"))
    return {(order_no, state): fen for order_no, state, fen in rows}


def _elsewhere(bindings: list[Binding], before: HistoryPlace | None) -> list[HistoryEntry]:
    """By the counter, an app: whatever is no order of these pages."""
    if not bindings:
        return []
    accounts = [[row.biller_id for row in bindings], [row.account_no for row in bindings],
                [row.created_at for row in bindings]]  # fmt: skip
    place: list[Any] = [None, None]
    if before is not None:  # of an order's moment all payments are still to come
        place = [before.at, ID_MAX if before.is_order else int(before.number)]
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE_SQL, [*accounts, *place, PAGE + 1, PAGE + 1])
        return [
            HistoryEntry(at, biller, account_no, amount_fen, _STATES.get(payer_state, "booked"),
                  channel=channel, payment_id=payment_id)
            for at, biller, account_no, amount_fen, payer_state, channel, payment_id
            in cursor.fetchall()
        ]  # fmt: skip
