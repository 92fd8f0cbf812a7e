"""The teller's shift report (柜员轧账单): cash that should be in the drawer against cash counted."""

from datetime import date, datetime

import msgspec

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_at, shown_day
from yifen.core.documents.render import Form, render
from yifen.core.facts.capitals import capitals


class Operations(msgspec.Struct, frozen=True, kw_only=True):
    """All operations of one transaction code in the shift, by how the money moved."""

    code: str
    title: str
    count: int
    cash_in_fen: int = 0
    cash_out_fen: int = 0
    transfer_fen: int = 0


class Pieces(msgspec.Struct, frozen=True, kw_only=True):
    """Notes or coins of one value (券别) counted in the drawer."""

    value_fen: int
    count: int


class KindOfPapers(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a kind of numbered papers 重要空白凭证 in the shift; `differs`: what its count found."""

    title: str
    used: int
    voided: int
    left: int
    differs: str = ""


class ShiftReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift report says; sums, expected cash and difference follow from it."""

    institution: str
    outlet: str
    teller: str
    shift_no: str
    business_day: date
    opened_at: datetime
    closed_at: datetime
    opening_fen: int
    counted_fen: int
    operations: tuple[Operations, ...]
    pieces: tuple[Pieces, ...] = ()
    papers: tuple[KindOfPapers, ...] = ()
    supervisor: str = ""
    reason: str = ""
    opening_reason: str = ""
    opening_supervisor: str = ""

    @property
    def cash_in_fen(self) -> int:
        return sum(row.cash_in_fen for row in self.operations)

    @property
    def cash_out_fen(self) -> int:
        return sum(row.cash_out_fen for row in self.operations)

    @property
    def expected_fen(self) -> int:
        return self.opening_fen + self.cash_in_fen - self.cash_out_fen

    @property
    def difference_fen(self) -> int:
        """What is in the drawer beyond what should be: above zero 长款, below zero 短款."""
        return self.counted_fen - self.expected_fen


def shift_report(data: ShiftReport, form: Form = "pdf") -> bytes:
    """The report on A4. AmountError when the counted cash is below zero or beyond MAX_FEN."""
    shown = {
        "institution": data.institution,
        "outlet": data.outlet,
        "teller": data.teller,
        "supervisor": data.supervisor,
        "shift_no": data.shift_no,
        "reason": data.reason,
        "opening_reason": " · ".join(filter(None, (data.opening_reason, data.opening_supervisor))),
        "business_day": shown_day(data.business_day),
        "opened_at": shown_at(data.opened_at),
        "closed_at": shown_at(data.closed_at),
        "opening": grouped_yuan(data.opening_fen),
        "cash_in": grouped_yuan(data.cash_in_fen),
        "cash_out": grouped_yuan(data.cash_out_fen),
        "expected": grouped_yuan(data.expected_fen),
        "expected_capitals": red_capitals(data.expected_fen),
        "counted": grouped_yuan(data.counted_fen),
        "counted_capitals": capitals(data.counted_fen),
        "difference": grouped_yuan(data.difference_fen),
        "sign": (data.difference_fen > 0) - (data.difference_fen < 0),
        "operations": [_operations(row) for row in data.operations],
        "totals": _totals(data),
        "pieces": [
            [_value(row.value_fen), f"{row.count:,}", grouped_yuan(row.value_fen * row.count)]
            for row in data.pieces
        ],
        "papers": [[row.title, f"{row.used:,}", f"{row.voided:,}", f"{row.left:,}", row.differs or "相符"]
                   for row in data.papers],
    }
    return render("shift_report", shown, data.closed_at, form)


def _operations(row: Operations) -> list[str]:
    sums = (row.cash_in_fen, row.cash_out_fen, row.transfer_fen)
    return [row.code, row.title, f"{row.count:,}", *map(grouped_yuan, sums)]


def _totals(data: ShiftReport) -> list[str]:
    transfers_fen = sum(row.transfer_fen for row in data.operations)
    sums = (data.cash_in_fen, data.cash_out_fen, transfers_fen)
    return [f"{sum(row.count for row in data.operations):,}", *map(grouped_yuan, sums)]


def _value(value_fen: int) -> str:
    """A note's or coin's name: 100元, 5角, 1分."""
    for size, unit in ((100, "元"), (10, "角"), (1, "分")):
        if value_fen % size == 0:
            return f"{value_fen // size}{unit}"
    raise AssertionError("every amount is a number of fen")
