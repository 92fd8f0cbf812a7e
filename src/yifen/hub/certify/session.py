"""One run against a biller: asks, reads patiently, remembers, and takes back what it charged."""

from datetime import timedelta
from typing import NamedTuple

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire import messages
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Confirm, Query, Request, Reverse
from yifen.core.wire.moments import hub_moment
from yifen.core.wire.replies import BillerAnswer, PayableView, PaymentReply, QueryReply
from yifen.hub.certify.answers import Debt, code_text, debt_of, state_of
from yifen.hub.certify.letters import Change, Letter, letter
from yifen.hub.certify.reading import Faults, read
from yifen.hub.certify.report import Failed, need, skip
from yifen.hub.certify.target import Heard, Silence, Target, Timing, Transport

POLL_S = 0.05
NOTHING_THERE = (Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ORIGINAL_NOT_BOOKED, Code.SERIAL_UNKNOWN)


class BillerExchange(NamedTuple):
    """A proper request and what came back; `seconds`: how long that took."""

    message: Request
    answer: BillerAnswer | None
    faults: Faults
    seconds: float


class SentCharge(Struct):
    """A charge that was sent. `state`: open (it may be booked), refused, reversed, or left (booked,
    and the biller did not take it back)."""

    amount_fen: int
    state: str = "open"
    booked: bool = False  # we heard that it is
    doubted: bool = False  # we hung up: a later refusal proves nothing


