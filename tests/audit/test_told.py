"""A secret reads the same to the triggers, which tell it, and to `verify`, which asks the row again."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import Database
from yifen.core.audit.told import decoded, fingerprint

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8,
)  # fmt: skip
CONTENT = {"name": "钱一", "person": "1001", "roles": ["teller"], "rate": 1.50,
           "note": 'a\t"b" \u007f\u2028 €\U0001f600'}  # fmt: skip


@pytest.fixture(scope="module")
def owner(shared_database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(shared_database.owner_url) as conn:
        yield conn


def told(conn: psycopg.Connection[Any], value: Any) -> tuple[Any, Any]:
    """By the database's function, and by ours out of the row as it is read."""
    row = conn.execute(
        "SELECT audit_masked_v1(r, ARRAY['content']) ->> 'content', r::text"
        " FROM (SELECT jsonb_build_object('content', %s::jsonb)) x (r)", (json.dumps(value),),
    ).fetchone()  # fmt: skip
    assert row is not None
    return row[0], fingerprint(decoded(row[1])["content"])


def test_a_proposal_that_names_people_in_chinese_is_as_it_was_told(owner: psycopg.Connection[Any]) -> None:
    by_trigger, by_us = told(owner, CONTENT)
    assert by_trigger == by_us == "#814f0316"


@given(value=VALUES)
def test_any_value_is_as_it_was_told(owner: psycopg.Connection[Any], value: Any) -> None:
    by_trigger, by_us = told(owner, value)
    assert by_trigger == by_us
