"""Files taken in by the engine: every sample lies in the tables as it was read, every broken one
leaves nothing behind."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import psycopg
import pytest

from tests.readers.files import (
    ALIPAY,
    CAMT_052,
    CAMT_053,
    FIXED,
    FOLDER,
    FUND,
    LAYOUT_FIRST,
    LAYOUT_FIXED,
    LAYOUT_NAMED,
    MT940,
    NAMED,
    UMS,
    WECHAT_24,
    WECHAT_27,
    WECHAT_29,
    ZM,
    ZME,
    Sample,
    column,
)
from tests.readers.test_broken import CASES, Case
from tests.web import site
from tests.world import World
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import files, proving
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.files import TakenFile, take_in
from yifen.trades.reconciliation.profile import LegProfile, read_layout, read_profile
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.looks import HEAD, sniff
from yifen.trades.reconciliation.rows import Row

NOW = datetime.fromisoformat("2026-11-25T02:00:00+08:00")
SAMPLES = [ZM, ZME, UMS, WECHAT_24, WECHAT_27, WECHAT_29, FUND, ALIPAY, CAMT_052, CAMT_053, MT940,
           LAYOUT_FIRST, LAYOUT_FIXED, LAYOUT_NAMED]  # fmt: skip
ROWS = """SELECT line_no, serial, kind::text, amount_fen, fee_fen, at, coalesce(original, ''),
    coalesce(ref, ''), coalesce(account_no, ''), coalesce(batch, '')
FROM recon_lines_v1(ARRAY[%s::bigint], ARRAY(SELECT generate_series(0, 16383)), NULL) ORDER BY line_no"""
OWNERS = {
    "unionpay_zm": "898319849000018 898319849000017", "unionpay_zme": "898319849000018 898319849000017",
    "ums": "898319849000019", "wechat_trade": "1900000109 10000100", "alipay": "20880211096256330156",
    "camt": "NL77ABNA0574908765 1001014009012345678", "mt940": "1001014009012345678",
}  # fmt: skip
TABLES = ("recon_file", "recon_file_part", "recon_row", "recon_pack")


@pytest.fixture(scope="module")
def network(rolled_back: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    World(rolled_back).network()
    return rolled_back


@pytest.fixture(autouse=True)
def a_book_of_many_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples are older than the book; its days are asked in tests/reconciliation/test_whose.py."""
    monkeypatch.setattr(proving, "_day", lambda *_: None)


