"""Calls of a biller that speaks the TCP dialect (its address is `tcp://host:port`): we are the bank. One message, one
answer a connection; connections are used again. Never called inside a database transaction."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import Charge, Confirm, FileRequest, Query, Request, WireFault
from yifen.core.wire.moments import day_of, moment_text
from yifen.core.wire.outbound import Unread, Unsent
from yifen.core.wire.replies import (
    PAYABLES_MAX,
    BillerAnswer,
    PayableView,
    PaymentReply,
    QueryReply,
    answer_of,
)
from yifen.core.wire.tcp_client import TcpClient, TcpRefused
from yifen.core.wire.tcp_messages import TcpMessage, amount_fen, amount_text
from yifen.core.wire.tcp_verbs import error_code
from yifen.hub.payments.remote.tcp_lines import TcpLine
from yifen.hub.payments.remote.ways import ReadRows

SCHEME = "tcp"
PAGE = 100
_STATES = {"1": ("taken", "booked"), "2": ("returned", "rejected"), "4": ("returned", "reversed")}
_OURS = {error_code(code): code for code in Code}


class BillerLines:
    """`lines`: of now, by partner."""

    meanings: Mapping[str, str] = {}
    repeats = False

    def __init__(self, lines: Callable[[], Mapping[str, TcpLine]], clock: Callable[[], datetime]) -> None:
        self._lines, self._clock = lines, clock
        self._idle: dict[tuple[TcpLine, str], list[TcpClient]] = defaultdict(list)

    def has(self, biller: RosterBiller) -> bool:
        return biller.code in self._lines()

    async def load(self, read: ReadRows) -> None:
        """The hub keeps the lines, for its own door too."""

    async def file(self, biller: RosterBiller, message: FileRequest) -> bytes:
        """It comes by the inbox."""
        raise WireFault(Code.FILE_NOT_READY, "biller", biller.code)

    async def close(self) -> None:
        for idle in self._idle.values():
            for client in idle:
                await client.close()

    async def ask(self, biller: RosterBiller, message: Request) -> BillerAnswer:
        """NoReply: nothing that can be believed; WireFault: its answer is none of the dialect."""
        line = self._lines().get(biller.code)
        if line is None:
            raise Unsent("there is no line")
        parts, idle = urlsplit(biller.endpoint), self._idle[line, biller.endpoint]
        is_kept = bool(idle)
        client = idle.pop() if idle else _client(line, parts.hostname or "", parts.port or 0)
        try:
            try:
                answer = await self._said(client, line, biller, message)
            except Unread:
                if not is_kept or not isinstance(message, Query | Confirm):
                    raise
                answer = await self._said(client, line, biller, message)  # the kept line had been closed meanwhile
        except TcpRefused as refused:
            answer = answer_of(_OURS.get(refused.code, refused.code), None, refused.text)
        except BaseException:
            await client.close()
            raise
        idle.append(client)
        return answer

    async def _said(self, client: TcpClient, line: TcpLine, biller: RosterBiller, message: Request) -> BillerAnswer:
        match message:
            case Query():
                return answer_of(Code.OK, await self._owed(client, line, biller, message), "")
            case Charge():
                said = await client.call("BJCEBBCReq", _charge(line, message))
                return answer_of(Code.OK, _paid(said, line, message.serial), "")
            case Confirm():
                asked = {"billKey": "", "billNo": message.original_serial, "payDate": moment_text(self._clock())}
                said = await client.call("BJCEBBRQReq", asked)
                return _standing(said, line, message.original_serial, self._clock())
        return answer_of(Code.BILLER_REJECTED, None, "the dialect has no reversal")

    async def _owed(self, client: TcpClient, line: TcpLine, biller: RosterBiller, message: Query) -> QueryReply:
        """All pages of what is owed. Unread: it is too much, or no list."""
        rows: list[Mapping[str, str]] = []
        quote = ""
        while True:
            said = await client.call("BJCEBQBIReq", {
                "billKey": message.account_no, "companyId": biller.code, "beginNum": str(len(rows) + 1),
                "queryNum": str(PAGE), "filed1": "", "filed2": "", "filed3": "", "filed4": ""})  # fmt: skip
            rows += said.rows
            quote = said.fields.get("item1", "")
            total = said.fields.get("totalNum", "0")
            if not total.isdigit() or int(total) > PAYABLES_MAX or (not said.rows and len(rows) < int(total)):
                raise Unread(f"totalNum says {total[:20]}, {len(rows)} came")
            if len(rows) >= int(total):
                break
        name = rows[0].get("customerName", "") if rows else ""
        return QueryReply(biller=biller.code, account_no=message.account_no, payer_name=name[:40] or "*",
                          quote=quote or None, payables=[_owes(row, line.is_yuan) for row in rows])  # fmt: skip


def _client(line: TcpLine, host: str, port: int) -> TcpClient:
    return TcpClient(host, port, line.inst, line.algorithm, line.master)


def _charge(line: TcpLine, message: Charge) -> dict[str, str]:
    """Several bills go without a name: the other side takes them only where they are all that is owed."""
    bill = message.lines[0].payable if len(message.lines) == 1 else ""
    return {
        "billKey": message.account_no, "companyId": message.biller, "billNo": message.serial,
        "payDate": moment_text(message.paid_at), "filed1": message.quote or "", "filed2": "", "filed3": "",
        "filed4": "", "customerName": "", "payAccount": "", "pin": "", "acType": "", "contractNo": bill,
        "payAmount": amount_text(message.amount_fen, line.is_yuan),
    }  # fmt: skip


def _paid(said: TcpMessage, line: TcpLine, serial: str) -> PaymentReply:
    """Unread: of another serial, or without a number."""
    fields = said.fields
    if fields.get("billNo") != serial:
        raise Unread("its answer is of another charge")
    return PaymentReply(
        payment_id=_number(fields.get("bankBillNo", "")), serial=serial, business_day=_day(fields.get("acctDate", "")),
        amount_fen=amount_fen(fields.get("payAmount", ""), line.is_yuan, "tout/payAmount"), payer_state="taken",
        biller_state="booked")  # fmt: skip


def _standing(said: TcpMessage, line: TcpLine, serial: str, now: datetime) -> BillerAnswer:
    fields = said.fields
    if fields.get("billNo") != serial:
        raise Unread("its answer is of another charge")
    state = fields.get("payState", "")
    if state == "2" and not fields.get("payAmount"):
        return answer_of(_OURS.get(fields.get("filed1", ""), Code.BILLER_REJECTED), None, "")
    payer, biller = _STATES.get(state, ("held", "unknown"))
    return answer_of(Code.OK, PaymentReply(
        payment_id=_number(fields.get("bankBillNo", "")), serial=serial, business_day=now.astimezone(ZONE).date(),
        amount_fen=amount_fen(fields.get("payAmount", ""), line.is_yuan, "tout/payAmount"), payer_state=payer,
        biller_state=biller), "")  # fmt: skip


def _owes(row: Mapping[str, str], is_yuan: bool) -> PayableView:
    due = amount_fen(row.get("payAmount", ""), is_yuan, "Data/payAmount")
    mode = row.get("filed1") if row.get("filed1") in ("exact", "partial", "open") else "exact"
    bounds = [amount_fen(row[name], is_yuan, f"Data/{name}") if row.get(name) and mode != "exact" else due
              for name in ("filed2", "filed3")]  # fmt: skip
    day = row.get("endDate", "")
    return PayableView(
        payable=(row.get("contractNo") or "1")[:40], title=(row.get("filed5") or row.get("contractNo") or "账单")[:100],
        mode=mode, due_fen=due, min_fen=bounds[0], max_fen=bounds[1], due_on=_day(day) if day else None)  # type: ignore[arg-type]  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 2**63:
        raise Unread("its number of the payment is none")
    return int(text)


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise Unread("its day is none") from None
