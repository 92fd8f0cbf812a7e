"""The hub's verbs on a utility's database, by its mapping. A payment is looked for by its serial before it is written,
in the transaction that writes it, and found there with its amount before that ends: so no delivery counts twice.

An answer says what is certain. What is not (the database is away, a lock, an answer lost at the end) is a
DatabaseFault."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_name
from yifen.core.wire.messages import Charge, Confirm, Query, Reverse
from yifen.core.wire.replies import (
    BillerAnswer,
    PayableView,
    PaymentReply,
    QueryReply,
    ReverseReply,
    answer_of,
)
from yifen.trades.connector import values
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.database import Call, DatabaseFault, Row, Talk, UtilityDatabase
from yifen.trades.connector.faults import Fault
from yifen.trades.connector.mapping import Mapping, WriteStatement
from yifen.trades.connector.values import ValueUnread

REFUSED = (ConnectorCode.ROWS_UNFIT, ConnectorCode.ROW_REFUSED, ConnectorCode.WRITE_UNPROVED)
"""The transaction was rolled back, and the next would go no other way: for certain nothing was written by it."""


class StandingPayment(NamedTuple):
    """A payment as it stands there; `back`: all of it was taken back."""

    fen: int
    back: bool


class Verbs(NamedTuple):
    """On one database. `now`: passed in, for what is written."""

    database: UtilityDatabase
    mapping: Mapping
    call: Call
    now: datetime

    def query(self, message: Query) -> BillerAnswer:
        """ACCOUNT_UNKNOWN, VALUE_UNREAD, ROWS_TOO_MANY."""
        try:
            found = self.database.read(lambda talk: self._owed(talk, message), self.call)
        except ValueUnread as unread:
            return own(ConnectorCode.VALUE_UNREAD, str(unread))
        except DatabaseFault as fault:
            if fault.fault.is_value:
                return answer_of(Code.ACCOUNT_UNKNOWN, None, "")
            if not fault.code.meaning.retryable:
                return own(fault.code, fault.fault.word)
            raise
        if found is None:
            return answer_of(Code.ACCOUNT_UNKNOWN, None, "")
        return answer_of(Code.OK, found, "")

    def charge(self, message: Charge, *, keeps: bool = True) -> BillerAnswer:
        """Written once, however often it is asked. ROWS_UNFIT, ROW_REFUSED, WRITE_UNPROVED, OTHER_AMOUNT, TAKEN_BACK,
        NO_WAY_IN. `keeps` False: tried, and rolled back."""
        if not self.mapping.pay:
            return own(ConnectorCode.NO_WAY_IN)
        try:
            return self.database.write(lambda talk: self._charged(talk, message), self.call, keeps=keeps)
        except ValueUnread as unread:
            return own(ConnectorCode.VALUE_UNREAD, str(unread))
        except DatabaseFault as fault:
            if fault.code not in REFUSED:
                raise
            # Whoever was refused may have met himself: a call that was thought dead and came through just now.
            there = self.database.write(lambda talk: self._standing(talk, message.serial), self.call, keeps=False)
            return _told(there, message, self) if there is not None else own(fault.code, fault.fault.word)

    def confirm(self, message: Confirm) -> BillerAnswer:
        """SERIAL_UNKNOWN: it is not there now; one that is under way may still come."""
        if self.mapping.paid is None:
            return answer_of(Code.SERIAL_UNKNOWN, None, "")
        serial = message.original_serial
        try:
            there = self.database.write(lambda talk: self._standing(talk, serial), self.call, keeps=False)
        except ValueUnread as unread:
            return own(ConnectorCode.VALUE_UNREAD, str(unread))
        if there is None:
            return answer_of(Code.SERIAL_UNKNOWN, None, "")
        state = ("returned", "reversed") if there.back else ("taken", "booked")
        return answer_of(Code.OK, self._reply(serial, there.fen, *state), "")

    def reverse(self, message: Reverse) -> BillerAnswer:
        """SERIAL_UNKNOWN (as `confirm`), ALREADY_REVERSED, ORIGINAL_MISMATCH, BILLER_REJECTED: it cannot be done."""
        if not self.mapping.back:
            return answer_of(Code.BILLER_REJECTED, None, f"{ConnectorCode.NO_WAY_BACK:04d}")
        try:
            code = self.database.write(lambda talk: self._taken_back(talk, message), self.call)
        except (ValueUnread, DatabaseFault) as fault:
            if isinstance(fault, DatabaseFault) and fault.code not in REFUSED:
                raise
            return answer_of(Code.BILLER_REJECTED, None, str(fault)[:100])
        if code is not Code.OK:
            return answer_of(code, None, "")
        return answer_of(Code.OK, ReverseReply(
            payment_id=_number(message.original_serial), serial=message.serial, amount_fen=message.amount_fen,
            original_serial=message.original_serial, business_day=self.now.astimezone(ZONE).date()), "")  # fmt: skip

    # --- within a transaction -------------------------------------------------------------------------

    def _owed(self, talk: Talk, message: Query) -> QueryReply | None:
        way, page = self.mapping.owed, self.mapping.text
        given = {"account": values.given(message.account_no, page), **values.moment(self.now)}
        people = talk.rows(self.mapping.customer.sql, given)
        if not people:
            return None
        if len(people) > 1:
            raise ValueUnread("the account is of more than one customer")
        name = masked_name(values.text_of(people[0], self.mapping.customer.name, page, 200))
        payables = []
        for row in talk.rows(way.sql, given):
            due = values.fen_of(row, way.due, way.amounts)
            due += values.fen_of(row, way.late, way.amounts) if way.late else 0
            due -= values.fen_of(row, way.paid, way.amounts) if way.paid else 0
            if due > 0:
                payables.append(self._payable(row, due))
        return QueryReply(biller=message.biller, account_no=message.account_no, payer_name=name[:40], payables=payables)

    def _payable(self, row: Row, due: int) -> PayableView:
        way, page = self.mapping.owed, self.mapping.text
        bill = values.text_of(row, way.bill, page, 40)
        if not bill:
            raise ValueUnread(f"{way.bill} is empty")
        title = values.text_of(row, way.title, page)[:100] if way.title else ""
        return PayableView(payable=bill, title=title or way.title_text, mode=way.mode, due_fen=due, max_fen=due,
                           min_fen=1 if way.mode == "partial" else due,
                           due_on=values.day_of(row, way.due_on, page) if way.due_on else None)  # fmt: skip

    def _standing(self, talk: Talk, serial: str) -> StandingPayment | None:
        way = self.mapping.paid
        assert way is not None  # `mapping_of` asks for it wherever something is written
        rows = talk.rows(way.sql, {"serial": serial})
        if not rows:
            return None
        gone = [bool(way.back) and values.is_one_of(row, way.back, way.back_is, self.mapping.text) for row in rows]
        left = [row for row, is_gone in zip(rows, gone, strict=True) if not is_gone]
        fen = sum(values.fen_of(row, way.amount, way.amounts) for row in left or rows)
        return StandingPayment(fen, not left)

    def _charged(self, talk: Talk, message: Charge) -> BillerAnswer:
        there = self._standing(talk, message.serial)
        if there is None:
            for statement, given in self._writes(message):
                _written(talk, statement, given)
            there = self._standing(talk, message.serial)
            if there is None or there.back or there.fen != message.amount_fen:
                raise DatabaseFault(Fault(ConnectorCode.WRITE_UNPROVED, "", "not found under its serial"))
        return _told(there, message, self)

    def _writes(self, message: Charge) -> Iterator[tuple[WriteStatement, dict[str, Any]]]:
        """Each statement with its values; those of each bill, bill by bill."""
        page = self.mapping.text
        given = {"serial": message.serial, "account": values.given(message.account_no, page),
                 **values.amount(message.amount_fen), **values.moment(message.paid_at)}  # fmt: skip
        for statement in self.mapping.pay:
            if statement.each == "payment":
                yield statement, given
                continue
            for number, line in enumerate(message.lines, 1):
                yield statement, given | {"bill": values.given(line.payable, page), "line": number,
                                          **values.amount(line.amount_fen, "bill_")}  # fmt: skip

    def _taken_back(self, talk: Talk, message: Reverse) -> Code:
        there = self._standing(talk, message.original_serial)
        if there is None:
            return Code.SERIAL_UNKNOWN
        if there.back:
            return Code.ALREADY_REVERSED
        if there.fen != message.amount_fen:
            return Code.ORIGINAL_MISMATCH
        given = {"serial": message.original_serial, **values.amount(message.amount_fen), **values.moment(self.now)}
        for statement in self.mapping.back:
            _written(talk, statement, given)
        there = self._standing(talk, message.original_serial)
        if there is not None and not there.back:
            raise DatabaseFault(Fault(ConnectorCode.WRITE_UNPROVED, "", "still found under its serial"))
        return Code.OK

    def _reply(self, serial: str, fen: int, payer: str, biller: str) -> PaymentReply:
        return PaymentReply(payment_id=_number(serial), serial=serial, amount_fen=fen, payer_state=payer,
                            biller_state=biller, business_day=self.now.astimezone(ZONE).date())  # fmt: skip


def own(code: ResultCode, word: str = "") -> BillerAnswer:
    """A refusal by a number of ours that the messages do not know."""
    return BillerAnswer(Code.BILLER_REJECTED, None, word, f"{code:04d}")


def _told(there: StandingPayment, message: Charge, verbs: Verbs) -> BillerAnswer:
    """Of what stands under the serial of a charge."""
    if there.back:
        return own(ConnectorCode.TAKEN_BACK)
    if there.fen != message.amount_fen:
        return own(ConnectorCode.OTHER_AMOUNT)
    return answer_of(Code.OK, verbs._reply(message.serial, there.fen, "taken", "booked"), "")


def _written(talk: Talk, statement: WriteStatement, given: dict[str, Any]) -> None:
    touched = talk.write(statement.sql, given)
    if statement.rows != "any" and not statement.is_call and touched != statement.rows:
        raise DatabaseFault(Fault(ConnectorCode.ROWS_UNFIT, "", f"{touched} rows instead of {statement.rows}"))


def _number(serial: str) -> int:
    """A serial of ours at a biller is a payment's number."""
    return int(serial) if serial.isdigit() and 0 < int(serial) < 2**63 else 1
