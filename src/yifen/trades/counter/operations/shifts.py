"""Opening 开班 and balancing 轧账 a teller's shift."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import User
from yifen.core.access.second import Change, Decision, Signature
from yifen.core.audit.record import act
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.desk import papers
from yifen.trades.counter import queries, rules
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Entry, Shift
from yifen.trades.counter.operations.locks import locked_shift

ACT, OPENING = "desk.close", "desk.open"
TITLES = {"opening": Text("开班现金（元）", "Opening cash (yuan)"),
          "expected": Text("应有现金（元）", "Expected (yuan)"), "counted": Text("实点现金（元）", "Counted (yuan)"),
          "difference": Text("长短款（元）", "Over or short (yuan)")}  # fmt: skip
PAPERS = Text("重空账实不符", "Papers counted otherwise")


@transaction.atomic
def open_shift(teller: User, opening_fen: int, now: datetime) -> Shift:
    """Start a day at the counter with this much cash in the drawer. Refused: COUNTER_MISSING,
    INPUT_INVALID, SHIFT_ALREADY_OPEN, OPENING_DIFFERS (it is not what he counted when he balanced last: a reason and a
    checker are missing), and what a trade says that keeps his papers."""
    _check_opening(teller, opening_fen)
    left_fen = queries.left_fen(teller.pk)
    if left_fen != opening_fen:
        raise Refused(CounterCode.OPENING_DIFFERS, "opening", f"¥{grouped_yuan(left_fen)}")
    return _opened(teller, opening_fen, now)


def open_otherwise(access: Access, opening_fen: int, now: datetime, signature: Signature, reason: str) -> None:
    """The same with other cash than was left in the drawer, which a supervisor saw. Refused: as `open_shift` and as
    `second.on_the_spot` refuse."""
    assert access.user is not None
    subject = f"opening {access.user.pk}"
    second.on_the_spot(access, OPENING, subject, {"fen": opening_fen, "teller": access.user.pk}, signature, now,
                       reason=reason)  # fmt: skip


def named(subject: str) -> Text:
    """Whose drawer: of a shift its teller and number, of an opening the teller."""
    kind, _, number = subject.partition(" ")
    if kind == "opening":
        who = str(User.objects.filter(pk=int(number)).first() or number)
        return Text(who, who)
    shift = Shift.objects.select_related("teller").filter(pk=int(number)).first()
    who = f"{shift.teller} " if shift else ""
    return Text(f"{who}班次 {number}", f"{who}shift {number}")


def view_opening(content: dict[str, Any]) -> list[Change]:
    """What was left, and what he begins with. Refused: INPUT_INVALID."""
    left_fen = queries.left_fen(content["teller"])
    _check_cash(content["fen"])
    return [Change("opening", TITLES["opening"], grouped_yuan(left_fen), grouped_yuan(content["fen"])),
            Change("difference", TITLES["difference"], None, grouped_yuan(content["fen"] - left_fen))]  # fmt: skip


def open_signed(content: dict[str, Any], decision: Decision) -> None:
    """As the supervisor saw it. Refused: AUTHORISATION_INVALID (it is another's drawer), and as `open_shift`."""
    if decision.maker.pk != content["teller"]:
        raise Refused(Code.AUTHORISATION_INVALID)
    _opened(decision.maker, content["fen"], decision.now)


def _check_cash(opening_fen: int) -> None:
    if not 0 <= opening_fen <= rules.CASH_FEN_MAX:
        raise Refused(Code.INPUT_INVALID, "opening", f"≤ {grouped_yuan(rules.CASH_FEN_MAX)}")


def _check_opening(teller: User, opening_fen: int) -> None:
    _check_cash(opening_fen)
    if queries.open_shift_of(teller):
        raise Refused(CounterCode.SHIFT_ALREADY_OPEN)


def _opened(teller: User, opening_fen: int, now: datetime) -> Shift:
    _check_opening(teller, opening_fen)
    for keeper in papers.keepers():
        keeper.check_opening(teller.pk)
    channel = queries.counter_of(teller.institution_id)
    day = queries.business_day_of(channel.partner.book_id)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                teller=teller, institution_id=teller.institution_id, channel=channel,
                business_day=day, opened_at=now, opening_fen=opening_fen,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(CounterCode.SHIFT_ALREADY_OPEN) from None
    shift.refresh_from_db()
    act(connection, "shift.open", "counter_shift", shift.pk,
        after={"opening_fen": opening_fen, "left_fen": shift.left_fen})  # fmt: skip
    return shift


@transaction.atomic
def close_shift(
    access: Access, counted: Mapping[int, int], now: datetime, signature: Signature | None = None,
    reason: str = "",
) -> Shift:  # fmt: skip
    """Balance the drawer against what was booked; drafts that were never sent lapse. `counted`:
    value in fen → pieces. Refused: SHIFT_NOT_OPEN, INPUT_INVALID, ENTRY_UNDECIDED,
    SHIFT_DIFFERENCE (a reason and a checker are missing), what a trade says that keeps his papers, and as
    `second.on_the_spot` refuses."""
    assert access.user is not None
    shift = locked_shift(access.user)
    for keeper in papers.keepers():
        keeper.check_closing(access.user.pk, shift.opened_at)
    difference_fen, missed = _balance(shift, counted), papers.differing(shift.teller_id, shift.opened_at, now)
    if not difference_fen and not missed:
        return _close(shift, counted, now)
    if signature is None or not reason:
        told = [grouped_yuan(difference_fen)] * bool(difference_fen) + missed
        raise Refused(CounterCode.SHIFT_DIFFERENCE, "reason", "；".join(told))
    content = {"shift": shift.pk, "counted": {str(value): pieces for value, pieces in counted.items()}}
    second.on_the_spot(access, ACT, f"shift {shift.pk}", content, signature, now, reason=reason)
    shift.refresh_from_db()
    return shift


def view(content: dict[str, Any]) -> list[Change]:
    """What should be in the drawer, what was counted, and papers of which the count differs. Refused: SHIFT_NOT_OPEN,
    INPUT_INVALID, ENTRY_UNDECIDED."""
    shift, counted = _of(content)
    difference_fen = _balance(shift, counted)
    found = {"expected": shift.expected_fen or 0, "counted": rules.counted_fen(counted),
             "difference": difference_fen}  # fmt: skip
    missed = papers.differing(shift.teller_id, shift.opened_at, now())
    return [*(Change(field, TITLES[field], None, grouped_yuan(fen)) for field, fen in found.items()),
            *(Change(f"papers {number}", PAPERS, None, one) for number, one in enumerate(missed))]  # fmt: skip


def close(content: dict[str, Any], decision: Decision) -> None:
    """With what is too much or too little, as the supervisor saw it."""
    shift, counted = _of(content)
    shift.authorisation_id, shift.reason = decision.proposal, decision.reason
    _balance(shift, counted)
    _close(shift, counted, decision.now)


def _of(content: dict[str, Any]) -> tuple[Shift, dict[int, int]]:
    found = Shift.objects.select_related("channel__partner").filter(pk=content["shift"])
    shift = found.filter(state=Shift.State.OPEN).first()
    if shift is None:
        raise Refused(CounterCode.SHIFT_NOT_OPEN)
    return shift, {int(value): pieces for value, pieces in content["counted"].items()}


def _balance(shift: Shift, counted: Mapping[int, int]) -> int:
    """By how many fen the drawer differs. Refused: INPUT_INVALID, ENTRY_UNDECIDED."""
    shift.counted_fen = rules.counted_fen(counted)
    if queries.undecided(shift).exists() or any(part.undecided for part in queries.drawer_parts(shift)):
        raise Refused(CounterCode.ENTRY_UNDECIDED)
    shift.expected_fen = queries.expected_fen(shift)
    shift.difference_fen = shift.counted_fen - shift.expected_fen
    return shift.difference_fen


def _close(shift: Shift, counted: Mapping[int, int], now: datetime) -> Shift:
    shift.entries.filter(state=Entry.State.DRAFT).update(
        state=Entry.State.REFUSED, result=CounterCode.DRAFT_LAPSED
    )
    shift.counted = {str(value): pieces for value, pieces in counted.items() if pieces}
    shift.closed_at, shift.state = now, Shift.State.CLOSED
    shift.save()
    act(connection, "shift.close", "counter_shift", shift.pk,
        after={"expected_fen": shift.expected_fen, "difference_fen": shift.difference_fen})  # fmt: skip
    return shift
