"""Arrays in PostgreSQL's binary form say what they were made of, and are what its own text form is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import World
from yifen.core.facts.days import ZONE
from yifen.hub.payments import packed

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=600)
AT = datetime(2026, 11, 29, 23, 59, 59, 999_999, ZONE)
CASES: dict[str, tuple[Any, str, list[Any]]] = {
    "none at all": (packed.int4s, "integer[]", []),
    "small": (packed.int2s, "smallint[]", [0, 1, -1, 32_767]),
    "numbers": (packed.int4s, "integer[]", [0, 1, -1, 2**31 - 1, -(2**31)]),
    "amounts": (packed.int8s, "bigint[]", [0, 10**15 - 1, -1, 2**63 - 1]),
    "texts": (packed.texts, "text[]", ["", None, "NULL", 'a"b\\c', "{,}", "户号", "x" * 511, "x" * 512, "😀" * 300]),
    "days": (packed.dates, "date[]", [date(2000, 1, 1), None, date(1999, 12, 31), date(2199, 12, 31)]),
    "moments": (packed.moments, "timestamptz[]", [
        AT, datetime(2000, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, 59, 1, UTC), AT + timedelta(9)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_reads_what_was_packed(hub: World, name: str):
    pack, kind, values = CASES[name]
    assert hub.value(f"SELECT %s::{kind}", pack(values)) == values


def test_a_hash_is_a_uuid(hub: World):
    assert hub.value("SELECT %s::uuid[]", packed.uuids([bytes(range(16))])) == [UUID(bytes=bytes(range(16)))]


def test_a_nul_is_refused_as_in_a_text():
    with pytest.raises(psycopg.DataError, match="NUL"):
        packed.texts(["a", None, "b\0"])


@given(st.lists(st.none() | TEXT, max_size=40))
def test_any_texts_are_packed_as_postgresql_sends_them(values: list[str | None]):
    """Its own binary form, piece by piece."""
    found = bytes(packed.texts(values))
    assert found[:12] == bytes([0, 0, 0, bool(values), 0, 0, 0, 1, 0, 0, 0, 25])
    at, read = 20 if values else 12, list[str | None]()
    while at < len(found):
        length = int.from_bytes(found[at : at + 4], "big", signed=True)
        read.append(None if length < 0 else found[at + 4 : at + 4 + length].decode())
        at += 4 + max(length, 0)
    assert read == values
