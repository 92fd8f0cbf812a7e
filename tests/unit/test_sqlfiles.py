"""Statements read from files: by name, with result codes and other statements put in."""

import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import QueriesWrong, parse, queries

FILE = """-- What is read of the files.

-- name: newest
-- A corrected file is a new version.
SELECT file_id FROM daily_file WHERE {of_partner}
ORDER BY version DESC LIMIT 1

-- name: of_partner
-- Whose file it is; put into the others,
-- and its reason may take two lines.
partner_id = %(partner)s AND {of_day}

-- name: of_day
-- Nested once more.
business_day = %(day)s -- of the hub
"""


def test_statements_are_found_by_name_without_their_comments() -> None:
    found = parse("x.sql", FILE)
    assert list(found) == ["newest", "of_partner", "of_day"]
    assert found["of_day"] == "business_day = %(day)s -- of the hub"


def test_a_name_in_braces_is_the_statement_of_that_name() -> None:
    assert parse("x.sql", FILE)["newest"] == (
        "SELECT file_id FROM daily_file WHERE "
        "partner_id = %(partner)s AND business_day = %(day)s -- of the hub\n"
        "ORDER BY version DESC LIMIT 1"
    )


def test_double_braces_are_left_for_the_call_and_other_braces_alone() -> None:
    text = "-- name: a\n-- Why.\nSELECT {b}, '{1,2}' ~ '^[0-9]{4,18}$'\n\n-- name: b\n-- Why.\n{{c}}\n"
    assert parse("x.sql", text)["a"] == "SELECT {c}, '{1,2}' ~ '^[0-9]{4,18}$'"


def test_result_codes_stand_there_as_numbers() -> None:
    found = parse("x.sql", "-- name: a\n-- Why.\nSELECT @BUSY")
    assert found["a"] == f"SELECT {int(Code.BUSY)} /* BUSY */"
    with pytest.raises(KeyError, match="NO_SUCH_CODE"):
        parse("x.sql", "-- name: a\n-- Why.\nSELECT @NO_SUCH_CODE")


def test_a_name_that_is_not_there_is_told_with_its_file() -> None:
    with pytest.raises(QueriesWrong, match=r"^x\.sql: there is no statement 'oldest'$"):
        parse("x.sql", FILE)["oldest"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- name: a\n-- Why.\nSELECT 1\n-- name: a\n-- Why.\nSELECT 2", "'a' stands there twice"),
        ("-- name: A b\n-- Why.\nSELECT 1", "'A b' is no name of a statement"),
        ("-- name: a\nSELECT 1", "'a' lacks its line of why"),
        ("-- name: a\n-- Why.\n", "'a' has no statement"),
        ("-- name: a\n-- Why.\nSELECT {b}", "'a' puts in 'b', which is not there"),
        ("-- name: a\n-- Why.\n{b}\n-- name: b\n-- Why.\n{a}", "'a' puts in itself"),
    ],
)
def test_a_file_that_is_wrong_is_refused_when_it_is_read(text: str, said: str) -> None:
    with pytest.raises(QueriesWrong, match=said):
        parse("x.sql", text)


def test_the_statements_of_a_package_are_read_once() -> None:
    package = "yifen.core.directory"
    assert queries(package) is queries(package)
    assert queries(package)["subtree"].startswith("WITH RECURSIVE below")


def test_a_heading_behind_a_statement_is_none_of_it() -> None:
    found = parse("f", "-- name: a\n-- Why.\nSELECT 1 -- one\n\n-- --- others ---\n\n-- name: b\n-- Why.\nSELECT 2\n")
    assert dict(found) == {"a": "SELECT 1 -- one", "b": "SELECT 2"}
