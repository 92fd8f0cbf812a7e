"""Pay methods 支付方式: the port to those who take the payer's money for us, and who they are.

Every call may be repeated: a provider knows an order by its number, a refund by its own. None is
made inside a database transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol

from django.utils.functional import Promise

from yifen.core.facts.refused import Refused
from yifen.trades.orders.codes import OrderCode


class Device(StrEnum):
    """Where the payer is when he is about to pay."""

    PHONE = "phone"  # a phone's browser: can open the provider's app
    WECHAT = "wechat"  # inside WeChat
    ALIPAY = "alipay"  # inside Alipay
    SCREEN = "screen"  # a kiosk or a desktop: shows a code to be scanned


class PayRequest(NamedTuple):
    """What a provider is asked to collect, and where it sends the payer afterwards."""

    order_no: str
    amount_fen: int
    title: str
    expires_at: datetime
    device: Device
    address: str  # the payer's IP
    return_url: str
    notify_url: str
    person: str = ""  # the payer as WeChat knows him (openid), where it asks for that


class Goal(NamedTuple):
    """Where the payer goes: an address to open, a text to show as a QR code, or the parameters of
    WeChat's own call (JSON)."""

    kind: Literal["redirect", "qr", "bridge"]
    text: str


class Signed(NamedTuple):
    """What a provider signed, as it came: kept with the order, so that anybody can read it again. `call`:
    "notice", or which call of ours it answers, in the provider's words."""

    call: str
    headers: Mapping[str, str]  # those that the signature needs
    body: str


class Trade(NamedTuple):
    """What a provider knows of an order. absent: it never saw it (so nothing was paid);
    returned: paid, and given back since; of a refund: this one is back, `refund_no`. `signed`: where it says so."""

    state: Literal["absent", "unpaid", "paid", "closed", "returned"]
    amount_fen: int = 0
    trade_no: str = ""
    signed: Signed | None = None
    refund_no: str = ""


class Notice(NamedTuple):
    """What a provider says of an order, its signature checked."""

    order_no: str
    trade: Trade


class NoticeReply(NamedTuple):
    """What the provider wants to hear about its notice."""

    status: int
    content_type: str
    body: str


class PayMethodPort(Protocol):
    """One way to pay. Every call raises MethodFault when the provider gives no clear answer."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str | Promise: ...

    def offered_on(self, device: Device) -> bool:
        """Whether it can work where the payer is."""

    def begin(self, ask: PayRequest) -> Goal:
        """Open the order at the provider, or answer again where it is."""

    def query(self, order_no: str) -> Trade:
        """What became of it."""

    def close(self, order_no: str) -> bool:
        """No money may come any more; False when it did come."""

    def refund(self, order_no: str, refund_no: str, amount_fen: int, total_fen: int) -> Trade | None:
        """Give so much of the `total_fen` that came back; "returned" with this refund's number and amount once it
        is back, None while it is on its way."""

    def notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        """Read a notice. Refused NOTICE_INVALID unless its signature is the provider's."""

    def read(self, signed: Signed) -> Notice:
        """What was kept, read again. Refused NOTICE_INVALID unless its signature is the provider's."""

    def reply(self, taken: bool) -> NoticeReply:
        """The answer to a notice; one not taken will be sent again."""


class MethodFault(Refused):
    """The provider did not answer, or not so that it can be trusted: ask again later."""

    def __init__(self, method: str, detail: str) -> None:
        super().__init__(OrderCode.PAY_METHOD_FAULT, "method")
        self.method, self.why = method, detail[:300]

    def __str__(self) -> str:
        return f"{self.method}: {self.why}"


class BadNotice(Refused):
    """A notice that is not the provider's: forged, altered, old, or about somebody else."""

    def __init__(self, why: str) -> None:
        super().__init__(OrderCode.NOTICE_INVALID)
        self.why = why
