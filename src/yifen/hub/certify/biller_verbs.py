"""Clauses of a biller: the verbs, and what is refused in them."""

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Confirm, Line
from yifen.core.wire.replies import PaymentReply, QueryReply
from yifen.hub.certify.answers import code_text, state_of
from yifen.hub.certify.biller_steps import (
    book,
    need_not_booked,
    need_refused,
    need_restores,
    sent_and_booked,
    take_back,
)
from yifen.hub.certify.report import need
from yifen.hub.certify.session import Session


def query(s: Session) -> None:
    answer = s.ask(s.query())
    reply = answer.reply
    need(answer.code is Code.OK and isinstance(reply, QueryReply),
         f"查询应答 {code_text(answer)}", f"the query was answered {code_text(answer)}")  # fmt: skip
    assert isinstance(reply, QueryReply)
    for view in reply.payables:
        fits = 0 <= view.min_fen <= view.max_fen
        whole = view.min_fen == view.max_fen == view.due_fen
        need(fits and (whole or view.mode != "exact"),
             f"应缴项 {view.payable}：可缴金额与缴费方式 {view.mode} 不符",
             f"payable {view.payable}: its amounts do not fit mode {view.mode}")  # fmt: skip


def unknown_account(s: Session) -> None:
    need_refused(s.ask(s.query(f"NO-{s.serial()}"), refusable=True), Code.ACCOUNT_UNKNOWN)


def charge(s: Session) -> None:
    debts = s.debts()
    need(debts, f"户号 {s.target.account_no} 没有可缴的应缴项，请换一个欠费户号",
         f"account {s.target.account_no} owes nothing: choose one that does")  # fmt: skip
    s.books = False
    sent_and_booked(s, s.charge(debts[0]))
    s.need_due(debts[0], debts[0].due_fen - debts[0].amount_fen)
    s.books = True


def confirm(s: Session) -> None:
    sent, first = book(s, s.debt())
    answer = s.settled(sent.serial)
    need(state_of(answer) == "booked", f"查询结果为 {code_text(answer)}，不是已入账",
         f"confirm says {code_text(answer)}, not booked")  # fmt: skip
    ids = [r.payment_id for r in (first.reply, answer.reply) if isinstance(r, PaymentReply)]
    need(len(set(ids)) <= 1, f"支付编号不一致：{ids}", f"payment ids differ: {ids}")


def reverse(s: Session) -> None:
    s.restores = False
    debt = s.debt()
    sent, _ = book(s, debt)
    answer = s.ask(s.reversal(sent))
    if answer.code is Code.PROCESSING:
        answer = s.settled(sent.serial)
    need(answer.code is Code.OK, f"冲正应答 {code_text(answer)}",
         f"the reversal was answered {code_text(answer)}")  # fmt: skip
    state = state_of(s.settled(sent.serial))
    need(state in ("gone", "never"), f"冲正后查询结果仍为 {state}", f"confirm still says {state}")
    s.need_due(debt, debt.due_fen)
    s.restores = True


def wrong_amount(s: Session) -> None:
    debt = s.debt()
    for fen in debt.wrong_fen:
        sent = s.charge(debt._replace(amount_fen=fen))
        need_refused(s.ask(sent, refusable=True), Code.AMOUNT_WRONG)
        need_not_booked(s, sent, debt)


def wrong_total(s: Session) -> None:
    debt = s.debt()
    sent = s.charge(debt, amount_fen=debt.amount_fen + 1)
    need_refused(s.ask(sent, refusable=True), Code.TOTAL_WRONG)
    need_not_booked(s, sent, debt)


def all_or_none(s: Session) -> None:
    debt = s.debt()
    lines = [Line(payable=debt.payable, amount_fen=debt.amount_fen),
             Line(payable=f"NO-{s.serial()}", amount_fen=1)]  # fmt: skip
    sent = s.charge(debt, lines=lines, amount_fen=debt.amount_fen + 1)
    need_refused(s.ask(sent, refusable=True), Code.PAYABLE_UNKNOWN)
    need_not_booked(s, sent, debt)


def paid_twice(s: Session) -> None:
    """A bill that is paid is not paid again. What may be paid at any time (`open`) is paid anew under
    a new serial: a payment of its own, never the first one once more."""
    debts = sorted(s.debts(), key=lambda debt: ("exact", "partial", "open").index(debt.mode))
    debt = debts[0] if debts else s.debt()
    if debt.mode == "partial":
        debt = debt._replace(amount_fen=debt.due_fen)
    sent, first = book(s, debt)
    if debt.mode != "open":
        need_refused(s.ask(s.charge(debt), refusable=True), Code.ALREADY_PAID)
    else:
        other, second = book(s, debt)
        ids = [r.payment_id for r in (first.reply, second.reply) if isinstance(r, PaymentReply)]
        need(len(set(ids)) == len(ids), f"两个流水号同一支付编号：{ids}",
             f"two serials, one payment id: {ids}")  # fmt: skip
        take_back(s, other, debt)
    take_back(s, sent, debt)


def unknown_serial(s: Session) -> None:
    answer = s.ask(Confirm(original_serial=s.serial()), refusable=True)
    need(answer.code is Code.SERIAL_UNKNOWN, f"应为 4003，得到 {code_text(answer)}",
         f"must be 4003, answered {code_text(answer)}")  # fmt: skip


def reverse_other_amount(s: Session) -> None:
    debt = s.debt()
    sent, _ = book(s, debt)
    back = s.reversal(sent, amount_fen=sent.amount_fen + 1)
    need_refused(s.ask(back, refusable=True), Code.ORIGINAL_MISMATCH)
    s.need_due(debt, debt.due_fen - debt.amount_fen)


def reverse_first(s: Session) -> None:
    debt = s.debt()
    sent = s.charge(debt)
    code = s.ask(s.reversal(sent), refusable=True).code
    need(code in (Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ORIGINAL_NOT_BOOKED, Code.SERIAL_UNKNOWN),
         f"冲正未知原交易，应答 {code.name}",
         f"the reversal of an unknown original was answered {code.name}")  # fmt: skip
    need_refused(s.ask(sent, refusable=True), Code.REVERSED_BEFORE_CHARGE)
    s.need_due(debt, debt.due_fen)


def reverse_again(s: Session) -> None:
    need_restores(s)
    debt = s.debt()
    sent, _ = book(s, debt)
    back = s.reversal(sent)
    first, again = s.ask(back), s.ask(back)
    need(again[:2] == first[:2], "同一冲正流水重复，应答不同", "the same reversal, another answer")
    need_refused(s.ask(s.reversal(sent), refusable=True), Code.ALREADY_REVERSED)
    s.need_due(debt, debt.due_fen)
