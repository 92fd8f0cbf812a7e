"""The simulated cashier 模拟收银台: plays the payer's bank app, for trying out and for tests.

Only when YIFEN_PAY_METHODS names it. Its books are a table of its own, which nothing else reads.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yifen.trades.orders import rules
from yifen.trades.orders.methods import (
    BadNotice,
    Device,
    Goal,
    MethodFault,
    Notice,
    NoticeReply,
    PayRequest,
    Signed,
    Trade,
)
from yifen.trades.orders.models import SimulatedRefund, SimulatedTrade

CODE = rules.SIMULATED
SIGNED = Signed("", {}, "")


class Simulated:
    """The port's other side in the same process; the cashier's page is payer.cashier."""

    code, title = CODE, _("模拟支付")

    def offered_on(self, device: Device) -> bool:
        return True

    def begin(self, ask: PayRequest) -> Goal:
        SimulatedTrade.objects.get_or_create(
            order_no=ask.order_no,
            defaults={"amount_fen": ask.amount_fen, "title": ask.title[:200],
                      "return_url": ask.return_url},
        )  # fmt: skip
        page = urlsplit(ask.return_url)._replace(path=f"/cashier/{ask.order_no}/", query="")
        return Goal("qr" if ask.device is Device.SCREEN else "redirect", page.geturl())

    def query(self, order_no: str) -> Trade:
        row = SimulatedTrade.objects.filter(pk=order_no).first()
        if row is None:
            return Trade("absent")
        match row.state:
            case "paid":
                return Trade("paid", row.amount_fen, f"SIM{row.pk}", SIGNED)
            case "refunded":
                return Trade("returned", row.amount_fen, f"SIM{row.pk}", SIGNED)
            case "closed":
                return Trade("closed")
        return Trade("unpaid")

    def close(self, order_no: str) -> bool:
        """An order it never saw is closed all the same, so that it cannot be paid later."""
        with transaction.atomic():
            row, _made = SimulatedTrade.objects.select_for_update().get_or_create(
                order_no=order_no,
                defaults={"amount_fen": 1, "title": "", "return_url": "", "state": "closed"},
            )
            if row.state == "waiting":
                row.state = "closed"
                row.save(update_fields=["state"])
            return row.state == "closed"

    def refund(self, order_no: str, refund_no: str, amount_fen: int, total_fen: int) -> Trade:
        """In parts up to what was paid; the same number again is the same refund."""
        with transaction.atomic():
            row = SimulatedTrade.objects.select_for_update().filter(pk=order_no).first()
            if row is None or row.state not in ("paid", "refunded") or row.amount_fen != total_fen:
                raise MethodFault(CODE, f"nothing to refund: {order_no}")
            given = dict(SimulatedRefund.objects.filter(order_no=order_no).values_list("refund_no", "amount_fen"))
            if given.setdefault(refund_no, amount_fen) != amount_fen or sum(given.values()) > total_fen:
                raise MethodFault(CODE, f"not to be refunded: {refund_no}")
            SimulatedRefund.objects.get_or_create(
                refund_no=refund_no, defaults={"order_no": order_no, "amount_fen": amount_fen}
            )
            if sum(given.values()) == total_fen:
                row.state = "refunded"
                row.save(update_fields=["state"])
            return Trade("returned", amount_fen, f"SIM{row.pk}", SIGNED, refund_no)

    def notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        raise BadNotice("the simulated cashier sends none: its page tells by itself")

    def read(self, signed: Signed) -> Notice:
        raise BadNotice("the simulated cashier signs nothing: its books are compared (orders/queries.sql)")

    def reply(self, taken: bool) -> NoticeReply:
        return NoticeReply(400, "text/plain", "")


def trade_of(order_no: str) -> SimulatedTrade | None:
    """What the cashier's page shows."""
    return SimulatedTrade.objects.filter(pk=order_no).first()


def decide(order_no: str, pays: bool) -> Trade:
    """The payer's word at the cashier; a second one changes nothing."""
    with transaction.atomic():
        row = SimulatedTrade.objects.select_for_update().get(pk=order_no)
        if row.state == "waiting":
            row.state = "paid" if pays else "closed"
            row.save(update_fields=["state"])
    return Simulated().query(order_no)
