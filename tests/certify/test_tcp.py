"""The conformance set over the TCP dialect: the simulated biller passes; one that breaks a rule fails just there."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from yifen.core.wire.tcp_messages import TcpMessage
from yifen.hub.certify import tcp_biller
from yifen.hub.certify.report import Report
from yifen.hub.certify.target import Timing
from yifen.hub.certify.tcp_line import TcpTarget
from yifen.hub.simulators import tcp_biller as simulated
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.people import Payer, PayerBill
from yifen.hub.simulators.tcp_biller import SimulatedTcpBiller

MASTER, ACCOUNT = bytes(range(16)), "7701"


def _now() -> datetime:
    return datetime.now(UTC)


class Numbering(SimulatedTcpBiller):
    """A new number each time that it is told the same charge."""

    told = 0

    async def _said(self, asked: TcpMessage) -> TcpMessage:
        said = await super()._said(asked)
        self.told += 1
        return said._replace(fields={**said.fields, "bankBillNo": str(self.told)}) if said.rows == () else said


class Sure(SimulatedTcpBiller):
    """Says that everything is paid."""

    async def _said(self, asked: TcpMessage) -> TcpMessage:
        said = await super()._said(asked)
        if asked.code != "BJCEBBRQReq":
            return said
        return TcpMessage(asked.inst, "BJCEBBRQRes", asked.serial, {
            "billNo": asked.fields["billNo"], "payState": "1", "bankBillNo": said.fields.get("bankBillNo", "0"),
            "payAmount": said.fields.get("payAmount", "1.00")})  # fmt: skip


class Short(SimulatedTcpBiller):
    """Shows one bill, whatever page is asked for."""

    async def _said(self, asked: TcpMessage) -> TcpMessage:
        said = await super()._said(asked)
        return said._replace(rows=said.rows[:1])


def ran(biller: type[SimulatedTcpBiller] = SimulatedTcpBiller, meets: tuple[str, ...] = (), **more: Any) -> Report:
    async def run() -> Report:
        bills = tuple(PayerBill(f"M{number}", "水费", "exact", 1000 + number, 1, 10**9, None) for number in range(3))
        books = BillerBooks("FAR", (Payer(ACCOUNT, "王小二", bills),))
        door = biller(books, "sm4-cbc", MASTER, _now, meets)
        values = {"host": "127.0.0.1", "port": await door.open("127.0.0.1", 0), "partner": "FAR", "inst": "123",
                  "algorithm": "sm4-cbc", "master": MASTER, "account_no": ACCOUNT, "timeout_s": 1.0}  # fmt: skip
        try:
            timing = Timing(_now, time.monotonic, time.sleep)
            return await tcp_biller.certify(TcpTarget(**values | more), timing, "RUN", lambda *_: None)
        finally:
            await door.close()

    return asyncio.run(run())


def verdicts(report: Report, verdict: str) -> list[str]:
    return [finding.id for finding in report.clauses if finding.verdict == verdict]


def test_the_simulated_biller_passes_and_its_two_charges_are_named():
    report = ran()
    assert (report.ok, len(report.clauses), report.dialect) == (True, 16, "tcp"), report
    assert "2 charges of 20.01 yuan" in report.note_en
    assert "RUN.1" in report.note_zh


@pytest.mark.parametrize(("biller", "fails"), [
    (Numbering, ["T-06", "T-08", "T-16"]), (Sure, ["T-09", "T-10", "T-11", "T-12", "T-13", "T-14"]),
    (Short, ["T-03"])])  # fmt: skip
def test_one_that_breaks_a_rule_fails_there(biller: type[SimulatedTcpBiller], fails: list[str]):
    report = ran(biller)
    assert verdicts(report, "fail") == fails, report
    assert not report.ok


def test_a_mac_that_nobody_looks_at_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simulated, "is_mac_text", lambda *_: True)
    report = ran()
    assert verdicts(report, "fail") == ["T-13", "T-16"]  # what was booked there is not owed any more


def test_who_answers_nothing_or_has_another_key_is_not_waited_for_again():
    lost = ran(meets=("lost",))
    assert verdicts(lost, "fail")[0] == "T-05"
    wrong = ran(master=bytes(16))
    assert verdicts(wrong, "fail") == ["T-01"]
    assert len(verdicts(wrong, "not_run")) == 15
    assert "Nothing was booked" in wrong.note_en
