"""The conformance set of a biller's own system: the table of clauses, and the run (H6).

Money is charged at the tested endpoint only, the least amount that a payable accepts, and every
charge is taken back at the end of its clause; what could not be is named in the report.
"""

from collections.abc import Callable
from typing import NamedTuple

from yifen.core.facts.money import format_yuan
from yifen.hub.certify import biller_messages as texts
from yifen.hub.certify import biller_repeats as repeats
from yifen.hub.certify import biller_verbs as verbs
from yifen.hub.certify.biller_steps import Clause
from yifen.hub.certify.report import Both, Failed, Finding, NotRun, Report, Verdict
from yifen.hub.certify.session import Session
from yifen.hub.certify.target import Target, Timing, Transport

Progress = Callable[[int, int, Finding], None]
ALL = ("xml", "json")


class BillerClause(NamedTuple):
    """A clause: stable id, title, source of the rule, what is expected, how it is tried."""

    id: str
    title: Both
    source: str
    expected: Both
    run: Clause
    dialects: tuple[str, ...] = ALL


def row(
    id: str, zh: str, en: str, source: str, expected_zh: str, expected_en: str, run: Clause,
    dialects: tuple[str, ...] = ALL,
) -> BillerClause:  # fmt: skip
    return BillerClause(id, Both(zh, en), source, Both(expected_zh, expected_en), run, dialects)


CLAUSES: tuple[BillerClause, ...] = (
    row("B-01", "查询", "Query", "H1 H3",
        "0000，含户号、应缴项与可缴金额", "0000 with the account, its payables and amounts",
        verbs.query),
    row("B-02", "户号不存在", "Unknown account", "H3", "拒绝 5001", "refused 5001",
        verbs.unknown_account),
    row("B-03", "销账", "Charge", "H1 H3", "0000，应缴恰减所缴金额",
        "0000, and just that amount is no longer due", verbs.charge),
    row("B-04", "销账结果查询", "Confirm", "H1 H4", "已入账，支付编号相同",
        "booked, with the same payment id", verbs.confirm),
    row("B-05", "冲正", "Reverse", "H1 H4", "0000，结果为已冲正，应缴恢复",
        "0000, no longer booked, due again", verbs.reverse),
    row("B-06", "同号同内容重发", "Same serial, same content", "H4, domain 5.2",
        "应答相同，只入账一次", "the same answer, booked once", repeats.repeat),
    row("B-07", "同号同时两次", "Same serial, twice at once", "H4, domain 5.2",
        "只入账一次", "booked once", repeats.at_once),
    row("B-08", "同号不同金额", "Same serial, another amount", "H4, domain 5.2",
        "拒绝 4001，原缴费不变", "refused 4001, the first one stays", repeats.serial_other_amount),
    row("B-09", "同号不同应缴项", "Same serial, another payable", "H4, domain 5.2",
        "拒绝 4001，另一项未缴", "refused 4001, the other one is not paid",
        repeats.serial_other_payable),
    row("B-10", "金额不符", "Wrong amount", "H4, domain 1.1", "拒绝 5011，未入账",
        "refused 5011, not booked", verbs.wrong_amount),
    row("B-11", "合计与明细不符", "Total unlike its lines", "H4, domain 5.9",
        "拒绝 5010，未入账", "refused 5010, not booked", verbs.wrong_total),
    row("B-12", "多项缴费全有或全无", "All lines or none", "H4",
        "拒绝 5003，均未入账", "refused 5003, nothing booked", verbs.all_or_none),
    row("B-13", "已缴的应缴项换号再缴", "Paid already, new serial", "H4, domain 5.2",
        "拒绝 5005；不限额的预存另成一笔", "refused 5005; an open top-up is another payment",
        verbs.paid_twice),
    row("B-14", "查询未知流水号", "Confirm of an unknown serial", "H4, domain 5.1",
        "4003", "4003", verbs.unknown_serial),
    row("B-15", "冲正金额不符", "Reversal of another amount", "H4",
        "拒绝 7003，缴费不变", "refused 7003, the payment stays", verbs.reverse_other_amount),
    row("B-16", "冲正先于原交易", "Reversal before its original", "H4, domain 5.3",
        "7001，迟到的原交易被拒 4002", "7001, and the late original is refused 4002",
        verbs.reverse_first),
    row("B-17", "重复冲正", "Reversal repeated", "H4, domain 5.16",
        "同号应答相同；换号拒绝 7004；只冲正一次",
        "same serial, same answer; new serial refused 7004; taken back once", verbs.reverse_again),
    row("B-18", "冲正后原销账重发", "Charge repeated after its reversal", "H4, domain 5.3",
        "不再入账", "not booked again", repeats.charge_after_reversal),
    row("B-19", "超时后查询", "Time-out, then confirm", "H4, domain 1.1, 5.1",
        "有确定结果；未见则重发后入账一次", "a definite state; never seen: re-sent, booked once",
        repeats.time_out),
    row("B-20", "超时后同号重发", "Time-out, then the same serial", "H4, domain 1.1, 5.2",
        "只入账一次", "booked once", repeats.time_out_resent),
    row("B-21", "超时后冲正，原交易迟到", "Time-out, reversal, late original", "H4, domain 5.3",
        "最终未入账", "not booked in the end", repeats.late_original),
    row("B-22", "签名错误", "Wrong signature", "H2", "拒绝 2005，未入账",
        "refused 2005, not booked", texts.forged),
    row("B-23", "签名后内容被改", "Changed after signing", "H2, domain 4",
        "拒绝 2005，未入账", "refused 2005, not booked", texts.altered),
    row("B-24", "发送时刻超出窗口", "Stale or future time", "H2, domain 4",
        "相差一小时拒绝 2006，未入账", "an hour off is refused 2006, not booked", texts.stale),
    row("B-25", "DOCTYPE", "DOCTYPE", "H2", "拒绝 1004，未入账", "refused 1004, not booked",
        texts.doctype, ("xml",)),
    row("B-26", "超长报文（2 MiB）", "Over-long message (2 MiB)", "H2",
        "拒绝 1003 或断开，未入账，随后照常应答",
        "refused 1003 or hung up on, not booked; answers afterwards", texts.overlong),
    row("B-27", "字段重复", "A field stands twice", "H2", "拒绝 1006，未入账",
        "refused 1006, not booked", texts.field_twice),
    row("B-28", "生僻字 㐂𫖯", "Rare characters 㐂𫖯", "H2, domain 5.11",
        "照常查询、销账、冲正", "query, charge and reverse as ever", texts.rare_characters),
    row("B-29", "字节顺序标记 BOM", "Byte-order mark", "H2, domain 5.11",
        "读懂或明确拒绝", "read, or clearly refused", texts.byte_order_mark),
    row("B-30", "字节与声明编码不符", "Bytes not in the declared encoding", "H2, domain 5.11",
        "拒绝 1005，未入账", "refused 1005, not booked", texts.misdeclared),
    row("B-31", "应答签名与摘要", "Signature and digest of answers", "H2",
        "全部有效", "all valid", texts.judged("signature")),
    row("B-32", "应答时刻", "Time of answers", "H2", "全部在 300 秒以内",
        "all within 300 s", texts.judged("time")),
    row("B-33", "应答针对所问", "Answers speak of what was asked", "H4",
        "接口、流水号、户号相同", "the same verb, serial and account", texts.judged("match")),
    row("B-34", "应答格式", "Form of answers", "H2", "符合字段表", "follow the field table",
        texts.judged("form")),
    row("B-35", "金额单位", "Unit of amounts", "H2, domain 1.1, 5.10",
        "约定单位的整数分，与所发相同", "whole fen in the agreed unit, as they were sent",
        texts.judged("amount")),
    row("B-36", "应答编码", "Encoding of answers", "H2, domain 5.11",
        "约定编码，不丢字", "as agreed, no character lost", texts.judged("encoding")),
    row("B-37", "应答及时", "Answers in time", "H4", "不超过约定的超时",
        "within the time-out agreed", texts.in_time),
)  # fmt: skip


