"""The conformance set of a biller's system that speaks the TCP dialect. The dialect has no reversal: what is charged
stays charged at the tested endpoint, two bills, and the report names it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from yifen.core.facts.money import format_yuan
from yifen.core.wire.messages import WireFault
from yifen.core.wire.tcp_client import TcpRefused
from yifen.core.wire.tcp_messages import ERROR, TcpMessage, read, split
from yifen.hub.certify.report import Both, Failed, Finding, NotRun, Report, Verdict, need, skip
from yifen.hub.certify.target import Timing
from yifen.hub.certify.tcp_line import PAID, TcpBill, TcpSession, TcpTarget

Progress = Callable[[int, int, Finding], None]
STRANGE = bytes(16)


class TcpClause(NamedTuple):
    """As a biller's clause over HTTP."""

    id: str
    title: Both
    source: str
    expected: Both
    run: Callable[[TcpSession], Awaitable[None]]


async def key(s: TcpSession) -> None:
    await s.simply("BJCEBRWKReq", "sign_on")


async def beat(s: TcpSession) -> None:
    await s.simply("000000", "beat")


async def owes(s: TcpSession) -> None:
    said = await s.owed()
    rows = [TcpBill(row.get("contractNo", ""), s.fen(row.get("payAmount", ""))) for row in said.rows]
    need(said.fields.get("totalNum") == str(len(rows)) or len(rows) == 100,
         f"totalNum 为 {said.fields.get('totalNum')}，实为 {len(rows)}",
         f"totalNum is {said.fields.get('totalNum')}, {len(rows)} came")  # fmt: skip
    numbers = [bill.number for bill in rows]
    need(all(numbers) and len(set(numbers)) == len(numbers), "contractNo 空或重复",
         "a contractNo is empty, or stands twice")  # fmt: skip
    s.quote, s.bills = said.fields.get("item1", ""), [bill for bill in rows if bill.fen > 0]
    need(s.bills, "该户没有欠费", "the account owes nothing")


async def pages(s: TcpSession) -> None:
    second = s.bill(1)
    said = await s.owed(1, 1)
    need(len(said.rows) == 1, f"queryNum=1 答 {len(said.rows)} 笔",
         f"queryNum=1 was answered by {len(said.rows)} bills")  # fmt: skip
    total = said.fields.get("totalNum", "")
    need(total.isdigit() and int(total) >= 2, f"totalNum 为 {total}，应为全部", f"totalNum is {total}, not of all")
    rest = await s.owed(2, 100)
    need(second.number in [row.get("contractNo") for row in rest.rows] and len(rest.rows) == int(total) - 1,
         "beginNum=2 未从第二笔起", "beginNum=2 did not begin at the second bill")  # fmt: skip


async def charged(s: TcpSession) -> None:
    bill = s.bill(0)
    asked = s.charge(bill)
    said = await s.ask("BJCEBBCReq", asked)
    s.paid[asked["billNo"]] = bill.fen
    s.first = asked, said
    fields = said.fields
    need(fields.get("billNo") == asked["billNo"], "应答的流水号不是所发", "its answer is of another serial")
    need(s.fen(fields.get("payAmount", "")) == bill.fen, "应答的金额不是所发", "its answer has another amount")
    need(fields.get("bankBillNo"), "没有 bankBillNo", "there is no bankBillNo")
    need(len(fields.get("acctDate", "")) == 8 and fields["acctDate"].isdigit(), "acctDate 不是日期",
         "acctDate is no day")  # fmt: skip


async def again(s: TcpSession) -> None:
    asked, said = _first(s)
    repeated = await s.ask("BJCEBBCReq", asked)
    need(repeated.fields.get("bankBillNo") == said.fields.get("bankBillNo"),
         "同号重发得到另一笔", "the same serial again is another payment")  # fmt: skip


async def other_content(s: TcpSession) -> None:
    asked, _ = _first(s)
    other = TcpBill(asked["contractNo"], s.paid[asked["billNo"]] + 1)
    await s.refused("BJCEBBCReq", s.charge(other) | {"billNo": asked["billNo"]})


