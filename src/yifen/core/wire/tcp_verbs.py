"""Messages of the TCP dialect ⇄ the verbs: what is asked, and the answer's fields. The names are the
dialect's (domain.md 4A).

Whoever answers the verbs (the hub, a biller) brings them as a `Speaker`.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from msgspec import ValidationError, convert

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.wire.messages import Charge, Confirm, Message, Query, Request, WireFault
from yifen.core.wire.moments import day_text, moment_of
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply, Reply
from yifen.core.wire.tcp_messages import TcpMessage, amount_fen, amount_text
from yifen.core.wire.xml_tree import invalid

ReplyT = TypeVar("ReplyT", QueryReply, PaymentReply)
PAGE_MOST = 500
PAID, REFUSED, OPEN, BACK = "1", "2", "3", "4"
"""payState."""


class Spoken(NamedTuple):
    """What goes back: the answer's code, fields and rows; what the verb said, for the records."""

    code: str
    fields: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()
    told: Code = Code.OK
    result: str | None = None


class Speaker(NamedTuple):
    """`ask`: a verb, answered or refused by WireFault; `paid`: what a charge's serial paid already, by
    bill."""

    ask: Callable[[Request], Awaitable[tuple[Code, Reply | None]]]
    paid: Callable[[str], Awaitable[list[tuple[str, int]]]]
    is_yuan: bool


async def query(by: Speaker, asked: TcpMessage) -> Spoken:
    """What is owed, from `beginNum` on `queryNum` bills. WireFault: as the verb refuses."""
    said = asked.fields
    first, most = _number(said, "beginNum", 10**6), _number(said, "queryNum", PAGE_MOST)
    reply = await _reply(by, _message(Query, biller=said.get("companyId", ""), account_no=said.get("billKey", "")),
                         QueryReply)  # fmt: skip
    rows = tuple(_row(reply, view, by.is_yuan) for view in reply.payables[first - 1 : first - 1 + most])
    items = {f"item{number}": "" for number in range(1, 8)} | {"item1": reply.quote or ""}
    return Spoken("BJCEBQBIRes", {"billKey": said["billKey"], "companyId": said["companyId"], **items,
                                  "totalNum": str(len(reply.payables))}, rows)  # fmt: skip


async def charge(by: Speaker, asked: TcpMessage) -> Spoken:
    """Its serial is `billNo`. WireFault: LINES_UNCLEAR, and as the verb refuses. What is not decided yet is
    answered as an error, PROCESSING; `BJCEBBRQReq` tells later."""
    said = asked.fields
    fen = amount_fen(said.get("payAmount", ""), by.is_yuan, "tin/payAmount")
    serial, account, biller = said.get("billNo", ""), said.get("billKey", ""), said.get("companyId", "")
    lines = [(said["contractNo"], fen)] if said.get("contractNo") else await _unnamed(by, serial, biller, account, fen)
    reply = await _reply(by, _message(
        Charge, serial=serial, biller=biller, account_no=account, amount_fen=fen, quote=said.get("filed1") or None,
        paid_at=moment_in(said, "payDate"), lines=[{"payable": ref, "amount_fen": part} for ref, part in lines],
    ), PaymentReply)  # fmt: skip
    return Spoken("BJCEBBCRes", {
        "billKey": account, "companyId": biller, "billNo": serial, "payDate": said["payDate"],
        "payAmount": amount_text(fen, by.is_yuan), "bankBillNo": str(reply.payment_id),
        "receiptNo": reply.biller_serial or "", "acctDate": day_text(reply.business_day),
    })  # fmt: skip


