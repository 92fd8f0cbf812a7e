"""What the trail tells of the watched tables: its entries played over, a row an image. Pure, no driver.

An insert tells a row, an update its changed columns, a delete that it is gone; a baseline tells what
stood in a table before its changes were entries. Secrets are told as fingerprints.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

BASELINE = "baseline"
INSTALLED = "installed"  # the subject of entries that say what `migrate` installed
MARK = "audit_entry"  # the subject of the entry that says which columns were watched from then on
ACTIONS = frozenset({"insert", "update", "delete", "truncate", BASELINE})
Row = dict[str, Any]


class Watched(NamedTuple):
    """A watched table as it stands: its key, its columns with their types (without those that are
    not worth an entry), those shown as fingerprints, and whether new rows are entries."""

    key: tuple[str, ...]
    columns: Mapping[str, str]
    secret: frozenset[str]
    inserts: bool

    def key_of(self, row: Row) -> str:
        """As the triggers write it."""
        parts = (row.get(column) for column in self.key)
        return "|".join(part if isinstance(part, str) else json.dumps(part) for part in parts)

    @property
    def described(self) -> str:
        """Its columns as the mark says them."""
        return ", ".join(f"{name} {kind}" for name, kind in sorted(self.columns.items()))


class Written(str):
    """A number as it was written: 1.50 is not 1.5."""

    __slots__ = ()


def decoded(text: str) -> Any:
    """JSON with numbers as they are written."""
    return json.loads(text, parse_float=Written)


def encoded(value: Any) -> str:
    """As PostgreSQL writes a jsonb."""
    match value:
        case Written():
            return value
        case dict():
            pairs = (f"{encoded(key)}: {encoded(each)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return f"[{', '.join(map(encoded, value))}]"
    return json.dumps(value, ensure_ascii=False)


def fingerprint(value: Any) -> Any:
    """A secret as the trail shows it: see audit_masked_v1."""
    if value is None:
        return None
    text = value if isinstance(value, str) else encoded(value)
    return "***" if len(text) < 16 else "#" + sha256(text.encode()).hexdigest()[:8]


class Retelling:
    """`rows`: by table and key; `marks`: by table, which columns the last mark names; `installed`: digests by
    what they are of."""

    def __init__(self, tables: Mapping[str, Watched]) -> None:
        self.tables = tables
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in tables}
        self.marks: dict[str, str] = {}
        self.installed: dict[str, str | None] = {}

    def take(self, action: str, subject: str, key: str, after: str | None) -> None:
        """One entry, in the order of the trail."""
        if action not in ACTIONS:
            return
        if subject == MARK and action == BASELINE:
            self.marks.update(decoded(after or "{}"))
        elif subject == INSTALLED and action == BASELINE:
            self.installed.update(decoded(after or "{}"))
        elif subject in self.tables:
            self._play(action, self.tables[subject], self.rows[subject], key, decoded(after or "{}"))

    def _play(
        self, action: str, table: Watched, rows: dict[str, Row], key: str, after: Row
    ) -> None:
        match action:
            case "truncate":
                rows.clear()
            case "delete":
                rows.pop(key, None)
            case "insert":
                rows[key] = after
            case "update":
                row = rows.pop(key, {}) | after
                rows[table.key_of(row) if after.keys() & set(table.key) else key] = row
            case _:
                for one, columns in after.items():
                    rows[one] = rows.get(one, {}) | columns

    def lacks(self, name: str, key: str, row: Row) -> Row:
        """The columns of a row of which nothing was told; of one whose insert is no entry, none that
        is empty."""
        table, told = self.tables[name], self.rows[name].get(key, {})
        empty = not table.inserts
        return {
            column: fingerprint(value) if column in table.secret else value
            for column, value in row.items()
            if column not in told and not (empty and value is None)
        }

    def differences(self, name: str, found: Mapping[str, Row]) -> Iterator[str]:
        """What of the table is not as the trail tells it."""
        table, rows = self.tables[name], self.rows[name]
        for key, row in found.items():
            told = rows.get(key)
            if told is None and table.inserts:
                yield f"{name} {key} is there, the trail does not know of it"
                continue
            for column, value in row.items():
                knows = (told or {}).get(column)
                if value != knows and not (column in table.secret and fingerprint(value) == knows):
                    yield self._differs(name, key, column, value, knows)
        gone = sorted(rows.keys() - found.keys())
        yield from (f"{name} {key} is missing, the trail has it" for key in gone)

    def _differs(self, name: str, key: str, column: str, value: Any, knows: Any) -> str:
        if column in self.tables[name].secret:
            value, knows = fingerprint(value), fingerprint(knows) if not_masked(knows) else knows
        return f"{name} {key} {column} says {value!r}, the trail {knows!r}"


def not_masked(value: Any) -> bool:
    """A column that was no secret when it was told."""
    return not (isinstance(value, str) and (value == "***" or value.startswith("#")))