@pytest.fixture(autouse=True, params=[files.PACKED_FROM, 0], ids=["rows", "packs"])
def where_lines_lie(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PACKED_FROM", request.param)


@pytest.fixture
def conn(network: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """What one test takes in is not there for the next."""
    with network.transaction(force_rollback=True):
        yield network


@pytest.fixture
def profile(conn: psycopg.Connection[Any]) -> LegProfile:
    return read_profile(conn, "WX")


def of(profile: LegProfile, sample: Sample) -> LegProfile:
    """The profile of a partner whose files are like the sample."""
    owner = "bank02" if b"bank02" in sample.data else "bank01"
    if sample.format != "hub":
        owner = OWNERS.get(sample.format, "")
    return msgspec.structs.replace(
        profile, format=sample.format, owner=owner, layout=sample.hints.layout,
        own_cut_off=sample.hints.cut_off, currency=sample.hints.currency,
    )  # fmt: skip


def taken(conn: psycopg.Connection[Any], profile: LegProfile, sample: Sample, data: bytes) -> Any:
    hints = sample.hints
    return take_in(
        conn, of(profile, sample), io.BytesIO(data), hints.name, "test", NOW,
        hints.day or (date(2019, 5, 10) if sample is LAYOUT_FIRST else None),
    )  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: f"{one.format}-{one.hints.name}")
def test_every_row_lies_in_the_table_as_it_was_read(
    conn: psycopg.Connection[Any], profile: LegProfile, sample: Sample
) -> None:
    reading = sample.open()
    rows = list(reading)
    found = taken(conn, profile, sample, sample.data)
    assert [Row(*row) for row in conn.execute(ROWS, (found.file_id,))] == rows
    assert (found.rows, found.amount_fen, found.fee_fen) == (
        len(rows), sum(row.signed_fen for row in rows), sum(row.fee_fen for row in rows),
    )  # fmt: skip
    assert found.business_day == reading.day or sample is LAYOUT_FIRST


# The engine does not ask for a currency.
ASKED = [broken for broken in CASES if not broken.sample.hints.currency]


@pytest.mark.parametrize("broken", ASKED, ids=lambda c: f"{c.sample.format}-{c.what}")
def test_of_a_broken_file_nothing_is_kept(
    conn: psycopg.Connection[Any], profile: LegProfile, broken: Case
) -> None:
    before = counted(conn)
    with pytest.raises(Refused) as caught:
        take_in(
            conn, of(profile, broken.sample._replace(data=broken.data)), io.BytesIO(broken.data),
            broken.sample.hints.name, "test", NOW, broken.sample.hints.day,
        )  # fmt: skip
    assert caught.value.code is broken.code or not broken.data
    assert counted(conn) == before


def counted(conn: psycopg.Connection[Any]) -> list[int]:
    return [conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES]  # type: ignore[index]


@pytest.mark.parametrize("layout", [FIXED, NAMED], ids=["fixed", "named"])
def test_a_layout_of_the_console_is_the_one_that_the_engine_reads(
    new_database: Any, layout: FileLayout
) -> None:
    database = new_database()
    with site.on(database):
        from yifen.trades.reconciliation import models

        fields = msgspec.structs.asdict(layout)
        columns = fields.pop("columns")
        model = models.Layout.objects.create(name="表", **fields)
        for one in columns:
            model.columns.create(**msgspec.structs.asdict(one))
        with psycopg.connect(database.app_url) as conn:
            assert read_layout(conn, model.pk) == layout


def test_a_statement_in_another_currency_is_refused_unless_the_profile_says_so(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    """Without a word about it, fen are fen of the yuan."""
    with pytest.raises(Refused) as refused:
        take_in(conn, msgspec.structs.replace(profile, format="camt", owner=""),
                io.BytesIO(CAMT_053.data), "a.xml", "test", NOW, CAMT_053.hints.day)  # fmt: skip
    assert refused.value.code is FileCode.FILE_CURRENCY


CASES = FOLDER / "cases"


def took(
    conn: psycopg.Connection[Any], profile: LegProfile, name: str, day: date | None = None
) -> TakenFile:
    data = (CASES / name).read_bytes()
    code = sniff(name.rpartition("/")[2], data[:HEAD])
    leg = msgspec.structs.replace(profile, format=code, owner="")
    return take_in(conn, leg, io.BytesIO(data), name.rpartition("/")[2], "test", NOW, day)


def test_a_file_without_rows_is_of_each_day_that_it_is_said_to_be_of(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    """A bill of no sales has the same bytes every day."""
    with pytest.raises(Refused) as refused:
        took(conn, profile, "02-wechat-zero.csv")
    assert refused.value.code is FileCode.FILE_DAY_MISSING
    found = [took(conn, profile, "02-wechat-zero.csv", date(2026, 11, day)) for day in (20, 21, 20)]
    assert [(one.business_day.day, one.known, one.rows) for one in found] == [
        (20, False, 0), (21, False, 0), (20, True, 0),
    ]  # fmt: skip
    assert found[2].file_id == found[0].file_id != found[1].file_id
    with pytest.raises(Refused) as refused:  # again without a day: whoever knows it must say it
        took(conn, profile, "02-wechat-zero.csv")
    assert refused.value.code is FileCode.FILE_DAY_MISSING


def test_no_bytes_are_a_day_without_sales_where_the_name_says_the_day(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    leg = msgspec.structs.replace(profile, format="unionpay_zm", owner="")
    names = [f"INN2611{day}88ZM_999000000000001" for day in (23, 24, 23)]
    found = [take_in(conn, leg, io.BytesIO(b""), name, "test", NOW) for name in names]
    assert [(one.business_day.day, one.known, one.rows) for one in found] == [
        (23, False, 0), (24, False, 0), (23, True, 0),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        take_in(conn, msgspec.structs.replace(profile, format="mt940", owner=""), io.BytesIO(b""),
                "x.sta", "test", NOW, date(2026, 11, 25))  # fmt: skip
    assert refused.value.code is FileCode.FILE_EMPTY


@pytest.mark.parametrize("name", ["01-multiday.sta", "01-multiday-camt053.xml"])
def test_statements_of_several_days_become_a_file_for_each_day(
    conn: psycopg.Connection[Any], profile: LegProfile, name: str
) -> None:
    last = took(conn, profile, name)
    (first,) = last.before
    days = {one.file_id: (one.business_day.day, one.known, one.amount_fen) for one in (first, last)}
    assert list(days.values()) == [(22, False, 1000), (23, False, 500)]
    for file_id, (_, _, fen) in days.items():
        assert [row[3] for row in conn.execute(ROWS, (file_id,))] == [fen]
    again = took(conn, profile, name)
    assert (again.known, again.file_id, again.before[0].file_id) == (True, last.file_id, first.file_id)
    one = took(conn, profile, name, date(2026, 11, 22))
    assert (one.known, one.file_id) == (True, first.file_id)
    with pytest.raises(Refused, match="2026-11-22, 2026-11-23, not 2026-11-24") as refused:
        took(conn, profile, name, date(2026, 11, 24))
    assert refused.value.code is FileCode.FILE_OF_ANOTHER_DAY


def test_a_file_of_one_day_among_several_may_be_named(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    second = took(conn, profile, "01-multiday.sta", date(2026, 11, 23))
    assert (second.business_day.day, second.amount_fen, second.before) == (23, 500, ())
    both = took(conn, profile, "01-multiday.sta")
    assert (both.known, both.before) == (True, ())


def test_rows_that_do_not_say_their_day_are_of_one_day_for_good(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    layout = FileLayout(code="l", shape="delimited", columns=(
        column(1, "s", "text", "serial"), column(2, "a", "fen", "amount")))  # fmt: skip
    leg = msgspec.structs.replace(profile, format="layout", layout=layout, owner="")
    args = (conn, leg, io.BytesIO(b"S1|100\n"), "l.txt", "test", NOW)
    first = take_in(*args, date(2026, 11, 23))
    before = counted(conn)
    with pytest.raises(Refused, match="2026-11-23, not 2026-11-24") as refused:
        take_in(*args, date(2026, 11, 24))
    assert refused.value.code is FileCode.FILE_OF_ANOTHER_DAY
    assert counted(conn) == before
    assert take_in(*args).file_id == first.file_id


def test_what_a_person_should_know_comes_with_the_file(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    taken = took(conn, profile, "13-charges-camt053.xml")
    assert taken.notes == ("E1: 98.00 was booked of 100.00, charges 2.00",)


def test_a_file_of_another_format_is_told_by_its_looks(
    conn: psycopg.Connection[Any], profile: LegProfile
) -> None:
    leg = msgspec.structs.replace(profile, format="camt", owner="")
    with pytest.raises(Refused, match=r"\(it looks like 银行对账单 MT940 MT940\)"):
        take_in(conn, leg, io.BytesIO(MT940.data), "x.xml", "test", NOW)