def certify(target: Target, line: Transport, timing: Timing, run: str, told: Progress) -> Report:
    """The whole set. `run`: a word unlike that of any other run, at most 20 characters; `told` hears
    of each clause as it is done."""
    s = Session(target, line, timing, run)
    began_at, began_s = timing.now(), timing.elapsed_s()
    rows = [row for row in CLAUSES if target.dialect in row.dialects]
    findings: list[Finding] = []
    for row in rows:
        findings.append(tried(s, row, dead=bool(findings) and not s.exchanges))
        told(len(findings), len(rows), findings[-1])
    note = money_note(s)
    return Report(
        subject=target.partner, kind="biller", dialect=target.dialect, began_at=began_at,
        seconds=round(timing.elapsed_s() - began_s, 3), clauses=findings,
        note_zh=note.zh, note_en=note.en,
    )  # fmt: skip


def tried(s: Session, row: BillerClause, dead: bool) -> Finding:
    """One clause, and its charges taken back. `dead`: nobody answers; do not wait again."""
    s.trace.clear()
    before = s.timing.elapsed_s()
    verdict: Verdict = "pass"
    why = Both("", "")
    try:
        if dead:
            raise NotRun("端点没有应答", "the endpoint does not answer")
        row.run(s)
    except Failed as failed:
        verdict = "not_run" if isinstance(failed, NotRun) else "fail"
        why = failed.why
    steps = " · ".join(s.trace)
    s.sweep()
    return Finding(
        id=row.id, title_zh=row.title.zh, title_en=row.title.en, source=row.source,
        verdict=verdict, expected_zh=row.expected.zh, expected_en=row.expected.en,
        seen_zh=why.zh, seen_en=why.en, steps=steps,
        seconds=round(s.timing.elapsed_s() - before, 3),
    )  # fmt: skip


def money_note(s: Session) -> Both:
    """What became of the money that was charged at the tested endpoint."""
    booked = [sent for sent in s.sent.values()
              if sent.booked or sent.state in ("reversed", "left")]  # fmt: skip
    left = {serial: sent.amount_fen for serial, sent in s.sent.items() if sent.state == "left"}
    if not booked:
        return Both("在被测端点没有入账。", "Nothing was booked at the tested endpoint.")
    total = format_yuan(sum(sent.amount_fen for sent in booked))
    zh = f"在被测端点入账 {len(booked)} 笔，共 {total} 元；"
    en = f"{len(booked)} charges of {total} yuan in all were booked at the tested endpoint; "
    if not left:
        return Both(zh + "已全部冲正。", en + "all were reversed.")
    listed = ", ".join(f"{serial} ({format_yuan(fen)})" for serial, fen in left.items())
    return Both(zh + f"未能冲正 {len(left)} 笔：{listed}。",
                en + f"{len(left)} could not be reversed: {listed}.")  # fmt: skip
