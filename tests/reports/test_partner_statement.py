"""Statements of partners: every figure where it belongs, the same bytes, months and days."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.documents.reading import fonts, lines, size_mm
from tests.endofday.network import DAY, NIGHT, Network
from tests.reports.conftest import NEXT
from yifen.core.facts.capitals import capitals
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.night import queries
from yifen.night.reports import partner_statement


def read(network: Network, code: str, first: date = DAY, last: date = DAY):
    return partner_statement.read(network.conn, network.world.ids[code], first, last)


def test_a_billers_days_have_payments_commission_settled_and_paid(network: Network):
    data = read(network, "WATER", DAY.replace(day=1), DAY.replace(day=30))
    assert (data.party, data.code) == ("biller", "WATER")
    # Six payments, which stand there at the cut. On the next day two were taken back in the night before the day
    # was settled; of what is passed on 0.3 % are kept, and a fifth of the rest is another's.
    assert data.rows == (
        (DAY, 0, 6, 90_012, 0, 0, 0, 0, 90_012, 0, 0, 0, 0),
        (NEXT, 90_012, 3, 5_000 + 4_321 + 700, 3, 20_008 + 700, 0, 70_004, 9_321, 270, 55_788, 0, 0),
    )
    assert data.total(3) == 90_012 + 10_021
    assert read(network, "WATER", NEXT, NEXT).rows == data.rows[1:]


def test_a_channels_parked_amounts_have_their_line(network: Network):
    assert read(network, "WX", DAY, NEXT).rows == (
        (DAY, 0, 6, 60_015, 0, 0, 0, 0, 0, 60_015, 6, 0),
        (NEXT, 60_015, 1, 4_321, 2, 20_008, 10_836, 0, 0, 55_164, 0, 0),
    )


ROW = re.compile(r"(2026-11-2[34]) ((?:-?[\d,]+(?:\.\d\d)? ?)+)$")


@pytest.mark.parametrize(("code", "signs"), [("WATER", "+-+-"), ("HEAT", "+-+-"), ("WX", "+-+--"), ("POS", "+-+--")])
def test_a_statement_adds_up_from_its_bytes_as_csv_and_as_pdf(network: Network, code: str, signs: str):
    """Opening, and every amount up to closing, of each row; closing is the next row's opening, and the ledger's."""
    data = read(network, code, DAY, NEXT)
    csv_rows = [line.split(",") for line in partner_statement.as_csv(data).decode("utf-8-sig").split("\r\n")[1:-1]]
    found = [ROW.match(line) for line in lines(partner_statement.as_pdf(data, NIGHT))]
    pdf_rows = [[row[1], *row[2].replace(",", "").split()] for row in found if row]
    assert pdf_rows == csv_rows
    stood = Decimal(0)
    for row in csv_rows:
        opening, _, paid, _, *rest = row[1:]
        assert Decimal(opening) == stood
        lines_of_row = [paid, *rest[: len(signs) - 1]]
        stood += sum(Decimal(sign + "1") * Decimal(fen) for sign, fen in zip(signs, lines_of_row, strict=True))
        assert Decimal(rest[len(signs) - 1]) == stood
    account = {"WATER": "2241.WATER", "HEAT": "2241.HEAT", "WX": "1121.WX", "POS": "1121.POS"}[code]
    kept = network.world.value(
        "SELECT abs(sum(d.debit_posted_fen - d.credit_posted_fen)) FROM ledger_day_balance d JOIN ledger_account a"
        " USING (account_id) WHERE a.code = %s AND d.business_day = %s", account, NEXT)  # fmt: skip
    assert stood * 100 == kept > 0


def test_the_pdf_is_readable_and_the_same_bytes_every_time(network: Network):
    data = read(network, "WATER")
    made = partner_statement.as_pdf(data, NIGHT)
    assert made == partner_statement.as_pdf(data, NIGHT)
    text = lines(made)
    assert text[0] == "收费单位对账单 Biller statement 省联社"
    assert any("WATER 单位WATER" in line for line in text)
    assert any(capitals(90_012) in line for line in text)
    assert any("期末 = 期初 + 缴费金额 - 退回金额 + 已结款承担 - 结算" in line for line in text)
    assert any("2026-11-23 0.00 6 900.12 0 0.00 0.00 0.00 900.12 0.00 0.00 0 0" in line for line in text)
    assert size_mm(made) == (297, 210)
    assert all(fonts(made).values())


def test_the_csv_has_both_languages_and_yuan(network: Network):
    text = partner_statement.as_csv(read(network, "HEAT")).decode("utf-8-sig").split("\r\n")
    assert text[0].startswith("会计日期 Business day,期初 Opening,缴费笔数 Payments,缴费金额 Amount,")
    assert text[1] == "2026-11-23,0.00,3,300.06,0,0.00,0.00,0.00,300.06,0.00,0.00,0,0"
    assert text[2:] == [""]


def test_the_night_kept_what_partners_were_told(network: Network):
    told = queries.statements(network.conn, DAY, None)
    assert [(one.partner, one.form, one.version) for one in told] == [
        (code, form, 1) for code in ("WATER", "HEAT", "WX", "POS") for form in ("csv", "pdf")
    ]  # fmt: skip
    water = network.world.ids["WATER"]
    kept = queries.statement_body(network.conn, water, DAY, "csv")
    assert kept == partner_statement.as_csv(read(network, "WATER"))
    assert [one.partner for one in queries.statements(network.conn, DAY, [water])] == ["WATER"] * 2
    assert queries.statement_body(network.conn, water, NEXT, "csv") is None


def test_who_is_neither_channel_nor_biller_has_none(network: Network):
    with pytest.raises(Refused) as refused:
        read(network, "CMB")
    assert refused.value.code is Code.PARTNER_UNKNOWN


def test_money_that_arrived_is_a_line_of_the_day_on_which_it_was_booked(network: Network):
    last = NEXT + timedelta(days=1)
    network.world.set_up("SELECT receipt_book_v1(document_id, %s, now()) FROM receipt r JOIN partner p"
                         " ON p.id = r.channel_id WHERE p.code = 'WX'", last)  # fmt: skip
    network.now += timedelta(days=1)
    network.cut(last)
    assert read(network, "WX", last, last).rows == ((last, 55_164, 0, 0, 0, 0, 0, 55_164, 0, 0, 0, 0),)
