"""What a driver's error means: a number of ours, by the numbers of each kind of database, else by the driver's own
sorting of errors."""

import re
from typing import Any, NamedTuple

from yifen.trades.connector.codes import ConnectorCode as C

_POSTGRESQL: tuple[tuple[str, C], ...] = (
    ("57014", C.DATABASE_SLOW), ("55P03", C.ROW_LOCKED), ("40", C.ROW_LOCKED), ("28", C.DATABASE_DENIED),
    ("42501", C.DATABASE_DENIED), ("25006", C.DATABASE_DENIED), ("23", C.ROW_REFUSED), ("42", C.TABLE_UNFIT),
    ("3D", C.TABLE_UNFIT), ("22", C.TABLE_UNFIT), ("08", C.DATABASE_AWAY), ("57", C.DATABASE_AWAY),
    ("53", C.DATABASE_AWAY), ("P0", C.ROW_REFUSED),
)  # fmt: skip
_NUMBERS: dict[str, dict[C, frozenset[int]]] = {
    "mysql": {
        C.DATABASE_DENIED: frozenset({1044, 1045, 1142, 1143, 1227, 1370, 1698, 1792}),
        C.TABLE_UNFIT: frozenset({1049, 1054, 1064, 1146, 1264, 1265, 1292, 1305, 1366, 1406}),
        C.ROW_LOCKED: frozenset({1205, 1213}),
        C.ROW_REFUSED: frozenset({1048, 1062, 1364, 1451, 1452, 1644, 3819, 4025}),
        C.DATABASE_SLOW: frozenset({1969, 3024}),
    },
    "mssql": {
        C.DATABASE_DENIED: frozenset({229, 230, 4060, 18456}),
        C.TABLE_UNFIT: frozenset({206, 207, 208, 245, 8114, 2812}),
        C.ROW_LOCKED: frozenset({1205, 1222, 3960}), C.ROW_REFUSED: frozenset({515, 547, 2601, 2627}),
    },
    "oracle": {
        C.DATABASE_DENIED: frozenset({1017, 1031, 1045, 28000}), C.TABLE_UNFIT: frozenset({904, 932, 942, 1722, 6550}),
        C.ROW_LOCKED: frozenset({54, 60, 8177}), C.ROW_REFUSED: frozenset({1, 1400, 2290, 2291, 2292}),
        C.DATABASE_SLOW: frozenset({1013, 3136}),
    },
}  # fmt: skip
_SQLITE: tuple[tuple[str, C], ...] = (
    ("locked", C.ROW_LOCKED), ("busy", C.ROW_LOCKED), ("no such", C.TABLE_UNFIT), ("has no column", C.TABLE_UNFIT),
    ("interrupted", C.DATABASE_SLOW), ("readonly", C.DATABASE_DENIED), ("not authorized", C.DATABASE_DENIED),
    ("syntax", C.TABLE_UNFIT),
)  # fmt: skip
_STATE = re.compile(r"SQLSTATE[=:]? ?([0-9A-Z]{5})")
_DENIED = re.compile(r"authentication|password|pg_hba|role .* does not exist", re.IGNORECASE)
_UNKNOWN_NUMBER = frozenset({"22P02", "22003", "1722", "245", "8114"})


class Fault(NamedTuple):
    """`word`: the database's own number; `says`: its words, for who may see them."""

    code: C
    word: str
    says: str

    @property
    def is_value(self) -> bool:
        """A value of ours is none of the column's type: what looks for an account finds nobody."""
        return self.word in _UNKNOWN_NUMBER


def fault_of(kind: str, error: Exception) -> Fault:
    """Of an error of SQLAlchemy or of a driver."""
    cause: Any = getattr(error, "orig", None) or error
    says = " ".join(str(cause).split())[:300]
    state = getattr(cause, "sqlstate", None) or (found[1] if (found := _STATE.search(says)) else "")
    if state and kind not in _NUMBERS:  # whose states are coarse
        known = (code for beginning, code in _POSTGRESQL if state.startswith(beginning))
        return Fault(next(known, C.DATABASE_AWAY), state, says)
    if kind == "sqlite":
        for part, code in _SQLITE:
            if part in says:
                return Fault(code, part.replace(" ", "_"), says)
    number = _number(cause)
    for code, numbers in _NUMBERS.get(kind, {}).items():
        if number in numbers:
            return Fault(code, str(number), says)
    if isinstance(cause, TimeoutError) or "timed out" in says or "timeout" in says:
        return Fault(C.DATABASE_SLOW, str(number or ""), says)
    if kind == "postgresql" and _DENIED.search(says):
        return Fault(C.DATABASE_DENIED, "", says)
    if kind == "postgresql" and "does not exist" in says:  # the database, by its name
        return Fault(C.TABLE_UNFIT, "", says)
    return Fault(_BY_NAME.get(type(cause).__name__, C.DATABASE_AWAY), str(number or ""), says)


_BY_NAME = {"IntegrityError": C.ROW_REFUSED, "ProgrammingError": C.TABLE_UNFIT, "DataError": C.TABLE_UNFIT}


def _number(cause: Any) -> int:
    first = cause.args[0] if getattr(cause, "args", ()) else 0
    first = getattr(first, "code", first)
    return first if isinstance(first, int) else 0
