"""How the functions of this trade are asked: one row, and its first column is a result code."""

from typing import Any

import psycopg

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.invoices.codes import InvoiceCode

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
_KIND = _SQL["kind"]


def answered(conn: Conn, statement: str, values: tuple[Any, ...], fields: dict[ResultCode, str] | None = None,
             detail: str = "") -> tuple[Any, ...]:  # fmt: skip
    """What stands behind the code. Refused: the code, on the field that it is about."""
    row = conn.execute(statement, values).fetchone() or (int(Code.FAULT),)
    if row[0]:
        said = result_code(row[0])
        raise Refused(said, (fields or {}).get(said, ""), detail)
    return tuple(row[1:])


class PaperKind:
    """A kind of paper, and whose invoices it carries."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        (self.kind_id, self.name, self.prefix, self.digits, self.layout, self.biller_id, self.biller_code,
         self.biller, self.institution_id) = row  # fmt: skip


def kind_of(conn: Conn, kind_id: int) -> PaperKind:
    """Refused: INVOICE_KIND_UNKNOWN."""
    row = conn.execute(_KIND, (kind_id,)).fetchone()
    if row is None:
        raise Refused(InvoiceCode.INVOICE_KIND_UNKNOWN, "kind")
    return PaperKind(row)