class Session:
    """What the clauses of a biller work with. `run`: a short word that makes serials unique."""

    def __init__(self, target: Target, line: Transport, timing: Timing, run: str) -> None:
        self.target, self._line, self.timing, self._run = target, line, timing, run
        self._numbers = 0
        self.exchanges: list[BillerExchange] = []
        self.sent: dict[str, SentCharge] = {}
        self.trace: list[str] = []
        self.books = True  # a charge is booked as it should be
        self.restores = True  # a reversal makes the payable due again

    # --- messages ------------------------------------------------------------------------------

    def serial(self) -> str:
        """A new one."""
        self._numbers += 1
        return f"{self._run}-{self._numbers}"

    def now(self) -> int:
        return int(self.timing.now().timestamp())

    def query(self, account_no: str = "") -> Query:
        who = self.target
        return Query(biller=who.partner, account_no=account_no or who.account_no)

    def charge(self, debt: Debt, serial: str = "", **fields: object) -> Charge:
        """A charge of one payable; `fields` say what is to be different."""
        who, paid_at = self.target, hub_moment(self.timing.now() - timedelta(seconds=2))
        lines = [messages.Line(payable=debt.payable, amount_fen=debt.amount_fen)]
        known = {"serial": serial or self.serial(), "biller": who.partner,
                 "account_no": who.account_no, "amount_fen": debt.amount_fen,
                 "lines": lines, "paid_at": paid_at}  # fmt: skip
        return Charge(**(known | fields))  # type: ignore[arg-type]

    def reversal(self, charge: Charge, **fields: object) -> Reverse:
        known = {"serial": self.serial(), "original_serial": charge.serial,
                 "amount_fen": charge.amount_fen}  # fmt: skip
        return Reverse(**(known | fields))  # type: ignore[arg-type]

    # --- sending -------------------------------------------------------------------------------

    def ask(
        self, message: Request, *, quietly: bool = False, refusable: bool = False
    ) -> BillerAnswer:
        """The answer to a proper request. Failed when there is none that can be read. `refusable`:
        it ought to be refused, so what the answer speaks of is not judged."""
        before = self.timing.elapsed_s()
        heard = self._send(letter(message, self.target, self.now()), message)
        seconds = self.timing.elapsed_s() - before
        answer, faults = read(heard, message, self.target, self.now())
        if isinstance(message, Confirm) and answer is not None:
            self._check_amount(message, answer, faults)
        if refusable:
            faults.pop("match", None), faults.pop("amount", None)
        self.exchanges.append(BillerExchange(message, answer, faults, seconds))
        self._note(message, answer, heard, quietly)
        if answer is None:
            raise Failed(f"{message.VERB} 的应答无法读取：HTTP {heard.status}",
                         f"the answer to {message.VERB} cannot be read: HTTP {heard.status}")  # fmt: skip
        return answer

    def provoke(
        self, message: Request, *, at: int | None = None, key: Key | None = None,
        change: Change | None = None, tail: bytes = b"",
    ) -> BillerAnswer | int | None:  # fmt: skip
        """Sends what the hub never would: at another time, with another key, with changed content,
        with a tail that is not signed. The answer, however it is signed; the HTTP status when it
        cannot be read; None when there was none."""
        wrong = letter(message, self.target, at or self.now(), key=key, change=change)
        try:
            heard = self._send(wrong._replace(body=wrong.body + tail), message)
        except Failed:
            self.trace.append(f"{message.VERB} –")
            return None
        answer, _ = read(heard, message, self.target, self.now())
        self._note(message, answer, heard)
        return heard.status if answer is None else answer

    def hang_up(self, message: Request) -> None:
        """Sends a proper request and does not wait for its answer. Failed when it cannot be."""
        self._remember(message)
        if isinstance(message, Charge):
            self.sent[message.serial].doubted = True
        self.trace.append(f"{message.VERB} ✂")
        try:
            self._line.hang_up(*letter(message, self.target, self.now()))
        except Silence as silence:
            raise Failed(f"无法发送：{silence}", f"it could not be sent: {silence}") from None

    def _send(self, parts: Letter, message: Request) -> Heard:
        self._remember(message)
        try:
            return self._line.post(*parts, 2 * self.target.timeout_s)
        except Silence as silence:
            raise Failed(f"{message.VERB} 无应答：{silence}",
                         f"no answer to {message.VERB}: {silence}") from None  # fmt: skip

    # --- what was sent, for its amounts and for the way back -----------------------------------

    def _remember(self, message: Request) -> None:
        if isinstance(message, Charge):
            self.sent.setdefault(message.serial, SentCharge(message.amount_fen))

    def _note(
        self, message: Request, answer: BillerAnswer | None, heard: Heard, quietly: bool = False
    ) -> None:
        if not quietly:
            said = f"HTTP {heard.status}" if answer is None else code_text(answer)
            self.trace.append(f"{message.VERB} {said}")
        if answer is None:
            return
        if isinstance(message, Charge):
            sent = self.sent[message.serial]
            if answer.code is Code.OK:
                sent.booked, sent.state = True, "open"
            elif not (answer.code.meaning.retryable or sent.booked or sent.doubted):
                sent.state = "refused"
        elif isinstance(message, Reverse) and answer.code is Code.OK:
            self.sent.setdefault(message.original_serial, SentCharge(message.amount_fen))
            self.sent[message.original_serial].state = "reversed"

    def _check_amount(self, message: Confirm, answer: BillerAnswer, faults: Faults) -> None:
        sent, reply = self.sent.get(message.original_serial), answer.reply
        if sent and isinstance(reply, PaymentReply) and reply.amount_fen != sent.amount_fen:
            faults.setdefault("amount", f"{sent.amount_fen} fen were sent, confirm answers "
                              f"{reply.amount_fen}")  # fmt: skip

    def sweep(self) -> None:
        """Takes back every charge that may be booked; what a biller refuses is left."""
        for serial, sent in self.sent.items():
            if sent.state != "open":
                continue
            back = Reverse(serial=self.serial(), original_serial=serial, amount_fen=sent.amount_fen)
            try:
                code = self.ask(back, quietly=True).code
            except Failed:
                code = Code.FAULT
            if code is Code.ALREADY_REVERSED:
                sent.state = "reversed"
            elif code is not Code.OK:
                sent.state = "refused" if code in NOTHING_THERE and not sent.booked else "left"

    # --- what the biller's books show ----------------------------------------------------------

    def views(self) -> list[PayableView]:
        """The payables of the account; NotRun when it cannot be queried."""
        try:
            answer = self.ask(self.query(), quietly=True)
        except Failed as failed:
            skip(*failed.why)
        if not isinstance(answer.reply, QueryReply):
            skip(f"查询未成功：{code_text(answer)}", f"the query was answered {code_text(answer)}")
        return answer.reply.payables

    def debts(self) -> list[Debt]:
        """What can be charged now."""
        found = [debt_of(view) for view in self.views()]
        return [debt for debt in found if debt.amount_fen > 0]

    def debt(self, mode: str = "") -> Debt:
        """The first payable that can be charged. NotRun when there is none."""
        for debt in self.debts():
            if mode in ("", debt.mode):
                return debt
        return skip(f"户号 {self.target.account_no} 没有可缴的应缴项{mode and f'（{mode}）'}",
                    f"account {self.target.account_no} owes nothing"
                    f"{mode and f' of mode {mode}'} that can be charged")  # fmt: skip

    def need_due(self, debt: Debt, due_fen: int) -> None:
        """Failed unless this is due now of that payable; an open one has nothing due."""
        if debt.mode == "open":
            return
        found = next((v.due_fen for v in self.views() if v.payable == debt.payable), 0)
        self.trace.append(f"due {found}")
        need(found == due_fen, f"应缴应为 {due_fen} 分，查询得 {found} 分",
             f"{due_fen} fen should be due, the query says {found}")  # fmt: skip

    def settled(self, serial: str) -> BillerAnswer:
        """What confirm says, asked until it is definite or the time-out has passed twice."""
        until = self.timing.elapsed_s() + 2 * self.target.timeout_s
        while True:
            answer = self.ask(Confirm(original_serial=serial), quietly=True)
            if state_of(answer) != "unclear" or self.timing.elapsed_s() > until:
                self.trace.append(f"confirm {code_text(answer)} {state_of(answer)}")
                return answer
            self.timing.pause(POLL_S)
