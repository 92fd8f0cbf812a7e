"""`./yifen sim agent-bank` and `sim treasury`, spoken to by the hub's own port; their books by a passed clock."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.treasury.paper_samples import DAY, claim, payment, quota
from yifen.core.wire.cards_port import CardsQuery, read_cards_query
from yifen.core.wire.keys import Key
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.trades.treasury.simulators.agent_books import BACK, TOO_LATE, WRONG_NAME, AgentBooks
from yifen.trades.treasury.simulators.card_words import CardWords
from yifen.trades.treasury.simulators.treasury_books import TreasuryBooks
from yifen.trades.treasury.wire.cfx import cfx_bytes
from yifen.trades.treasury.wire.checks import check_voucher
from yifen.trades.treasury.wire.mof import MofVoucher, read_voucher, voucher_bytes
from yifen.trades.treasury.wire.paper_client import PaperPort
from yifen.trades.treasury.wire.papers import Bill, Items, fen_of, text_of

ROOT = Path(__file__).parents[2]
KEY = Key(partner="ICBC", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
THEIRS = Key(partner="TRE01", version=1, algorithm="hmac-sha256", secret=b"another secret of 23 b.")
REF = "371000000-2026-000001"  # of `payment()` at the bank
NOON = datetime(2026, 11, 30, 12, tzinfo=HUB_ZONE)


def clock() -> datetime:
    return datetime.now(UTC)


def today() -> Any:
    return datetime.now(HUB_ZONE).date()


@contextmanager
def serving(kind: str, key: Key, *words: str) -> Iterator[str]:
    command = [sys.executable, "-m", "yifen", "sim", kind, "--port", "0", "--key", key.secret.decode(), *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(rf"{key.partner} listens on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert found is not None
            yield found[1]
        finally:
            process.terminate()


def left(url: str, method: str = "GET") -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as said:  # noqa: S310
        return json.load(said)


def dated(voucher: MofVoucher) -> MofVoucher:
    return voucher._replace(bill=voucher.bill._replace(items={**voucher.bill.items, "VouDate": today()}))


def test_bank_and_treasury_pay_lose_answers_clear_and_check_each_other() -> None:
    with serving("treasury", THEIRS) as tre, serving(
        "agent-bank", KEY, "--script", "part,lost", "--question-script", "forged", "--treasury", tre,
        "--treasury-key", THEIRS.secret.decode()) as url:  # fmt: skip
        bank, treasury = PaperPort(url, KEY, clock, 5), PaperPort(tre, THEIRS, clock, 5)
        body = voucher_bytes(dated(payment()))
        with pytest.raises(NoPortAnswer):
            bank.query(REF)  # forged
        assert bank.query(REF).state == "not_found"
        answered = bank.submit(REF, body)
        told = read_voucher(answered.paper)
        check_voucher(told, today())
        assert (answered.state, told.flag, told.bill.fen("XPayAmt")) == ("answered", "1", 120_00)
        assert [(fen_of(line, "XPayAmt"), text_of(line, "XAddWord")) for line in told.bill.details] == [
            (120_00, ""), (0, WRONG_NAME)]  # fmt: skip
        other = dated(payment((7,)))
        with pytest.raises(NoPortAnswer):
            bank.submit(REF, voucher_bytes(other))  # lost: the number has another voucher
        with pytest.raises(NoPortAnswer, match="another paper"):
            bank.submit(REF, voucher_bytes(other))
        assert bank.submit("X", body).state == "refused"
        assert bank.query(REF) == answered
        assert left(f"{url}/books") == {"V1-1": 120_00}

        number = f"2301-{today():%y%m%d}-1"
        assert left(f"{url}/close?day={today()}", "POST") == [[number, 200]]
        assert left(f"{url}/close?day={today()}", "POST") == [[number, 200]]  # told twice, cleared once
        assert [read_voucher(one).bill.fen("PayAmt") for one in bank.day("2301", today()).papers] == [120_00]
        assert read_voucher(treasury.query(number).paper).bill.items["XClearDate"] == today()
        (lines,) = [read_voucher(one) for one in treasury.day("3507", today()).papers]
        check_voucher(lines, today())
        assert [(text_of(one, "VoucherNo"), fen_of(one, "PayAmt")) for one in lines.bill.details] == [
            ("2026-000001", 120_00)]  # fmt: skip
        assert treasury.quota("M1", cfx_bytes(told_today())).state == "answered"
        assert left(f"{tre}/books") == {"cleared": {number: 120_00}, "quota": {"301001 2010350": 100_00}}


def told_today() -> Any:
    told = quota(EntrustDate=today())
    return told._replace(bills=tuple(one._replace(items={**one.items, "VouDate": today()}) for one in told.bills))


def test_a_bank_answers_for_the_swipes_that_it_told_or_kept_back() -> None:
    words = CardWords()
    words.keep(b"<CardWord><Serial>W1</Serial><Bureau>450300000</Bureau><Cards></Cards><Swipes><Swipe><CardNo>62</CardNo>"
               b"<Number>S1</Number><SwipedAt>2026-11-23T09:00:00+08:00</SwipedAt></Swipe><Swipe><CardNo>63</CardNo>"
               b"<Number>S2</Number><SwipedAt>2026-11-24T09:00:00+08:00</SwipedAt></Swipe></Swipes></CardWord>")
    words.keep(b"<!DOCTYPE x><CardWord/>")

    def found(**asked: str) -> list[str]:
        word = words.answer(CardsQuery(**({"bureau": "450300000", "reference": "Q1"} | asked))).word
        return re.findall("<Number>(.*?)</Number>", word)

    assert (found(), found(card_no="62"), found(number="S2"), found(to_on="2026-11-23")) == (
        ["S1", "S2"], ["S1"], ["S2"], ["S1"])  # fmt: skip
    assert (found(bureau="1"), found(card_no="6")) == ([], [])
    with pytest.raises(ValueError, match="isoformat"):
        read_cards_query(b'{"bureau":"1","reference":"Q","from_on":"x"}')


def test_a_line_that_cannot_be_paid_waits_three_working_days_and_one_that_came_back_is_refunded() -> None:
    books, later = AgentBooks(), NOON + timedelta(days=3)  # a Monday and its Thursday
    assert books.take(payment(), "hold", NOON)
    told = books.answer(REF, NOON)
    assert told is not None
    assert ("XPayAmt" in told.bill.items, [one.get("XPayAmt") for one in told.bill.details]) == (False, [None, 35_50])
    check_voucher(told, DAY)
    told = books.answer(REF, later)
    assert told is not None
    assert (told.bill.fen("XPayAmt"), text_of(told.bill.details[0], "XAddWord")) == (35_50, TOO_LATE)
    assert books.take(payment(), "fail", later)
    assert not books.take(payment((1,)), "ok", later)

    other = payment((500, 700), VoucherNo="2026-000002")
    lines: tuple[Items, ...] = tuple({**one, "VoucherBillNo": "2026-000002"} for one in other.bill.details)
    other = other._replace(bill=Bill(other.bill.items, lines))
    assert books.take(other, "back", NOON, back_s=86_400)
    assert [one.bill.fen("PayAmt") for one in books.papers("2301", DAY, later)] == [35_50 + 1200]
    assert [one.bill.fen("PayAmt") for one in books.papers("2302", DAY + timedelta(1), later)] == [-500]
    (back,) = books.papers("2203", DAY + timedelta(1), later)
    check_voucher(back, later.date())
    assert (back.bill.text("OriBillNo"), back.bill.fen("PayAmt"), back.bill.text("Remark")) == ("V1-1", 500, BACK)
    for kind in ("2301", "2302", "2203"):
        for paper in books.papers(kind, DAY + timedelta(1), later):
            assert read_voucher(voucher_bytes(paper)) == paper


def test_a_treasury_refunds_no_more_than_it_cleared_and_its_checks_may_be_odd() -> None:
    books = TreasuryBooks(odd="pack")
    assert books.take(claim(fen=(100, 55)), DAY) is not None
    assert books.take(claim(fen=(100,)), DAY) is None
    refund = claim("2302", (-156,), VoucherNo="2302-1")
    with pytest.raises(Exception, match="PAPER_AMOUNT"):
        books.take(refund, DAY)
    assert books.take(claim("2302", (-155,), VoucherNo="2302-1"), DAY) is not None
    with pytest.raises(Exception, match="PAPER_AMOUNT"):
        books.take(claim("2302", (-1,), VoucherNo="2302-2"), DAY)
    packs = books.checks("3507", DAY)
    assert [(one.bill.fen("ChildPackNum"), one.bill.fen("CurPackNo"), one.bill.fen("AllAmt")) for one in packs] == [
        (2, 1, 155)]  # fmt: skip
    check_voucher(packs[0], DAY)
    assert [one.bill.fen("AllAmt") for one in TreasuryBooks().checks("3504", DAY)] == []
