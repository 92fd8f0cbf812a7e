"""The mapping file, and values read as ours: what is refused, and with which place."""

from datetime import date, datetime, time
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

import pytest

from tests.connector.utilities import MAPPING
from yifen.core.facts.refused import Refused
from yifen.trades.connector import values
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.example import MAPPING as EXAMPLE
from yifen.trades.connector.faults import fault_of
from yifen.trades.connector.kinds import KINDS
from yifen.trades.connector.mapping import CodePage, mapping_of

WRONG = {
    "two statements": ("WHERE no = :account\"", "WHERE no = :account; DROP TABLE bill\"", "customer: one statement"),
    "a comment": ("WHERE no = :account\"", "WHERE no = :account -- x\"", "customer: one statement"),
    "a value that is none": ("VALUES (:serial, :bill)", "VALUES (:serial, :iban)", "pay[1]: :iban"),
    "a bill's value of a payment": (":account, :yuan, :at)", ":account, :bill_yuan, :at)", "pay[2]: :bill_yuan"),
    "a reader that writes": ("SELECT name FROM", "WITH x AS (DELETE FROM bill) SELECT name FROM", "customer: DELETE"),
    "a reader that is no select": ("SELECT amount, state FROM", "DELETE FROM", "paid: it must begin with select"),
    "no account": ("customer_no = :account AND", "customer_no = 'A' AND", "owed: it lacks :account"),
    "a word unknown": ("wait_s = 1", "wait = 1", "wait"),
    "no code page": ("[limits]", "[text]\ncharset = \"gb2313\"\n[limits]", "text: gb2313"),
    "another format": ("format = 1", "format = 2", "format"),
    "back without words": ('back_is = ["R"]\n[[pay]]', "[[pay]]", "paid: back and back_is"),
    "a quotation of PostgreSQL's": ("VALUES (:serial, :bill)", "VALUES (:serial, $$[$$); COMMIT", "one statement"),
    "a semicolon in brackets": ("VALUES (:serial, :bill)", "VALUES (:serial, :bill) -- [; COMMIT]", "one statement"),
    "an end of our transaction": ("VALUES (:serial, :bill)", "VALUES (:serial, :bill) COMMIT", "COMMIT: a transaction"),
    "no value at all": ("VALUES (:serial, :bill)", "VALUES (1, 2)", "it names no value"),
    "a drop": ("UPDATE receipt SET", "DROP TABLE receipt --", "back[1]"),
}


@pytest.mark.parametrize(("old", "new", "place"), WRONG.values(), ids=WRONG)
def test_a_wrong_mapping_is_refused_with_its_place(old: str, new: str, place: str):
    assert old in MAPPING
    with pytest.raises(Refused) as refused:
        mapping_of(MAPPING.replace(old, new, 1))
    assert refused.value.code is ConnectorCode.MAPPING_INVALID
    assert place in refused.value.detail


def test_the_example_of_page_demo_and_docs_is_right():
    assert [bool(mapping_of(one).pay) for one in (MAPPING, EXAMPLE)] == [True] * 2


def test_without_a_way_to_find_a_payment_nothing_is_written():
    without = MAPPING[: MAPPING.index("[paid]")] + MAPPING[MAPPING.index("[[pay]]") : MAPPING.index("[day]")]
    with pytest.raises(Refused) as refused:
        mapping_of(without)
    assert "written twice" in refused.value.detail


PAGE = CodePage()
AMOUNTS: list[tuple[Any, str, int | None]] = [
    (Decimal("12.30"), "yuan", 1230), (12.3, "yuan", 1230), ("1,234.50", "yuan", 123450), (b"7.01", "yuan", 701),
    (12, "yuan", 1200), ("000123", "fen", 123), (Decimal("123.00"), "fen", 123), (None, "fen", 0), (-5, "fen", -5),
    (0.1 + 0.2, "yuan", None), ("twelve", "yuan", None), (Decimal("1.005"), "yuan", None), (1.5, "fen", None),
    ("NaN", "yuan", None), (Decimal("1e30"), "fen", None), (True, "fen", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "unit", "fen"), AMOUNTS)
