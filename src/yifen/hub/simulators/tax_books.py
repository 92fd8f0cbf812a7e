"""A tax platform's books in memory: invoices by order number, red confirmation sheets, numbers. Pure; no HTTP."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.tax_port import (
    AGREED,
    DONE,
    FAILED,
    ISSUING,
    SIGN_FAILED,
    SIGNING,
    DayList,
    DayRow,
    InvoiceOrder,
    InvoiceStatus,
    SheetOrder,
    SheetStatus,
    TaxLine,
)

CONFIRM_HOURS = 72
PAGE = 500
REASONS = {
    "bad_tax_no": "购方税号有误", "quota": "可用授信额度不足", "login": "登录已失效", "sum_gap": "明细合计与总额不符",
    "sign": "签章失败", "no_sheet": "红字确认单不存在或未确认", "over": "红冲金额超过蓝票",
}  # fmt: skip
SHEETS = {"buyer": "02", "seller": "03", "refuse": "05", "expire": "07", "abnormal": "10", "blocked": "11",
          "person": "12"}  # fmt: skip
"""What a sheet meets by script → how it stands; none of them: 01, no confirmation needed."""


class KeptInvoice(NamedTuple):
    """An order, its number, when it was asked for and when it is out; `why` it failed."""

    order: InvoiceOrder
    number: str
    asked_at: datetime
    at: datetime
    why: str


class KeptSheet:
    """A sheet as it stands; `at`: when it was asked for."""

    def __init__(self, order: SheetOrder, sheet_no: str, state: str, at: datetime) -> None:
        self.order, self.sheet_no, self.state, self.at = order, sheet_no, state, at


class TaxBooks:
    """All of one platform; `first`: where its sequences begin."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self.invoices: dict[str, KeptInvoice] = {}
        self.sheets: dict[str, KeptSheet] = {}

    def issue(self, order: InvoiceOrder, meets: str, now: datetime, slow_s: float) -> InvoiceStatus:
        """Once for each order number; `meets`: by script."""
        if order.order_no in self.invoices:
            return InvoiceStatus(order.order_no, "duplicate", order.total_fen)
        why = meets if meets in REASONS else self._refusal(order)
        at = now + timedelta(seconds=slow_s if meets == "slow" else 0)
        self.invoices[order.order_no] = KeptInvoice(order, self._number(now), now, at, why)
        return self.invoice(order.order_no, now)

    def invoice(self, order_no: str, now: datetime) -> InvoiceStatus:
        """What became of it: issuing for the first half of its time, signing for the second."""
        kept = self.invoices.get(order_no)
        if kept is None:
            return InvoiceStatus(order_no, "not_found")
        total = kept.order.total_fen
        if kept.why:
            state = SIGN_FAILED if kept.why == "sign" else FAILED
            return InvoiceStatus(order_no, state, total, code=kept.why, reason=REASONS[kept.why])  # type: ignore[arg-type]
        if now < kept.at:
            half = kept.asked_at + (kept.at - kept.asked_at) / 2
            return InvoiceStatus(order_no, ISSUING if now < half else SIGNING, total)  # type: ignore[arg-type]
        return InvoiceStatus(order_no, DONE, total, xml_of(kept))  # type: ignore[arg-type]

    def ask_sheet(self, order: SheetOrder, meets: str, now: datetime) -> SheetStatus:
        if order.order_no in self.sheets:
            return SheetStatus(order.order_no, "duplicate", order.total_fen)
        sheet_no = f"{now:%y%m%d}{len(self.sheets) + self._first:010d}"
        state = SHEETS.get(meets, "01") if self._left(order.blue_number) >= order.total_fen else "10"
        self.sheets[order.order_no] = KeptSheet(order, sheet_no, state, now)
        return self.sheet(order.order_no, now)

    def sheet(self, order_no: str, now: datetime) -> SheetStatus:
        """One that nobody confirmed in 72 hours is void: 07."""
        kept = self.sheets.get(order_no)
        if kept is None:
            return SheetStatus(order_no, "not_found")
        if kept.state in ("02", "03") and now >= kept.at + timedelta(hours=CONFIRM_HOURS):
            kept.state = "07"
        return SheetStatus(order_no, kept.state, kept.order.total_fen, kept.sheet_no)  # type: ignore[arg-type]

    def confirm(self, order_no: str, yes: bool) -> bool:
        """The buyer's word in his own account."""
        kept = self.sheets.get(order_no)
        if kept is None or kept.state not in ("02", "03"):
            return False
        kept.state = "04" if yes else "05"
        return True

    def issued(self, now: datetime) -> list[KeptInvoice]:
        """In the order of their numbers."""
        out = (one for one in self.invoices.values() if not one.why and one.at <= now)
        return sorted(out, key=lambda one: one.number)

    def day(self, seller: str, day: str, after: str, now: datetime) -> DayList:
        rows = [DayRow(one.number, one.order.kind, one.order.total_fen) for one in self.issued(now)
                if one.order.seller_tax_no == seller and one.number > after
                and f"{one.at.astimezone(HUB_ZONE):%Y-%m-%d}" == day]  # fmt: skip
        return DayList(day, tuple(rows[:PAGE]), len(rows) > PAGE)

    def _refusal(self, order: InvoiceOrder) -> str:
        if not adds_up(order.lines, order.total_fen, order.tax_fen):
            return "sum_gap"
        if order.buyer_tax_no == "000000000000000":
            return "bad_tax_no"
        if order.kind == "red":
            sheet = next((one for one in self.sheets.values() if one.sheet_no == order.sheet_no), None)
            if sheet is None or sheet.state not in AGREED or sheet.order.blue_number != order.blue_number:
                return "no_sheet"
            if self._left(order.blue_number) < order.total_fen:
                return "over"
        return ""

    def _left(self, number: str) -> int:
        """Of a blue invoice, what no red one took back."""
        good = [one.order for one in self.invoices.values() if not one.why]
        blue = sum(one.order.total_fen for one in self.invoices.values() if one.number == number and not one.why)
        return blue - sum(one.total_fen for one in good if one.kind == "red" and one.blue_number == number)

    def _number(self, now: datetime) -> str:
        """Year, province, channel, sequence."""
        return f"{now:%y}371{len(self.invoices) + self._first:015d}"


