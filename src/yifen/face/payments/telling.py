"""One payment as its page tells it: facts, lines, time line, messages, postings."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.capitals import capitals
from yifen.core.facts.codes import MEANINGS, Code
from yifen.core.facts.money import format_yuan
from yifen.face import words
from yifen.face.masking import account_shown
from yifen.hub.payments.lookup_detail import Detail, EventRow, MessageRow

Shown = dict[str, Any]


OUTCOMES: words.Words = {**words.VERBS, **words.BILLER_STATES, "reverse_refused": (gettext_lazy("冲正被拒"), "bad")}


def context(found: Detail, access: Access, added: list[Shown]) -> Shown:
    """What the template shows; `added`: facts that trades add to the states of both sides."""
    payment = found.payment
    return {
        "payment": payment,
        "detail": found,
        "capital": capitals(payment.amount_fen),
        "breadcrumbs": [{"title": _("缴费"), "url": "../"}, {"title": str(payment.payment_id)}],
        "who": who(found, access),
        "states": states(found, added),
        "lines": lines(found, access),
        "events": events(found),
        "call": call(found),
        "transfers": transfers(found, access),
        "messages_kept": [message(row) for row in found.messages],
    }


def who(found: Detail, access: Access) -> list[Shown]:
    """Whose money, by whom, when."""
    payment = found.payment
    return [
        {"title": _("收费单位"), "text": f"{payment.biller_code} {payment.biller_name}"},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, payment.account_no)},
        {"title": _("户名"), "text": found.payer_name},
        {"title": _("渠道"), "text": f"{payment.channel_code} {payment.channel_name}"},
        {"title": _("渠道流水号"), "kind": "copy", "text": payment.serial},
        {"title": _("收费方流水号"), "kind": "code", "text": payment.biller_serial or "—"},
        {"title": _("操作员"), "text": found.operator},
        {"title": _("付款时间"), "kind": "time", "at": payment.paid_at},
    ]


def states(found: Detail, added: list[Shown]) -> list[Shown]:
    """Two sides, two states, and what trades know of the payment."""
    payment = found.payment
    given_fen = sum(row.amount_fen for row in found.returns if row.booked_at)
    given = [{"title": _("已退款（元）"), "text": format_yuan(given_fen)}] if given_fen else []
    return [
        {"title": _("付款方状态"), **words.badge(words.PAYER_STATES, payment.payer_state)},
        {"title": _("收费方状态"), **words.badge(words.BILLER_STATES, payment.biller_state)},
        *given,
        *added,
        {"title": _("收费方返回码"), "kind": "code", "text": found.biller_code or "—"},
        {"title": _("会计日期"), "kind": "code", "text": payment.business_day.isoformat()},
        {"title": _("入账时间"), "kind": "time", "at": payment.booked_at}
        if payment.booked_at
        else {"title": _("入账时间"), "text": None},
    ]


def lines(found: Detail, access: Access) -> Shown:
    """The payables that were paid."""
    sees = access.may("payables.view")
    columns = (_("应缴项"), _("名称"), _("缴法"), _("现状"))
    rows = [
        cells(
            {"kind": "code", "text": row.ref, "url": f"../../payables/{row.payable_id}/" if sees else ""},
            {"text": row.title},
            {"text": words.word(words.PAYABLE_MODES, row.mode)},
            words.badge(words.PAYABLE_STATES, row.state),
            {"kind": "amount", "fen": row.amount_fen},
        )
        for row in found.lines
    ]  # fmt: skip
    return {"columns": [*({"title": title} for title in columns),
                        {"title": _("金额（元）"), "kind": "amount"}], "rows": rows}  # fmt: skip


def transfers(found: Detail, access: Access) -> Shown:
    """The postings of the ledger, numbered as statements number them."""
    bucket = payment_bucket(found.payment.payment_id)
    columns = (_("编号"), _("种类"), _("借方账户"), _("贷方账户"))
    rows = [
        cells(
            {"kind": "code", "text": f"{bucket}-{row.transfer_no}"},
            words.badge(words.TRANSFER_KINDS, row.kind),
            {"text": f"{row.debit_code} {words.account(row.debit_name)}"},
            {"text": f"{row.credit_code} {words.account(row.credit_name)}"},
            {"kind": "amount", "fen": row.amount_fen},
            {"kind": "code", "text": row.payable_ref},
            {"kind": "code", "text": f"→ {bucket}-{row.of_no}" if row.of_no else ""},
            {"kind": "time", "at": row.booked_at},
        )
        for row in found.transfers
    ]
    return {
        "columns": [
            *({"title": title} for title in columns), {"title": _("金额（元）"), "kind": "amount"},
            {"title": _("应缴项")}, {"title": _("所对分录")}, {"title": _("记账时间")},
        ],
        "rows": rows,
    }  # fmt: skip


def cells(*found: Shown) -> Shown:
    return {"cells": list(found)}


def events(found: Detail) -> list[Shown]:
    """Booking, what changed afterwards, return; the oldest first."""
    payment = found.payment
    shown = [{"title": _("付款"), "at": payment.paid_at, "tone": "neutral",
              "note": payment.channel_name}]  # fmt: skip
    if payment.booked_at:
        shown.append({"title": _("入账"), "at": payment.booked_at, "tone": "ok",
                      "note": _("会计日期 %s") % payment.business_day})  # fmt: skip
    shown += [event(row) for row in found.events]
    for back in found.returns:
        title = words.word(words.VERBS, back.verb)
        note = " · ".join(filter(None, (format_yuan(back.amount_fen), back.serial, back.reason)))
        shown.append({"title": title, "at": back.booked_at, "time": _("等待收费方"), "note": note,
                      "tone": "neutral" if back.booked_at else "waiting"})  # fmt: skip
    return sorted(shown, key=lambda row: (row["at"] is None, row["at"]))


def event(row: EventRow) -> Shown:
    """A change of either state."""
    payer = words.word(words.PAYER_STATES, row.payer_state)
    biller = words.word(words.BILLER_STATES, row.biller_state)
    return {"title": f"{payer} · {biller}", "at": row.at, "note": noted(row.note),
            "tone": words.tone(words.BILLER_STATES, row.biller_state)}  # fmt: skip


def noted(note: str) -> str:
    """What the biller answered, with its code, or the verb that was asked of it."""
    outcome, space, code = note.partition(" ")
    return f"{words.word(OUTCOMES, outcome)}{space}{code}"


def call(found: Detail) -> Shown | None:
    """What is still to be asked of the biller."""
    if found.call is None:
        return None
    return {"step": words.word(words.VERBS, found.call.step), "tries": found.call.tries,
            "resent": found.call.resent, "due_at": found.call.due_at}  # fmt: skip


def message(row: MessageRow) -> Shown:
    """A masked message with its answer."""
    meaning = MEANINGS.get(row.code)  # type: ignore[call-overload]
    return {
        "row": row,
        "verb": words.word(words.VERBS, row.verb),
        "arrow": "←" if row.direction == "in" else "→",
        "code": f"{row.code:04d}",
        "meaning": (meaning.zh, meaning.en) if meaning else ("", ""),
        "ok": row.code == Code.OK,
    }