def test_amounts_are_exact_or_refused(value: Any, unit: Any, fen: int | None):
    if fen is None:
        with pytest.raises(values.ValueUnread):
            values.fen_of({"A": value}, "a", unit)
    else:
        assert values.fen_of({"A": value}, "a", unit) == fen


DAYS = ["20261130", 20261130, "2026-11-30", "2026/11/30", "2026.11.30", "2026年11月30日", "2026-11-30 08:00:01",
        "20261130080001", date(2026, 11, 30), datetime.combine(date(2026, 11, 30), time(8)), b"2026-11-30"]  # fmt: skip


@pytest.mark.parametrize("value", DAYS)
def test_days_are_read_in_any_usual_spelling(value: Any):
    assert values.day_of({"d": value}, "d", PAGE) == date(2026, 11, 30)


@pytest.mark.parametrize("value", ["30.11.2026", "2026-13-01", "soon", "261130"])
def test_a_day_that_is_none_is_refused(value: str):
    with pytest.raises(values.ValueUnread):
        values.day_of({"d": value}, "d", PAGE)


def test_text_is_of_its_code_page_even_where_the_database_believes_another():
    gbk = "欧阳㐂".encode("gb18030")
    assert values.text_of({"n": gbk}, "n", CodePage("gb18030")) == "欧阳㐂"
    as_latin = CodePage("gb18030", "latin-1")
    assert values.text_of({"n": gbk.decode("latin-1")}, "n", as_latin) == "欧阳㐂"
    assert values.given("欧阳㐂", as_latin).encode("latin-1") == gbk
    with pytest.raises(values.ValueUnread):
        values.text_of({"n": gbk}, "n", PAGE)


def test_moments_are_of_a_day_when_they_say_no_more():
    assert values.moment_of({"t": "20261130080001"}, "t", PAGE) == datetime.combine(date(2026, 11, 30), time(8, 0, 1))
    assert values.moment_of({"t": "2026-11-30"}, "t", PAGE) == datetime.combine(date(2026, 11, 30), time())


@pytest.mark.parametrize("kind", [name for name in KINDS if find_spec(KINDS[name].module) is None])
def test_a_kind_whose_driver_is_lacking_is_refused_by_its_name(kind: str):
    with pytest.raises(Refused) as refused:
        KINDS[kind].driver()
    assert (refused.value.code, refused.value.detail) == (ConnectorCode.DRIVER_MISSING, KINDS[kind].module)


FAULTS: list[tuple[str, Any, ConnectorCode]] = [
    ("oracle", 1, ConnectorCode.ROW_REFUSED), ("oracle", 942, ConnectorCode.TABLE_UNFIT),
    ("oracle", 1017, ConnectorCode.DATABASE_DENIED), ("oracle", 8177, ConnectorCode.ROW_LOCKED),
    ("mssql", 2627, ConnectorCode.ROW_REFUSED), ("mssql", 208, ConnectorCode.TABLE_UNFIT),
    ("mssql", 18456, ConnectorCode.DATABASE_DENIED), ("mssql", 1222, ConnectorCode.ROW_LOCKED),
    ("mssql", 20009, ConnectorCode.DATABASE_AWAY), ("oracle", 12541, ConnectorCode.DATABASE_AWAY),
    ("db2", "[IBM] SQL0803N SQLSTATE=23505 SQLCODE=-803", ConnectorCode.ROW_REFUSED),
    ("db2", "[IBM] SQL0204N SQLSTATE=42704 SQLCODE=-204", ConnectorCode.TABLE_UNFIT),
    ("db2", "[IBM] SQL30081N SQLSTATE=08001 SQLCODE=-30081", ConnectorCode.DATABASE_AWAY),
    ("db2", "[IBM] SQL0911N SQLSTATE=40001 SQLCODE=-911", ConnectorCode.ROW_LOCKED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "code"), FAULTS)
def test_errors_of_kinds_that_are_extras_have_their_numbers(kind: str, said: Any, code: ConnectorCode):
    class DriverError(Exception):
        pass

    assert fault_of(kind, DriverError(said)).code is code
