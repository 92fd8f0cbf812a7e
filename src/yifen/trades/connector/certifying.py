"""`./yifen certify db`: all that a mapping promises, tried on the utility's own test database, case by case. Money is
written there, a bill a case, and taken back where the mapping knows how."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import NamedTuple

from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.wire.messages import Charge, Confirm, Line, Query, Reverse
from yifen.core.wire.replies import BillerAnswer, PayableView, PaymentReply, QueryReply
from yifen.hub.certify.report import Both, Failed, Finding, Report, Verdict, need, skip
from yifen.trades.connector.codes import ConnectorCode as C
from yifen.trades.connector.database import Call, DatabaseFault, Talk, UtilityDatabase
from yifen.trades.connector.mapping import Mapping
from yifen.trades.connector.verbs import Verbs

BILLER = "TRIAL"
CALL_S = 20.0
Progress = Callable[[int, int, Finding], None]


class DatabaseRun:
    """What the cases share. `written`: serials that stand there now, with their fen."""

    def __init__(
        self, database: UtilityDatabase, mapping: Mapping, account_no: str, clock: Callable[[], datetime]
    ) -> None:
        self.database, self.mapping, self.account_no, self.clock = database, mapping, account_no, clock
        self.written: dict[str, int] = {}
        self.trace: list[str] = []
        self.total_fen = 0

    def verbs(self, call: Call | None = None) -> Verbs:
        return Verbs(self.database, self.mapping, call or Call(time.monotonic() + CALL_S), self.clock())

    def owed(self) -> list[PayableView]:
        answer = self.ask("query", lambda verbs: verbs.query(Query(biller=BILLER, account_no=self.account_no)))
        need(answer.code is Code.OK, f"查询答 {answer.wire_code} {answer.message}",
             f"the query answers {answer.wire_code} {answer.message}")
        assert isinstance(answer.reply, QueryReply)
        return answer.reply.payables

    def bill(self) -> PayableView:
        """One that is owed; NotRun: none is left."""
        if not self.mapping.pay:
            skip("映射只供查询", "the mapping is for query alone")
        owed = self.owed()
        if not owed:
            skip("该户已无欠费，请换有多张欠费的户号", "nothing is owed any more: take an account with several bills")
        return owed[0]

    def charge_of(self, bill: PayableView, serial: str = "", fen: int = 0) -> Charge:
        fen = fen or bill.due_fen
        return Charge(serial=serial or str(time.time_ns()), biller=BILLER, account_no=self.account_no, amount_fen=fen,
                      lines=[Line(payable=bill.payable, amount_fen=fen)], paid_at=self.clock())  # fmt: skip

    def charge(self, message: Charge, call: Call | None = None) -> BillerAnswer:
        answer = self.ask("charge", lambda verbs: verbs.charge(message), call)
        if answer.code is Code.OK and message.serial not in self.written:
            self.written[message.serial] = message.amount_fen
            self.total_fen += message.amount_fen
        return answer

    def paid(self) -> Charge:
        """One that stands there now."""
        message = self.charge_of(self.bill())
        is_paid(self.charge(message))
        return message

    def state(self, serial: str) -> str:
        """booked, reversed or never."""
        answer = self.ask("confirm", lambda verbs: verbs.confirm(Confirm(original_serial=serial)))
        return answer.reply.biller_state if isinstance(answer.reply, PaymentReply) else "never"

    def reverse(self, serial: str, fen: int) -> BillerAnswer:
        message = Reverse(serial=f"{serial}R", original_serial=serial, amount_fen=fen)
        answer = self.ask("reverse", lambda verbs: verbs.reverse(message))
        if answer.code in (Code.OK, Code.ALREADY_REVERSED):
            self.written.pop(serial, None)
        return answer

    def ask(self, verb: str, work: Callable[[Verbs], BillerAnswer], call: Call | None = None) -> BillerAnswer:
        """Failed: the database did not do it."""
        try:
            answer = work(self.verbs(call))
        except DatabaseFault as fault:
            self.trace.append(f"{verb} {fault.code:04d}")
            raise Failed(f"{fault.code:04d} {fault.code.meaning.zh}：{fault.fault.word} {fault.fault.says}",
                         f"{fault.code:04d} {fault.code.meaning.en} {fault.fault.word} {fault.fault.says}") from None
        self.trace.append(f"{verb} {answer.wire_code}")
        return answer

    def sweep(self) -> None:
        """What a case wrote is taken back, as far as the mapping can."""
        for serial, fen in list(self.written.items()) if self.mapping.back else ():
            try:
                self.reverse(serial, fen)
            except Failed:
                return


class DatabaseClause(NamedTuple):
    """A case: id, title, what is expected, how it is tried."""

    id: str
    title: Both
    expected: Both
    run: Callable[[DatabaseRun], None]


def is_paid(answer: BillerAnswer) -> None:
    need(answer.code is Code.OK, f"写入答 {answer.wire_code} {answer.message}",
         f"writing answers {answer.wire_code} {answer.message}")


def says(answer: BillerAnswer, *codes: C) -> None:
    wanted = [f"{code:04d}" for code in codes]
    need(answer.wire_code in wanted, f"答 {answer.wire_code}，应为 {'、'.join(wanted)}",
         f"it answers {answer.wire_code}, not {' or '.join(wanted)}")


def _query(run: DatabaseRun) -> None:
    owed = run.owed()
    run.trace.append(", ".join(f"{one.payable} {format_yuan(one.due_fen)}" for one in owed[:5]))


def _unknown(run: DatabaseRun) -> None:
    answer = run.ask("query", lambda verbs: verbs.query(Query(biller=BILLER, account_no="999999999999")))
    need(answer.code is Code.ACCOUNT_UNKNOWN, f"答 {answer.wire_code}", f"it answers {answer.wire_code}")


def _read_only(run: DatabaseRun) -> None:
    verbs, charge = run.verbs(), run.charge_of(run.bill())
    try:
        run.database.read(lambda talk: verbs._charged(talk, charge), verbs.call)
    except DatabaseFault as fault:
        run.trace.append(f"{fault.code:04d} {fault.fault.word}")
        return
    raise Failed("查询账号在只读事务中写入了", "the reading account wrote in a transaction that only reads")


def _rolled_back(run: DatabaseRun) -> None:
    message = run.charge_of(run.bill())
    is_paid(run.ask("charge, rolled back", lambda verbs: verbs.charge(message, keeps=False)))
    need(run.state(message.serial) == "never", "回滚后仍查得到：表不支持事务",
         "it is there after a roll-back: the tables know none")


def _written(run: DatabaseRun) -> None:
    bill = run.bill()
    message = run.charge_of(bill)
    is_paid(run.charge(message))
    need(run.state(message.serial) == "booked", "写入后查不到", "it is not found after it was written")
    left = [one.due_fen for one in run.owed() if one.payable == bill.payable]
    need(not left, "写入后账单仍欠费", "the bill is still owed")


def _repeated(run: DatabaseRun) -> None:
    message = run.paid()
    is_paid(run.charge(message))
    need(run.state(message.serial) == "booked", "重复送达后不是一笔", "delivered twice, it is not one")


def _at_once(run: DatabaseRun) -> None:
    """Two deliveries in the same moment: one of them may be refused and asks again, but the sum is of one."""
    message = run.charge_of(run.bill())

    def deliver(_number: int) -> str:
        try:
            return run.charge(message).wire_code
        except Failed as failed:
            return failed.why.en[:4]

    with ThreadPoolExecutor(4) as together:
        told = list(together.map(deliver, range(4)))
    run.trace.append(" ".join(told))
    is_paid(run.charge(message))  # another sum under the serial would be refused
    run.written[message.serial] = message.amount_fen


def _other_amount(run: DatabaseRun) -> None:
    message = run.paid()
    other = run.charge_of(PayableView(payable=message.lines[0].payable, title="", mode="exact", due_fen=0, min_fen=0,
                                      max_fen=0), message.serial, message.amount_fen + 1)  # fmt: skip
    says(run.charge(other), C.OTHER_AMOUNT)


def _paid_twice(run: DatabaseRun) -> None:
    bill = run.bill()
    is_paid(run.charge(run.charge_of(bill)))
    says(run.charge(run.charge_of(bill)), C.ROWS_UNFIT, C.ROW_REFUSED)


def _never(run: DatabaseRun) -> None:
    if run.mapping.paid is None:
        skip("映射只供查询", "the mapping is for query alone")
    need(run.state(str(time.time_ns())) == "never", "查到了从未写过的流水号",
         "a serial is found that never was written")


def _cut_off(run: DatabaseRun) -> None:
    message, call = run.charge_of(run.bill()), Call(time.monotonic() + CALL_S)
    verbs = run.verbs(call)

    def cut(talk: Talk) -> None:
        verbs._charged(talk, message)
        call.end()

    try:
        run.database.write(cut, call)
    except DatabaseFault as fault:
        run.trace.append(f"{fault.code:04d}")
    need(run.state(message.serial) == "never", "中断的写入留下了", "what was cut off is there")
    is_paid(run.charge(message))


def _locked(run: DatabaseRun) -> None:
    bill = run.bill()
    held, free = Event(), Event()
    verbs, first = run.verbs(), run.charge_of(bill)

    def first_of_two(talk: Talk) -> None:
        verbs._charged(talk, first)
        held.set()
        free.wait(CALL_S)

    def hold() -> None:
        run.database.write(first_of_two, verbs.call, keeps=False)

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold)
        try:
            while not held.wait(0.05):
                if holding.done():
                    holding.result()
            began = time.monotonic()
            second = run.charge_of(bill)
            try:
                run.verbs().charge(second)
                told = "0000"
            except DatabaseFault as fault:
                told = f"{fault.code:04d}"
            waited = time.monotonic() - began
        finally:
            free.set()
        holding.result(CALL_S)
    run.trace.append(f"{told} {waited:.1f} s")
    if told == "0000":
        run.written[second.serial] = second.amount_fen
        raise Failed("同一账单在他人写入当中也写进了", "the same bill was written while another held it")
    need(waited < run.mapping.limits.wait_s + 5, f"等了 {waited:.1f} 秒", f"it waited {waited:.1f} s")


def _taken_back(run: DatabaseRun) -> None:
    if not run.mapping.back:
        skip("映射没有撤销", "the mapping takes nothing back")
    bill = run.bill()
    message = run.charge_of(bill)
    is_paid(run.charge(message))
    answer = run.reverse(message.serial, message.amount_fen)
    need(answer.code is Code.OK, f"撤销答 {answer.wire_code} {answer.message}", f"it answers {answer.wire_code}")
    need(run.state(message.serial) != "booked", "撤销后仍为已缴", "it still stands as paid")
    need(any(one.payable == bill.payable for one in run.owed()), "撤销后账单不再欠费", "the bill is not owed again")
    again = run.reverse(message.serial, message.amount_fen)
    need(again.code in (Code.ALREADY_REVERSED, Code.SERIAL_UNKNOWN), f"再撤销答 {again.wire_code}",
         f"taken back again it answers {again.wire_code}")


def _clause(
    id: str, zh: str, en: str, expected_zh: str, expected_en: str, run: Callable[[DatabaseRun], None]
) -> DatabaseClause:  # fmt: skip
    return DatabaseClause(id, Both(zh, en), Both(expected_zh, expected_en), run)


CLAUSES = (
    _clause("D-01", "查询", "Query", "用户和欠费读得懂", "customer and bills are read", _query),
    _clause("D-02", "户号不存在", "Unknown account", "拒绝 5001", "refused 5001", _unknown),
    _clause("D-03", "查询账号不能写", "What reads cannot write", "数据库拒绝", "the database refuses", _read_only),
    _clause("D-04", "写入后回滚", "Written and rolled back", "不留痕迹", "nothing stays", _rolled_back),
    _clause("D-05", "写入", "Written", "按流水号查得到，账单不再欠费", "found by its serial, no longer owed",
            _written),
    _clause("D-06", "重复送达", "Delivered twice", "只写一次", "written once", _repeated),
    _clause("D-07", "同时送达", "Delivered four times at once", "只写一次", "written once", _at_once),
    _clause("D-08", "同流水号不同金额", "Same serial, another amount", "拒绝 9621", "refused 9621",
            _other_amount),
    _clause("D-09", "已缴账单换号再缴", "Paid already, new serial", "拒绝 9618 或 9619",
            "refused 9618 or 9619", _paid_twice),
    _clause("D-10", "从未写过的流水号", "A serial that never was", "查不到", "not found", _never),
    _clause("D-11", "提交前中断", "Cut off before its end", "不留痕迹，重送后写入",
            "nothing stays; written when sent again", _cut_off),
    _clause("D-12", "他人锁定", "Held by somebody else", "在时限内拒绝", "refused within its time", _locked),
    _clause("D-13", "撤销", "Taken back", "账单恢复欠费，再撤销无害", "owed again; again is harmless", _taken_back),
)  # fmt: skip


def certify(run: DatabaseRun, subject: str, told: Progress) -> Report:
    """All cases; whatever fails, the next is tried."""
    began_at, began = run.clock(), time.monotonic()
    findings: list[Finding] = []
    for clause in CLAUSES:
        findings.append(_tried(run, clause))
        told(len(findings), len(CLAUSES), findings[-1])
    left = ", ".join(f"{serial} ({format_yuan(fen)})" for serial, fen in run.written.items())
    return Report(
        subject=subject, kind="database", dialect=run.database.address.kind, began_at=began_at, clauses=findings,
        seconds=round(time.monotonic() - began, 3),
        note_zh=(f"在该库共写入 {format_yuan(run.total_fen)} 元；"
                 + (f"仍在：{left}。" if left else "已全部撤销或回滚。")),
        note_en=f"{format_yuan(run.total_fen)} yuan were written there; " + (f"still there: {left}." if left else
                                                                            "all is taken back."))  # fmt: skip


def _tried(run: DatabaseRun, clause: DatabaseClause) -> Finding:
    run.trace.clear()
    began, verdict, why = time.monotonic(), "pass", Both("", "")
    try:
        clause.run(run)
    except Failed as failed:
        verdict = "not_run" if type(failed) is not Failed else "fail"
        why = failed.why
    except DatabaseFault as fault:
        verdict, why = "fail", Both(str(fault), str(fault))
    steps = " · ".join(run.trace)
    run.sweep()
    words: Verdict = verdict  # type: ignore[assignment]
    return Finding(
        id=clause.id, title_zh=clause.title.zh, title_en=clause.title.en, source="U9", verdict=words,
        expected_zh=clause.expected.zh, expected_en=clause.expected.en, seen_zh=why.zh, seen_en=why.en, steps=steps,
        seconds=round(time.monotonic() - began, 3))  # fmt: skip
