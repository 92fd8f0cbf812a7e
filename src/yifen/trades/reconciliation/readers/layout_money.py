"""What the amount cells of a described line say: one amount with a sign, or income and expense."""

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.layout import FileLayoutColumn
from yifen.trades.reconciliation.readers.layout_check import signs_of, words_of
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, RowKind

KINDS: dict[str, RowKind] = {
    "sale": "sale", "refund": "refund", "void": "void", "in": "in", "out": "out",
}  # fmt: skip


class Money:
    """The columns by their targets, ready for a line's cells."""

    def __init__(self, columns: dict[str, FileLayoutColumn]) -> None:
        self.columns = columns
        self.words = words_of(columns["kind"]) if "kind" in columns else {}
        self.signs = signs_of(columns["amount"]) if "amount" in columns else {}

    def of(self, line_no: int, cell: dict[str, str]) -> tuple[RowKind | None, int]:
        """Kind (None: no money moved) and fen with the sign that they are written with.

        FILE_ROW_SUM: both income and expense; FILE_KIND_UNKNOWN, FILE_AMOUNT_INVALID."""
        if "amount" not in self.columns:
            return self._of_two(line_no, cell)
        amount_fen = self.fen(line_no, "amount", cell["amount"])
        if "kind" not in cell:
            return KINDS[self.signs["-" if amount_fen < 0 else "+"]], amount_fen
        name = self.words.get(cell["kind"])
        if name is None:
            reason = told("unknown: {!r}", cell['kind'][:20])
            raise FileError(line_no, self._name("kind"), reason, FileCode.FILE_KIND_UNKNOWN)
        if amount_fen < 0 and name in ("sale", "in"):
            reason = told("below zero, but {}", name)
            raise FileError(line_no, self._name("amount"), reason, FileCode.FILE_AMOUNT_INVALID)
        return (KINDS[name] if name else None), amount_fen

    def fen(self, line_no: int, target: str, text: str) -> int:
        """One amount; a plus before it may stand."""
        column = self.columns[target]
        read = cells.fen if column.type == "fen" else cells.yuan
        return read(line_no, self._name(target), text.removeprefix("+"), signed=True)

    def total(self, line_no: int, text: str) -> int:
        """The amount of a totals line."""
        return self.fen(line_no, "amount" if "amount" in self.columns else "income", text)

    def _of_two(self, line_no: int, cell: dict[str, str]) -> tuple[RowKind, int]:
        came, went = (self._half(line_no, target, cell[target]) for target in ("income", "expense"))
        if came and went:
            reason = "both income and expense"
            raise FileError(line_no, self._name("expense"), reason, FileCode.FILE_ROW_SUM)
        return ("out" if went else "in"), came - went

    def _half(self, line_no: int, target: str, text: str) -> int:
        """Empty, a dash or zero: not this one. Below zero only where the column is written so."""
        fen = 0 if text in ("", "-", "--") else self.fen(line_no, target, text)
        fen = -fen if self.columns[target].words == "-" else fen
        if fen < 0:
            reason = told("below zero: {!r}", text[:40])
            raise FileError(line_no, self._name(target), reason, FileCode.FILE_AMOUNT_INVALID)
        return fen

    def _name(self, target: str) -> str:
        column = self.columns[target]
        return column.name or f"{column.position}"