def adds_up(lines: tuple[TaxLine, ...], total_fen: int, tax_fen: int) -> bool:
    """Lines, whole and tax to the fen; each line's tax within a fen of its rate."""
    sums = (sum(line.fen for line in lines), sum(line.tax for line in lines))
    fits = all(line.net + line.tax == line.fen and abs(line.net * line.permille - line.tax * 1000) <= 1500
               for line in lines)  # fmt: skip
    return bool(lines) and fits and sums == (total_fen, tax_fen)


def xml_of(kept: KeptInvoice) -> str:
    """What the bureau signed, with the parts that the hub reads; in AdditionalInformation stands another number."""
    order, at = kept.order, kept.at.astimezone(HUB_ZONE)
    items = "".join(f"<IssuItemInformation><ItemName>*{escape(one.name)}*{escape(one.title)}</ItemName>"
                    f"<TaxRate>{_rate(one)}</TaxRate><Amount>{yuan(one.net)}</Amount>"
                    f"<ComTaxAm>{yuan(one.tax)}</ComTaxAm></IssuItemInformation>" for one in order.lines)  # fmt: skip
    return (f"<EInvoice><Header><EIid>{kept.number}</EIid></Header><EInvoiceData>"
            f"<SellerInformation><SellerIdNum>{order.seller_tax_no}</SellerIdNum></SellerInformation>"
            f"<BuyerInformation><BuyerName>{escape(order.buyer_name)}</BuyerName></BuyerInformation>{items}"
            f"<AdditionalInformation><InvoiceNumber>{'9' * 20}</InvoiceNumber></AdditionalInformation></EInvoiceData>"
            f"<TaxSupervisionInfo><InvoiceNumber>{kept.number}</InvoiceNumber>"
            f"<IssueTime>{at:%Y-%m-%d %H:%M:%S}</IssueTime></TaxSupervisionInfo></EInvoice>")  # fmt: skip


def _rate(line: TaxLine) -> Any:
    return "免税" if line.exempt else f"{line.permille // 1000}.{line.permille % 1000:03d}"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
