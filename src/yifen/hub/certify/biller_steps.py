"""What several clauses of a biller do: book a charge, take it back, judge a refusal."""

from collections.abc import Callable

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.messages import Charge
from yifen.core.wire.replies import BillerAnswer
from yifen.hub.certify.answers import FIRST_BUSINESS_CODE, Debt, code_text, state_of
from yifen.hub.certify.report import need, skip
from yifen.hub.certify.session import Session

Clause = Callable[[Session], None]


def book(s: Session, debt: Debt) -> tuple[Charge, BillerAnswer]:
    """A charge that must be booked, and the answer that said so."""
    charge = s.charge(debt)
    return charge, booked(s, charge)


def booked(s: Session, charge: Charge) -> BillerAnswer:
    """Sends a charge; it must be booked, at once or after a while. NotRun where that does not work
    in itself."""
    need_books(s)
    return sent_and_booked(s, charge)


def sent_and_booked(s: Session, charge: Charge) -> BillerAnswer:
    answer = s.ask(charge)
    if answer.code is Code.PROCESSING:
        answer = s.settled(charge.serial)
    need(answer.code is Code.OK, f"销账未入账：{code_text(answer)}",
         f"the charge was not booked: {code_text(answer)}")  # fmt: skip
    return answer


def take_back(s: Session, charge: Charge, debt: Debt) -> None:
    """Reverses a booked charge. Where reversals work, the same must be due afterwards as before the
    charge: that is how a charge booked twice shows."""
    answer = s.ask(s.reversal(charge))
    if s.restores and answer.code is Code.OK:
        s.need_due(debt, debt.due_fen)


def need_books(s: Session) -> None:
    """NotRun where charges are not booked: the clause of the charge has said so, and no more money
    is put at stake."""
    if not s.books:
        skip("销账不可用", "charges do not work")


def need_restores(s: Session) -> None:
    """NotRun where reversals do not work: the clause of the reversal has said so."""
    if not s.restores:
        skip("冲正不可用", "reversals do not work")


def is_refusal(answer: BillerAnswer, first: int = 1) -> bool:
    """Final, and with a code not below `first`; a code of the biller's own is a refusal too."""
    return answer.is_foreign or (not answer.code.meaning.retryable and answer.code >= first)


def need_refused(answer: BillerAnswer, code: Code) -> None:
    """A final business refusal; `code` is the one to expect."""
    need(is_refusal(answer, FIRST_BUSINESS_CODE), *unlike(code, code_text(answer)))


def need_rejected(found: BillerAnswer | int | None, code: Code, silence: bool = False) -> None:
    """A message that must not be read: a final refusal with any code, or HTTP 4xx. `silence`: a
    closed connection will do."""
    match found:
        case None:
            need(silence, *unlike(code, "无应答 no answer"))
        case int():
            need(400 <= found < 500, *unlike(code, f"HTTP {found}"))
        case _:
            need(is_refusal(found), *unlike(code, code_text(found)))


def unlike(code: Code, got: str) -> tuple[str, str]:
    wanted = f"{wire_code(code)} {code.name}"
    return f"应拒绝（{wanted}），得到 {got}", f"must be refused ({wanted}), answered {got}"


def need_not_booked(s: Session, charge: Charge, debt: Debt) -> None:
    """Neither confirm nor what is due knows of this charge."""
    state = state_of(s.settled(charge.serial))
    need(state != "booked", "被拒的销账却已入账", "the charge that was refused is booked")
    s.need_due(debt, debt.due_fen)
