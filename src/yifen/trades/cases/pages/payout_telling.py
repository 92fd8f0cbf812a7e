"""Payouts and held money as their pages tell them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.trades.cases import rules
from yifen.trades.cases.pages.payout_words import (
    ALL_KINDS,
    BACK,
    HOLDS,
    KINDS,
    LEVELS,
    STATES,
    WORD,
)
from yifen.trades.cases.pages.telling import Shown, table
from yifen.trades.cases.pages.words import ENTRIES
from yifen.trades.cases.payout import holds, payouts
from yifen.trades.cases.payout.payouts import Application, FreeMoney, LevelWord
from yifen.trades.cases.payout.reading import name_of
from yifen.trades.cases.reading import CaseRow


def free_facts(free: FreeMoney) -> list[Shown]:
    return [
        {"title": _("子账号余额（元）"), "kind": "amount", "fen": free.balance_fen},
        {"title": _("在途（元）"), "kind": "amount", "fen": free.coming_fen},
        {"title": _("冻结（元）"), "kind": "amount", "fen": free.held_fen},
        {"title": _("其他申请占用（元）"), "kind": "amount", "fen": free.promised_fen},
        {"title": _("可用（元）"), "kind": "amount", "fen": free.free_fen},
        {"title": _("银行付款中（元）"), "kind": "amount", "fen": free.going_fen},
    ]  # fmt: skip


def legal_facts(case: CaseRow) -> list[Shown]:
    """What the law deducts of what is to be enforced, if the case says how much that is."""
    return [] if not case.due_fen else [
        {"title": _("申请执行费（按执行标的，元）"), "kind": "amount", "fen": rules.execution_fee_fen(case.due_fen)},
        {"title": _("迟延履行利息每日（按执行标的，元）"), "kind": "amount",
         "fen": rules.delay_interest_fen(case.due_fen, 1)},
    ]  # fmt: skip


def room_facts(asked: Application, free: FreeMoney) -> list[Shown]:
    """Of unidentified money: what nobody claimed."""
    return free_facts(free) if asked.case_id else [
        {"title": _("未认领（元）"), "kind": "amount", "fen": free.balance_fen}]  # fmt: skip


def state_of(state: str, levels: list[str], signed: int, stopped: int | None = None) -> str:
    """As the list has it: whose turn it is."""
    if state == "asked" and signed < len(levels):
        return f"at_{levels[signed]}"
    return "stopped" if state == "approved" and stopped else state


def application_facts(asked: Application, signed: int, access: Access) -> list[Shown]:
    """Accounts are whole for who agrees to payouts and who keeps payees."""
    whole = access.may("cases.payees")
    account = opened_in(key_ring(), asked.payee_no, str if whole else masked_number)
    name = opened_in(key_ring(), asked.payee_name, str if whole else masked_name)
    state = state_of(asked.state, asked.levels, signed, asked.stopped)
    payer, payer_no = payouts.paid_by(asked.receipt_id) if asked.receipt_id else ("", "")
    back = payouts.goes_back_to(asked.payee_no, payer_no) if asked.receipt_id else None
    return [
        {"title": _("状态"), "kind": "badge", "text": words.word(STATES, state), "tone": words.tone(STATES, state)},
        {"title": _("法院"), "text": asked.court},
        *([{"title": _("案号"), "text": asked.number, "url": reverse("court_case", args=[asked.case_id])},
           {"title": _("子账号"), "kind": "code", "text": asked.account_no}] if asked.case_id else
          [{"title": _("不明款"), "text": f"{-(asked.receipt_id or 0)}",
            "url": reverse("court_unknown", args=[-(asked.receipt_id or 0)])}]),
        {"title": _("种类"), "text": words.word(ALL_KINDS, asked.kind)},
        {"title": _("金额（元）"), "kind": "amount", "fen": asked.amount_fen},
        {"title": _("收款人"), "text": told(payouts.whose(
            asked.role, asked.party_name, asked.purpose, asked.party_court, asked.party_case, asked.payee_no))},
        {"title": _("收款账号"), "kind": "code", "text": account}, {"title": _("收款户名"), "text": name},
        {"title": _("开户行"), "text": f"{asked.bank_name} {asked.bank_code}"},
        *([{"title": _("原付款人"), "text": f"{payer} {payer_no}" if whole else masked_name(payer)}] if payer else []),
        *([{"title": _("退回原账户"), "kind": "badge", "text": words.word(BACK, back), "tone": words.tone(BACK, back)}]
          if back else []),
        *([{"title": _("退到其他账户的理由"), "text": asked.other_why}] if asked.other_why else []),
        {"title": _("事由"), "text": asked.words},
        *([{"title": _("凭据"), "text": asked.evidence}] if asked.evidence else []),
        {"title": _("申请人"), "text": name_of(asked.asked_by)},
        {"title": _("申请时间"), "kind": "time", "at": asked.asked_at},
        {"title": _("付款参考号"), "kind": "code", "text": asked.reference},
        *({"title": title, "kind": "code", "text": serial} for title, serial in (
            (_("银行流水号"), asked.bank_serial), (_("退汇流水号"), asked.back_serial)) if serial),
        {"title": _("说明"), "text": asked.reason or (
            Refused(result_code(asked.stopped)).text(get_language() or "zh-hans") if asked.stopped else None)},
    ]  # fmt: skip


def signature_table(asked: Application, found: list[LevelWord]) -> Shown:
    """Each level in its order, with its word if it has given one."""
    given = {word.step: word for word in found}

    def line(step: int, level: str) -> tuple[Any, ...]:
        word = given.get(step)
        if word is None:
            return words.word(LEVELS, level), "", "", "", "", ""
        said = "yes" if word.yes else "no"
        return (words.word(LEVELS, level), {"kind": "badge", "text": words.word(WORD, said),
                                            "tone": words.tone(WORD, said)},
                name_of(word.login), {"kind": "time", "at": word.at}, {"kind": "amount", "fen": word.balance_fen},
                word.note)  # fmt: skip

    return table((_("审批级"), _("结论"), _("审批人"), _("时间"), _("当时余额（元）"), _("意见")),
                 (line(step, level) for step, level in enumerate(asked.levels, 1)), (4,))  # fmt: skip


def application_table(case: CaseRow) -> Shown:
    """The applications of a case, the newest first."""
    def line(row: tuple[Any, ...]) -> tuple[Any, ...]:
        number, kind, fen, state, asked_by, asked_at, _changed, levels, signed, stopped = row
        at = state_of(state, levels, signed, stopped)
        return ({"text": str(number), "url": reverse("court_payout", args=[number])}, words.word(KINDS, kind),
                {"kind": "amount", "fen": fen}, name_of(asked_by), {"kind": "time", "at": asked_at},
                {"kind": "badge", "text": words.word(STATES, at), "tone": words.tone(STATES, at)})  # fmt: skip

    return table((_("编号"), _("种类"), _("金额（元）"), _("申请人"), _("申请时间"), _("状态")),
                 map(line, payouts.of_case(case)), (2,))  # fmt: skip


def hold_table(case: CaseRow, access: Access) -> Shown:
    """Held parts of a case; what was released comes last."""
    may = access.may("cases.hold")

    def line(row: tuple[Any, ...]) -> tuple[Any, ...]:
        hold_id, kind, fen, source, from_on, until_on, _made, released, proposal = row
        if released:
            end: Any = {"kind": "time", "at": released}
        elif proposal:
            end = {"text": _("待复核"), "url": reverse("proposal", args=[proposal])}
        else:
            end = {"url": reverse("court_release", args=[hold_id]), "text": _("解除")} if may else ""
        return ({"kind": "badge", "text": words.word(HOLDS, kind), "tone": words.tone(HOLDS, kind)},
                _("全部") if fen is None else {"kind": "amount", "fen": fen}, source,
                f"{from_on} – {until_on or ''}", end)  # fmt: skip

    return table((_("种类"), _("金额（元）"), _("冻结来源"), _("起止"), _("解除")),
                 map(line, holds.of_case(case)), (1,))  # fmt: skip


def receipt(row: Iterable[Any]) -> str:
    """A receipt that may be refunded, in a choice."""
    _document, came_at, kind, _fen, left, serial, _of = row
    said = " ".join(filter(None, (f"{timezone.localtime(came_at):%Y-%m-%d}", str(words.word(ENTRIES, kind)), serial)))
    return f"{said} · {grouped_yuan(left)}"
