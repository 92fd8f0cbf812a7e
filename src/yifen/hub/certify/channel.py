"""The conformance set of a channel: judges what it did in its sandbox, from data alone (H6).

What a channel has to show and never did is a failure; a rule whose occasion never came is not run.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from msgspec import Struct

from yifen.core.facts.codes import Code, wire_code
from yifen.core.facts.sandbox import LATE_ACCOUNT, VAGUE_ACCOUNT
from yifen.hub.certify.record import (
    BOOKED,
    UNDECIDED,
    ChannelExchange,
    ChannelTerms,
    ExchangeRecord,
)
from yifen.hub.certify.report import Both, Failed, Finding, NotRun, Report, Verdict, need, skip

Rule = Callable[[ExchangeRecord], str]  # answers what was seen; raises Failed or NotRun


class ChannelClause(NamedTuple):
    """A clause: stable id, title, source of the rule, what is expected, how it is judged; `answers`: which
    single answers speak of it already."""

    id: str
    title: Both
    source: str
    expected: Both
    judge: Rule
    answers: tuple[Code, ...] = ()

    def hears(self, verb: str, code: Code) -> bool:
        """Does one request with this answer count for it, or against it?"""
        if isinstance(self.judge, Did):
            return verb in self.judge.verbs and code is Code.OK
        return code in self.answers


class Did(Struct, frozen=True):
    """It did one of these, with success."""

    verbs: tuple[str, ...]

    def __call__(self, record: ExchangeRecord) -> str:
        made = record.of(*self.verbs)
        good = [exchange for exchange in made if exchange.code == BOOKED]
        name = "/".join(self.verbs)
        need(good, f"没有成功的 {name}（共 {len(made)} 次）", f"no {name} succeeded, of {len(made)}")
        return f"{name} {len(good)}/{len(made)}"


def did(*verbs: str) -> Rule:
    """Of these, whichever."""
    return Did(verbs)


def never(*codes: Code) -> Rule:
    """No request was answered with one of these."""
    return partial(_never, codes)


def _never(codes: tuple[Code, ...], record: ExchangeRecord) -> str:
    if not record.exchanges:
        skip("没有报文", "nothing was sent")
    texts = {wire_code(code): code.name for code in codes}
    bad = [exchange for exchange in record.exchanges if exchange.code in texts]
    names = ", ".join(f"{code} {texts[code]}" for code in sorted({e.code for e in bad}))
    need(not bad, f"{len(bad)} 次得到 {names}", f"{len(bad)} were answered {names}")
    return f"{len(record.exchanges)} ✓"


def repeated(record: ExchangeRecord) -> str:
    again = {serial: sent for serial, sent in record.by_serial().items()
             if len(sent) > 1 and len({e.content for e in sent}) == 1}  # fmt: skip
    need(again, "没有重发过同号同内容的请求", "no serial was sent again with the same content")
    over = record.over()
    for serial, sent in again.items():
        others = record.others(sent[-1]) if sent[0].verb == "charge" else ()
        new = next((one for one in others if not _is_free(record, one, over.get(serial))), None)
        need(new is None, f"{serial} 重发后又换号 {new and new.serial} 再缴",
             f"after {serial} was repeated, {new and new.serial} was made for the same")  # fmt: skip
    return ", ".join(f"{serial} ×{len(sent)}" for serial, sent in list(again.items())[:3])


def _is_free(record: ExchangeRecord, new: ChannelExchange, known: ChannelExchange | None) -> bool:
    """Was it made when the channel knew what had become of the one before?"""
    return known is not None and record.is_later(new, known)


def serial_kept(record: ExchangeRecord) -> str:
    serials = record.by_serial()
    if not serials:
        skip("没有带流水号的请求", "nothing with a serial was sent")
    reused = wire_code(Code.SERIAL_REUSED)
    for serial, sent in serials.items():
        same = len({(e.verb, e.content) for e in sent}) == 1
        need(same and all(e.code != reused for e in sent), f"{serial} 用于不同内容",
             f"{serial} was used for different content")  # fmt: skip
    return f"{len(serials)} serials"


def undecided(record: ExchangeRecord) -> list[ChannelExchange]:
    """Requests of which the channel could not know what became of them; NotRun without any."""
    found = [sent for serial in record.by_serial().values()
             for sent in serial if record.is_undecided(sent)]  # fmt: skip
    if not found:
        skip(f"没有未决的请求：请对沙箱户号 {LATE_ACCOUNT} 或 {VAGUE_ACCOUNT} 销账",
             f"nothing was undecided: charge the sandbox's account {LATE_ACCOUNT} or {VAGUE_ACCOUNT}")
    return found


def followed_up(record: ExchangeRecord) -> str:
    found = undecided(record)
    for sent in found:
        follows = record.follow_ups(sent)
        need(follows, f"{sent.serial} 未决后没有查询，也没有同号重发",
             f"{sent.serial} was undecided and neither confirmed nor sent again")  # fmt: skip
        need(record.is_decision(follows[-1]), f"{sent.serial} 至今未决",
             f"{sent.serial} was left undecided")  # fmt: skip
    return ", ".join(sorted({sent.serial for sent in found})[:3])


def no_new_serial(record: ExchangeRecord) -> str:
    charges = [sent for sent in undecided(record) if sent.verb == "charge"]
    if not charges:
        skip("没有未决的销账", "no charge was undecided")
    over = record.over()
    for sent in charges:
        follows = record.follow_ups(sent)
        decided = follows[-1] if follows and record.is_decision(follows[-1]) else None
        for other in record.others(sent):
            need(_is_free(record, other, decided) or _is_free(record, other, over.get(sent.serial)),
                 f"{sent.serial} 未决时换号 {other.serial} 再缴",
                 f"{other.serial} was made while {sent.serial} was undecided")  # fmt: skip
    return f"{len(charges)} undecided"


def never_twice(record: ExchangeRecord) -> str:
    booked, back = record.booked_from(), record.taken_back()
    if not booked:
        skip("没有入账的销账", "no charge was booked")
    firsts = {sent[0].serial: sent[0] for sent in record.by_serial().values()}
    for serial in booked:
        for other in record.others(firsts[serial]):
            gone = _is_free(record, other, back.get(serial))
            need(gone or other.serial not in booked,
                 f"同户同额两次入账：{serial}、{other.serial}",
                 f"the same account and amount booked twice: {serial}, {other.serial}")  # fmt: skip
    return f"{len(booked)} booked, {len(back)} taken back"


def encoding(record: ExchangeRecord) -> str:
    seen = _never((Code.ENCODING_INVALID,), record)
    for sent in record.exchanges:
        agreed = record.terms.encoding if sent.dialect == "xml" else "UTF-8"
        need(sent.encoding.upper() == agreed.upper(), f"用了 {sent.encoding}，约定 {agreed}",
             f"{sent.encoding} was used, {agreed} is agreed")  # fmt: skip
    return seen


def dialect(record: ExchangeRecord) -> str:
    seen = _never((Code.DIALECT_NOT_ALLOWED,), record)
    strange = sorted({sent.dialect for sent in record.exchanges} - set(record.terms.dialects))
    need(not strange, f"用了未开通的 {strange}", f"{strange} was used and not agreed")
    return seen


def readable(record: ExchangeRecord) -> str:
    _never(UNREADABLE, record)
    longest = max(sent.request_bytes for sent in record.exchanges)
    most = record.terms.request_bytes_max
    need(longest <= most, f"最长 {longest} 字节，超过 {most}",
         f"the longest has {longest} bytes, more than {most}")  # fmt: skip
    return f"max {longest} bytes"


UNREADABLE = (Code.PATH_UNKNOWN, Code.METHOD_NOT_ALLOWED, Code.MESSAGE_TOO_LARGE,
              Code.DOCTYPE_REFUSED, Code.MESSAGE_INVALID, Code.PAYABLE_REPEATED,
              Code.TOTAL_WRONG)  # fmt: skip


UNPROVEN = (Code.KEY_UNKNOWN, Code.SIGNATURE_INVALID)


def row(id: str, zh: str, en: str, source: str, expected_zh: str, expected_en: str,
        judge: Rule, *answers: Code) -> ChannelClause:  # fmt: skip
    return ChannelClause(id, Both(zh, en), source, Both(expected_zh, expected_en), judge, answers)


CLAUSES: tuple[ChannelClause, ...] = (
    row("C-01", "查询", "Query", "H1", "至少成功一次", "succeeded at least once", did("query")),
    row("C-02", "销账", "Charge", "H1", "至少成功一次", "succeeded at least once", did("charge")),
    row("C-03", "销账结果查询", "Confirm", "H1 H4", "至少成功一次", "succeeded at least once",
        did("confirm")),
    row("C-04", "冲正或退款", "Reverse or refund", "H1", "至少成功一次",
        "succeeded at least once", did("reverse", "refund")),
    row("C-05", "对账文件", "Daily file", "H8", "至少取得一次", "fetched at least once",
        did("file")),
    row("C-06", "同号同内容重发", "Same serial, same content", "H4, domain 5.2",
        "重发过，并接受同一应答", "sent again, and the same answer accepted", repeated),
    row("C-07", "一号一内容", "One serial, one content", "H4, domain 5.2",
        "流水号从不用于其他内容", "no serial is used for other content", serial_kept, Code.SERIAL_REUSED),
    row("C-08", "未决后跟进", "Undecided is followed up", "H4, domain 5.1",
        "8001、9002 或超时后查询或同号重发，直至有结果",
        "after 8001, 9002 or a time-out: confirmed or sent again, until it is decided",
        followed_up, *UNDECIDED),
    row("C-09", "未决时不换号", "No new serial while undecided", "H4, domain 5.2",
        "同户同额不另起流水", "none for the same account and amount", no_new_serial, *UNDECIDED),
    row("C-10", "从不重复入账", "Never charged twice", "H4, domain 5.2",
        "同户同额不入账两次", "the same account and amount is not booked twice", never_twice),
    row("C-11", "签名一直有效", "Signature valid throughout", "H2", "经证明的报文中没有 2004、2005；冒名的另记",
        "no 2004, no 2005 in what is proved; the rest is noted apart", never(*UNPROVEN), *UNPROVEN),
    row("C-12", "时钟在窗口内", "Clock within the window", "H2", "没有 2006", "no 2006",
        never(Code.MESSAGE_STALE), Code.MESSAGE_STALE),
    row("C-13", "编码如约", "Encoding as declared", "H2, domain 5.11", "编码如约，没有 1005",
        "as agreed, no 1005", encoding,
        Code.ENCODING_INVALID),
    row("C-14", "报文可读", "Messages can be read", "H2", "没有 1001–1004、1006、5002、5010，不超长",
        "no 1001 to 1004, 1006, 5002, 5010; not too long", readable,
        *UNREADABLE),
    row("C-15", "报文方式如约", "Dialect as agreed", "H2", "只用开通的方式", "only those agreed",
        dialect, Code.DIALECT_NOT_ALLOWED),
)  # fmt: skip


def heard_by(verb: str, code: Code) -> list[ChannelClause]:
    """The clauses for or against which one request with this answer counts."""
    return [row for row in CLAUSES if row.hears(verb, code)]


def certify(
    exchanges: list[ChannelExchange], terms: ChannelTerms, now: datetime, unproved: int = 0
) -> Report:
    """All clauses over these exchanges, those aside that nothing proves to be the channel's, and
    `unproved` more of them: they are counted in the note and judged by no clause. `now`: when it was
    judged, where nothing was sent."""
    unproved += sum(not exchange.proved for exchange in exchanges)
    record = ExchangeRecord([exchange for exchange in exchanges if exchange.proved], terms)
    first = record.exchanges[0].at if record.exchanges else now
    last = record.exchanges[-1].at if record.exchanges else now
    note = note_of(len(record.exchanges), unproved)
    return Report(
        subject=terms.channel, kind="channel", dialect="+".join(terms.dialects), began_at=first,
        seconds=(last - first).total_seconds(),
        clauses=[judged(record, row) for row in CLAUSES],
        note_zh=note.zh, note_en=note.en,
    )  # fmt: skip


def note_of(count: int, unproved: int) -> Both:
    """How much was judged, and how much was set aside."""
    zh, en = f"依据 {count} 次报文往来。", f"Judged from {count} exchanges."
    if not unproved:
        return Both(zh, en)
    return Both(zh + f"另有 {unproved} 次报文未能证明出自该渠道，不计入。",
                en + f" {unproved} more came in the channel's name without proof and do not count.")  # fmt: skip


def judged(record: ExchangeRecord, row: ChannelClause) -> Finding:
    """One clause."""
    verdict: Verdict = "pass"
    why, steps = Both("", ""), ""
    try:
        steps = row.judge(record)
    except Failed as failed:
        verdict = "not_run" if isinstance(failed, NotRun) else "fail"
        why = failed.why
    return Finding(
        id=row.id, title_zh=row.title.zh, title_en=row.title.en, source=row.source,
        verdict=verdict, expected_zh=row.expected.zh, expected_en=row.expected.en,
        seen_zh=why.zh, seen_en=why.en, steps=steps,
    )  # fmt: skip