async def result(by: Speaker, asked: TcpMessage) -> Spoken:
    """What became of a charge. WireFault: SERIAL_UNKNOWN (it never came: it may be sent again under its serial)."""
    serial = asked.fields.get("billNo", "")
    shown = {"billKey": asked.fields.get("billKey", ""), "billNo": serial, "payDate": asked.fields.get("payDate", "")}
    rest = {f"filed{number}": "" for number in range(1, 5)}
    try:
        reply = await _reply(by, _message(Confirm, original_serial=serial), PaymentReply)
    except WireFault as fault:
        if fault.code is Code.SERIAL_UNKNOWN or fault.code.meaning.retryable or int(fault.code) < 3000:
            raise
        return Spoken("BJCEBBRQRes", shown | {"bankBillNo": "", "payAmount": "", "payState": REFUSED}
                      | rest | {"filed1": error_code(fault.code)}, told=fault.code)  # fmt: skip
    return Spoken("BJCEBBRQRes", shown | {
        "bankBillNo": str(reply.payment_id), "payAmount": amount_text(reply.amount_fen, by.is_yuan),
        "payState": _state(reply),
    } | rest, result=reply.result)  # fmt: skip


SAYS: Mapping[str, tuple[str, Callable[[Speaker, TcpMessage], Awaitable[Spoken]]]] = {
    "BJCEBQBIReq": ("query", query), "BJCEBBCReq": ("charge", charge), "BJCEBBRQReq": ("confirm", result),
}


def error_code(code: ResultCode) -> str:
    """Our code in the dialect's seven places."""
    return f"YF{int(code):05d}"


async def _unnamed(by: Speaker, serial: str, biller: str, account: str, fen: int) -> list[tuple[str, int]]:
    """Which bills a charge pays that names none: those of before, where its serial paid already; the one that is owed;
    all of them, where the amount is just their sum. WireFault: LINES_UNCLEAR."""
    before = await by.paid(serial)
    if before and sum(part for _, part in before) == fen:
        return before
    reply = await _reply(by, _message(Query, biller=biller, account_no=account), QueryReply)
    owed = [view for view in reply.payables if view.due_fen or view.mode == "open"]
    if len(owed) == 1:
        return [(owed[0].payable, fen)]
    due = [(view.payable, view.due_fen) for view in owed if view.due_fen]
    if not due or sum(part for _, part in due) != fen:
        raise WireFault(Code.LINES_UNCLEAR, "tin/contractNo")
    return due


async def _reply(by: Speaker, message: Request, kind: type[ReplyT]) -> ReplyT:
    """The reply; WireFault: its code, where there is none."""
    code, reply = await by.ask(message)
    if code is not Code.OK or not isinstance(reply, kind):
        raise WireFault(code)
    return reply


def _row(reply: QueryReply, view: PayableView, is_yuan: bool) -> dict[str, str]:
    due = amount_text(view.due_fen, is_yuan)
    day = day_text(view.due_on) if view.due_on else ""
    return {
        "contractNo": view.payable, "customerName": reply.payer_name, "balance": due, "payAmount": due, "beginDate": "",
        "endDate": day, "filed1": view.mode, "filed2": amount_text(view.min_fen, is_yuan),
        "filed3": amount_text(view.max_fen, is_yuan), "filed4": "", "filed5": view.title,
    }  # fmt: skip


def _state(reply: PaymentReply) -> str:
    if reply.payer_state == "taken":
        return PAID if reply.biller_state == "booked" else OPEN
    return OPEN if reply.payer_state == "held" else BACK


def _message(kind: type[Message], **values: Any) -> Any:
    """WireFault: MESSAGE_INVALID."""
    try:
        return convert(values, kind)
    except ValidationError as error:
        raise invalid("tin", str(error)[:200]) from None


def _number(said: Mapping[str, str], name: str, most: int) -> int:
    text = said.get(name) or "1"
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise invalid(f"tin/{name}", f"must be 1 to {most}")
    return int(text)


def moment_in(said: Mapping[str, str], name: str) -> datetime:
    text = said.get(name, "")
    try:
        if len(text) != 14 or not (text.isascii() and text.isdigit()):
            raise ValueError
        return moment_of(text)
    except ValueError:
        raise invalid(f"tin/{name}", "must be yyyyMMddHHmmss") from None
