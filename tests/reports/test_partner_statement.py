"""Statements of partners: every figure where it belongs, the same bytes, months and days."""

from datetime import date

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


def test_a_billers_day_has_payments_commission_settled_and_paid(network: Network):
    data = read(network, "WATER")
    assert (data.party, data.code) == ("biller", "WATER")
    # six payments; 0.3 % of them kept; two were taken back in the night before it was settled
    assert data.rows == ((DAY, 6, 90_012, 0, 0, 270, 70_004, 0, 0, 0),)
    month = read(network, "WATER", DAY.replace(day=1), DAY.replace(day=30))
    assert month.rows[1] == (NEXT, 3, 5_000 + 4_321 + 700, 3, 20_008 + 700, 0, 0, 0, 55_788, 0)
    assert month.total(2) == 90_012 + 10_021


def test_a_channels_day_has_what_is_expected_and_what_differed(network: Network):
    data = read(network, "WX")
    expected = 60_015 - 20_008 + 4_321 + 10_836
    assert data.rows == ((DAY, 6, 60_015, 0, 0, 0, expected, 0, 6, 0),)


def test_the_pdf_is_readable_and_the_same_bytes_every_time(network: Network):
    data = read(network, "WATER")
    made = partner_statement.as_pdf(data, NIGHT)
    assert made == partner_statement.as_pdf(data, NIGHT)
    text = lines(made)
    assert text[0] == "收费单位对账单 Biller statement 省联社"
    assert any("WATER 单位WATER" in line for line in text)
    assert any(capitals(70_004) in line for line in text)
    assert any("2026-11-23 6 900.12 0 0.00 2.70 700.04 0.00 0.00 0" in line for line in text)
    assert size_mm(made) == (297, 210)
    assert all(fonts(made).values())


def test_the_csv_has_both_languages_and_yuan(network: Network):
    text = partner_statement.as_csv(read(network, "HEAT")).decode("utf-8-sig").split("\r\n")
    assert text[0].startswith("会计日期 Business day,缴费笔数 Payments,缴费金额 Amount,")
    assert text[1] == "2026-11-23,3,300.06,0,0.00,0.00,300.06,0.00,0.00,0"
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