async def told(s: TcpSession) -> None:
    asked, said = _first(s)
    found = await s.ask("BJCEBBRQReq", {name: asked[name] for name in ("billKey", "billNo", "payDate")})
    need(found.fields.get("payState") == PAID, f"payState 为 {found.fields.get('payState')}", "payState is not 1")
    need(s.fen(found.fields.get("payAmount", "")) == s.paid[asked["billNo"]], "金额不符", "it tells another amount")
    need(found.fields.get("bankBillNo") == said.fields.get("bankBillNo"), "bankBillNo 不符",
         "it tells another bankBillNo")  # fmt: skip


async def paid_already(s: TcpSession) -> None:
    _first(s)
    twice = s.charge(s.bill(0))
    await s.refused("BJCEBBCReq", twice)
    await s.not_booked(twice["billNo"])


async def never_sent(s: TcpSession) -> None:
    await s.not_booked(s.serial())


async def wrong_amount(s: TcpSession) -> None:
    bill = s.bill(1)
    asked = s.charge(bill, bill.fen + 1)
    await s.refused("BJCEBBCReq", asked)
    await s.not_booked(asked["billNo"])


async def unknown_bill(s: TcpSession) -> None:
    asked = s.charge(TcpBill("NONE0", 100))
    await s.refused("BJCEBBCReq", asked)
    await s.not_booked(asked["billNo"])


async def wrong_mac(s: TcpSession) -> None:
    asked = s.charge(s.bill(1))
    body = await s.alone("MAC ×", s.frame("BJCEBBCReq", asked, STRANGE))
    try:
        is_refused = not body or read(split(body)[0], "out").code == ERROR
    except WireFault:
        is_refused = False
    await s.not_booked(asked["billNo"])
    need(is_refused, "错误的 MAC 未被拒绝", "a wrong MAC was not refused")


