"""Clauses of a biller: repeats, lost answers, late messages. Booked once, whatever happens."""

from concurrent.futures import ThreadPoolExecutor

from yifen.core.facts.codes import Code
from yifen.core.wire.replies import PaymentReply
from yifen.hub.certify.answers import code_text, state_of
from yifen.hub.certify.biller_steps import (
    book,
    booked,
    need_books,
    need_refused,
    need_restores,
    take_back,
)
from yifen.hub.certify.report import need
from yifen.hub.certify.session import Session


def repeat(s: Session) -> None:
    need_books(s)
    debt = s.debt()
    charge = s.charge(debt)
    first = s.ask(charge)
    booked_first = first.code is Code.OK
    again = booked(s, charge)
    need(not booked_first or again[:2] == first[:2], "同号同内容，应答不同",
         "the same serial and content, another answer")  # fmt: skip
    s.need_due(debt, debt.due_fen - debt.amount_fen)
    take_back(s, charge, debt)


def at_once(s: Session) -> None:
    need_books(s)
    debt = s.debt()
    charge = s.charge(debt)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(s.ask, (charge, charge)))
    for answer in answers:
        need(answer.code is Code.OK or answer.code.meaning.retryable,
             f"同时两次，其一应答 {code_text(answer)}",
             f"twice at once, one was answered {code_text(answer)}")  # fmt: skip
    ids = {a.reply.payment_id for a in answers if isinstance(a.reply, PaymentReply)}
    need(len(ids) <= 1, "同时两次，得两个支付编号", "twice at once, two payment ids")
    booked(s, charge)
    s.need_due(debt, debt.due_fen - debt.amount_fen)
    take_back(s, charge, debt)


def serial_other_amount(s: Session) -> None:
    debt = s.debt()
    charge, _ = book(s, debt)
    other = s.charge(debt._replace(amount_fen=debt.amount_fen + 1), charge.serial)
    need_refused(s.ask(other, refusable=True), Code.SERIAL_REUSED)
    s.need_due(debt, debt.due_fen - debt.amount_fen)


def serial_other_payable(s: Session) -> None:
    """Of an account with one payable, the other one is invented: it must be refused all the same."""
    first = s.debt()
    charge, _ = book(s, first)
    other = next((debt for debt in s.debts() if debt.payable != first.payable), None)
    asked = other or first._replace(payable=f"NO-{s.serial()}")
    need_refused(s.ask(s.charge(asked, charge.serial), refusable=True), Code.SERIAL_REUSED)
    if other is not None:
        s.need_due(other, other.due_fen)
    s.need_due(first, first.due_fen - first.amount_fen)


def charge_after_reversal(s: Session) -> None:
    need_restores(s)
    debt = s.debt()
    charge, _ = book(s, debt)
    s.ask(s.reversal(charge))
    s.ask(charge, refusable=True)
    s.need_due(debt, debt.due_fen)


def time_out(s: Session) -> None:
    need_books(s)
    debt = s.debt()
    charge = s.charge(debt)
    s.hang_up(charge)
    answer = s.settled(charge.serial)
    state = state_of(answer)
    need(state != "unclear", f"一直没有确定结果：{code_text(answer)}",
         f"no definite state: {code_text(answer)}")  # fmt: skip
    if state == "gone":
        s.need_due(debt, debt.due_fen)
        return
    if state == "never":
        booked(s, charge)
    s.need_due(debt, debt.due_fen - debt.amount_fen)
    take_back(s, charge, debt)


def time_out_resent(s: Session) -> None:
    need_books(s)
    debt = s.debt()
    charge = s.charge(debt)
    s.hang_up(charge)
    booked(s, charge)
    s.timing.pause(s.target.settle_s)
    s.need_due(debt, debt.due_fen - debt.amount_fen)
    take_back(s, charge, debt)


def late_original(s: Session) -> None:
    need_restores(s)
    debt = s.debt()
    charge = s.charge(debt)
    s.hang_up(charge)
    back = s.reversal(charge)
    answer = s.ask(back, refusable=True)
    for _ in range(int(s.target.timeout_s) + 1):
        if not answer.code.meaning.retryable:
            break
        s.timing.pause(s.target.settle_s)
        answer = s.ask(back, refusable=True)
    s.timing.pause(s.target.settle_s)
    state = state_of(s.settled(charge.serial))
    need(state != "booked", "冲正之后，迟到的原交易入了账", "the late original was booked")
    s.need_due(debt, debt.due_fen)