async def half(s: TcpSession) -> None:
    asked = s.charge(s.bill(1))
    frame = s.frame("BJCEBBCReq", asked)
    await s.alone("½", frame[: len(frame) // 2], is_heard=False)
    await s.not_booked(asked["billNo"])


async def no_length(s: TcpSession) -> None:
    for head in (b"ABCDEF", b"999999"):
        await s.alone(head.decode(), head + b"<in/>", is_heard=False)
    await s.simply("000000", "beat")


async def hung_up(s: TcpSession) -> None:
    """A definite state; then the same serial once more books once."""
    bill = s.bill(1)
    asked = s.charge(bill)
    await s.alone("BJCEBBCReq ✂", s.frame("BJCEBBCReq", asked), is_heard=False)
    state = await s.until_definite(asked["billNo"])
    try:
        first = await s.ask("BJCEBBCReq", asked)
    except TcpRefused as refused:
        raise Failed(f"同号重发被拒 {refused}", f"the same serial again was refused: {refused}") from None
    s.paid[asked["billNo"]] = bill.fen
    need(state in ("", PAID), f"payState 为 {state}，随后却入账", f"payState was {state}, and then it was booked")
    second = await s.ask("BJCEBBCReq", asked)
    need(first.fields.get("bankBillNo") == second.fields.get("bankBillNo"), "入账两次", "it is booked twice")
    need(await s.until_definite(asked["billNo"]) == PAID, "入账后 payState 不为 1", "booked, and payState is not 1")


def _first(s: TcpSession) -> tuple[dict[str, str], TcpMessage]:
    if s.first is None:
        skip("首笔缴费没有成功", "the first charge did not succeed")
    return s.first


def row(
    id: str, zh: str, en: str, source: str, expected_zh: str, expected_en: str,
    run: Callable[[TcpSession], Awaitable[None]],
) -> TcpClause:  # fmt: skip
    return TcpClause(id, Both(zh, en), source, Both(expected_zh, expected_en), run)


CLAUSES = (
    row("T-01", "会话密钥", "Session key", "domain 4A", "以主密钥加密，校验值相符",
        "under the master key, its check value right", key),
    row("T-02", "心跳", "Heart beat", "domain 4A", "000000 答 000000", "000000 is answered by 000000", beat),
    row("T-03", "查询", "Query", "H2, domain 4A", "账单、笔数、约定单位的金额",
        "bills, their number, amounts in the agreed unit", owes),
    row("T-04", "分页", "Pages", "domain 4A", "beginNum、queryNum 有效，totalNum 为全部",
        "beginNum and queryNum count, totalNum is of all", pages),
    row("T-05", "缴费", "Charge", "H4, domain 4A", "入账，应答针对所发",
        "booked, and answered for what was sent", charged),
    row("T-06", "同号重发", "The same serial again", "H4, domain 5.2", "同一应答，只入账一次",
        "the same answer, booked once", again),
    row("T-07", "同号异额", "The same serial, another amount", "H4, domain 5.2", "拒绝", "refused", other_content),
    row("T-08", "查询结果", "Result", "H4, domain 5.1", "payState 1，同一笔", "payState 1, the same payment", told),
    row("T-09", "账单已缴", "Bill paid already", "domain 5.3", "拒绝，未入账", "refused, not booked", paid_already),
    row("T-10", "查询未发过的流水号", "Result of a serial never sent", "domain 5.1", "错误或 payState 2",
        "an error, or payState 2", never_sent),
    row("T-11", "金额不符", "Wrong amount", "domain 5.10", "拒绝，未入账", "refused, not booked", wrong_amount),
    row("T-12", "未知账单", "Unknown bill", "H4", "拒绝，未入账", "refused, not booked", unknown_bill),
    row("T-13", "错误的 MAC", "Wrong MAC", "H2", "拒绝或断开，未入账", "refused or hung up on, not booked", wrong_mac),
    row("T-14", "半个报文", "Half a message", "H2", "未入账，其他连接照常", "not booked, other lines go on", half),
    row("T-15", "长度不是数字、过长", "No length, too long a one", "H2", "断开，其他连接照常",
        "hung up on, other lines go on", no_length),
    row("T-16", "发出后断开", "Hung up after sending", "H4, domain 5.1", "有确定结果；重发后只入账一次",
        "a definite state; sent again it is booked once", hung_up),
)  # fmt: skip


async def certify(target: TcpTarget, timing: Timing, run: str, tell: Progress) -> Report:
    """The whole set; `run`, `tell` as of a biller over HTTP."""
    s = TcpSession(target, timing, run)
    began_at, began_s = timing.now(), timing.elapsed_s()
    findings: list[Finding] = []
    for clause in CLAUSES:
        findings.append(await tried(s, clause, dead=bool(findings) and not s.client.key))
        tell(len(findings), len(CLAUSES), findings[-1])
    await s.client.close()
    note = _note(s)
    return Report(subject=target.partner, kind="biller", dialect="tcp", began_at=began_at,
                  seconds=round(timing.elapsed_s() - began_s, 3), clauses=findings, note_zh=note.zh,
                  note_en=note.en)  # fmt: skip


async def tried(s: TcpSession, clause: TcpClause, dead: bool) -> Finding:
    """One clause. `dead`: there is no session key; do not wait again."""
    s.trace.clear()
    before, why = s.timing.elapsed_s(), Both("", "")
    verdict: Verdict = "pass"
    try:
        if dead:
            skip("没有会话密钥", "there is no session key")
        await clause.run(s)
    except TcpRefused as refused:
        verdict, why = "fail", Both(f"被拒 {refused}", f"refused: {refused}")
    except Failed as failed:
        verdict, why = "not_run" if isinstance(failed, NotRun) else "fail", failed.why
    return Finding(
        id=clause.id, title_zh=clause.title.zh, title_en=clause.title.en, source=clause.source, verdict=verdict,
        expected_zh=clause.expected.zh, expected_en=clause.expected.en, seen_zh=why.zh, seen_en=why.en,
        steps=" · ".join(s.trace), seconds=round(s.timing.elapsed_s() - before, 3),
    )  # fmt: skip


def _note(s: TcpSession) -> Both:
    """What is charged there, for people to take back."""
    if not s.paid:
        return Both("在被测端点没有入账。", "Nothing was booked at the tested endpoint.")
    total, listed = format_yuan(sum(s.paid.values())), ", ".join(s.paid)
    return Both(f"在被测端点入账 {len(s.paid)} 笔，共 {total} 元，此报文没有冲正，须人工退回：{listed}。",
                f"{len(s.paid)} charges of {total} yuan in all were booked at the tested endpoint; the dialect has no"
                f" reversal, people have to take them back: {listed}.")  # fmt: skip
