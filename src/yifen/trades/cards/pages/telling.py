"""Cards, swipes and claims as their pages tell them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.face import words
from yifen.face.people.called import called
from yifen.trades.cards.pages.listing import refused
from yifen.trades.cards.pages.words import (
    ABOUT,
    CARD_STATES,
    CLAIM_STATES,
    EVENTS,
    KINDS,
    LEVELS,
    MARKS,
    PLACES,
    REPAYMENTS,
    ROW_KINDS,
    SWIPES,
)

Shown = dict[str, Any]
AT_FIELD = {
    "CARD_ITEM_UNKNOWN": "item",
    "CARD_EXEMPTION_NEEDED": "exemption",
    "CARD_INVOICE_WRONG": "invoice",
    "CARD_INVOICE_OTHERWISE": "gross",
    "CARD_INVOICE_USED_UP": "invoice",
    "CARD_INDICATOR": "indicator",
    "CARD_ITEM_CLASS": "indicator",
    "BUDGET_MANY": "indicator",
    "BUDGET_NONE": "indicator",
    "BUDGET_FUND": "indicator",
    "CARD_PAPER_UNREADABLE": "paper",
    "CARD_PAPER_KIND": "paper",
    "CARD_PAPER_TOO_LARGE": "paper",
}


class MySwipe(NamedTuple):
    """A swipe as its holder sees it."""

    swipe_id: int
    card_id: int
    tail: str
    kind: str
    swiped_at: datetime
    posted_on: date | None
    amount_fen: int
    currency: str
    foreign_amount: int
    merchant: str
    mcc: str
    remark: str
    mark: str | None
    unit_id: int | None
    refunded_fen: int
    claimed_fen: int
    left_fen: int
    of_at: datetime | None
    was_lost: bool | None

    @property
    def shown_fen(self) -> int:
        """What came back is below zero."""
        return -self.amount_fen if self.kind == "refund" else self.amount_fen

    @property
    def may_mark(self) -> bool:
        return self.kind == "cleared" and self.claimed_fen == 0 and self.left_fen > 0

    @property
    def may_claim(self) -> bool:
        return self.mark == "official" and self.left_fen > 0

    @property
    def badge(self) -> Shown:
        if self.kind != "cleared":
            return words.badge(SWIPES, self.kind)
        return words.badge(MARKS, self.mark) if self.mark else {"text": _("未标记"), "tone": "waiting"}

    @property
    def foreign(self) -> str:
        return f"{self.currency} {grouped_yuan(self.foreign_amount)}" if self.foreign_amount else ""


class ShownClaim(NamedTuple):
    """A claim; `shown`: digest of what is shown of it."""

    claim_id: int
    bureau_id: int
    unit_id: int
    unit: str
    staff_no: str
    holder: str
    kind: str
    of_id: int | None
    purpose: str
    amount_fen: int
    levels: list[str]
    state: str
    asked_by: str
    asked_at: datetime
    changed_at: datetime
    shown: bytes
    person_id: int
    has_left: bool


class ShownCard(NamedTuple):
    """A card in a unit."""

    place_id: int
    card_id: int
    unit_id: int
    unit: str
    staff_no: str
    holder: str
    tail: str
    state: str
    place: str
    limit_fen: int
    expires: str
    left_at: datetime | None
    bank: str
    bureau_id: int


class RefusedRow(NamedTuple):
    """A row of a bank's word that was refused."""

    row_id: int
    about: str
    kind: str
    tail: str
    number: str
    code: int
    at: datetime
    serial: str
    bank: str
    settled_at: datetime | None
    settled_by: str | None
    note: str | None
    row_no: int
    received_at: datetime


def table(heads: Sequence[Any], lines: Iterable[Sequence[Any]], amounts: Sequence[int] = ()) -> Shown:
    """A plain table."""

    def cell(value: Any) -> Shown:
        return value if isinstance(value, dict) else {"text": "" if value is None else str(value)}

    return {
        "columns": [
            {"title": head, "kind": "amount"} if place in amounts else {"title": head}
            for place, head in enumerate(heads)
        ],
        "rows": [{"cells": [cell(value) for value in line]} for line in lines],
    }


def claims_table(found: Iterable[Sequence[Any]]) -> Shown:
    """A holder's claims, and how much of each is repaid."""
    return table(
        (_("编号"), _("事由"), _("金额（元）"), _("状态"), _("还款")),
        (
            (
                {"text": str(claim), "url": reverse("card_claim", args=[claim])},
                purpose,
                {"kind": "amount", "fen": fen},
                words.word(CLAIM_STATES, state) if state != "asked" else _("审批中"),
                " ".join(filter(None, (f"{paid}/{lines}" if lines else "",
                                       f"{_('退回')} {grouped_yuan(back)}" if back else "", why))),
            )
            for claim, _kind, purpose, fen, state, _at, paid, lines, back, why in found
        ),
        amounts=(2,),
    )


def claim_facts(one: ShownClaim, level: str) -> list[Shown]:
    state = f"at_{level}" if level else one.state
    return [
        {"title": _("报账人"), "text": f"{one.holder} {one.staff_no}"},
        {"title": _("单位"), "text": one.unit},
        {"title": _("种类"), "kind": "badge", **words.badge(KINDS, one.kind)},
        {"title": _("金额（元）"), "kind": "amount", "fen": one.amount_fen},
        {"title": _("事由"), "text": one.purpose},
        {"title": _("状态"), "kind": "badge", **words.badge(CLAIM_STATES, state)},
        {"title": _("提交时间"), "kind": "time", "at": one.asked_at},
        *(
            [
                {
                    "title": _("冲哪张借款单"),
                    "text": str(one.of_id),
                    "url": reverse("card_claim", args=[one.of_id]),
                }
            ]
            if one.of_id
            else []
        ),
    ]


def invoice_told(says: dict[str, Any]) -> str:
    """What a file said, in one line; empty: nothing."""
    parts = [
        says.get("number", ""),
        grouped_yuan(says["gross_fen"]) if says.get("gross_fen") else "",
    ]
    return " · ".join(filter(None, (*parts, says.get("seller", ""), says.get("issued_on", ""))))


def invoice_cell(key: str | None, gross: int | None, seller: str | None, issued_on: Any, says: dict[str, Any]) -> str:
    """An invoice of a line: what is claimed, and whether its file says so or somebody typed it."""
    if not key:
        return _("票据没有号码（报账人声明）") if says.get("no_number") else _("无发票")
    said = {
        "number": key,
        "gross_fen": gross,
        "seller": seller or "",
        "issued_on": str(issued_on or ""),
    }
    line = invoice_told(said)
    if not says:
        return f"{line}（{_('人工填写')}）"
    if any(said.get(name) != value for name, value in says.items()):
        return f"{line}（{_('人工填写')}；{_('文件读出')} {invoice_told(says)}）"
    return f"{line}（{_('文件读出')}）"


IS_OVER = 24  # of the query `claim_lines`: its merchant gave back what is claimed


def line_table(found: Iterable[Sequence[Any]]) -> Shown:
    lines = []
    for (
        number, item, indicator, title, fen, tail, swiped_at, merchant, swiped, currency, foreign, exemption, note,
        invoice, gross, seller, state, due_on, returned, reason, issued_on, says, voucher_no, refunded, _is_over,
        papers, elsewhere, other, lost,
    ) in found:
        what = (
            f"{merchant} {timezone.localtime(swiped_at):%Y-%m-%d} {grouped_yuan(swiped)}"
            if swiped_at
            else " ".join(filter(None, (exemption, note)))
        )
        what += f" ({currency} {grouped_yuan(foreign)})" if foreign else ""
        more = ((pgettext("swipe", "退货"), refunded), (_("另有报账"), other))
        what += "".join(f"；{name} {grouped_yuan(part)}" for name, part in more if part)
        what += "；" + _("挂失后刷卡") if lost else ""
        paper = invoice_cell(invoice, gross, seller, issued_on, says)
        if papers and not invoice and not says:
            paper = _("有附件，没有发票号码")
        paper += f"（{_('另有报账')} {grouped_yuan(elsewhere)}）" if elsewhere else ""
        done = [words.word(REPAYMENTS, state)] if state else []
        done += [f"{_('凭证')} {voucher_no}"] if voucher_no else []
        done += [f"{_('期限')} {due_on}"] if state == "due" else []
        done += [f"{_('退回')} {grouped_yuan(returned)}"] if returned else []
        lines.append(
            (
                number,
                item,
                what,
                paper,
                f"{indicator} {title}",
                {"kind": "amount", "fen": fen},
                f"…{tail}",
                " ".join(str(one) for one in (*done, reason or "")).strip(),
            )
        )
    return table(
        (
            _("行"),
            _("目录项目"),
            _("消费"),
            _("发票"),
            pgettext("card", "指标"),
            _("金额（元）"),
            _("卡"),
            _("还款"),
        ),
        lines,
        amounts=(5,),
    )


def signed_by(login: str, absent: str | None) -> str:
    """Who signed; a deputy in whose place."""
    return called(login) + (f"（{_('代')} {absent}）" if absent else "")


def signature_table(one: ShownClaim, said: Sequence[Sequence[Any]]) -> Shown:
    """Each level's word, and who is still to be asked."""
    done = [
        (
            told(LEVEL_NAMES[level]),
            signed_by(login, absent),
            _("同意") if yes else _("不同意"),
            note,
            {"kind": "time", "at": at},
        )
        for level, login, yes, note, at, absent in said
    ]
    rest = one.levels[len(said) :] if one.state == "asked" else []
    gone = [("", called(one.asked_by), _("撤回"), "", f"{timezone.localtime(one.changed_at):%Y-%m-%d %H:%M}")]
    gone = gone if one.state == "withdrawn" else []
    return table(
        (_("级次"), _("审批人"), _("意见"), _("说明"), _("时间")),
        [*done, *gone, *((told(LEVEL_NAMES[level]), "", "—", "", "") for level in rest)],
    )


LEVEL_NAMES = {
    "cashier": Text("单位经办", "unit cashier"),
    "head": Text("单位负责人", "head of unit"),
    "bureau": Text("国库管理", "treasury officer"),
}


def card_facts(one: ShownCard) -> list[Shown]:
    state = "left" if one.left_at else one.state
    return [
        {"title": _("持卡人"), "text": f"{one.holder} {one.staff_no}"},
        {"title": _("单位"), "text": one.unit},
        {"title": _("卡"), "kind": "code", "text": f"…{one.tail}"},
        {"title": _("发卡行"), "text": one.bank},
        {"title": pgettext("card", "登记"), "kind": "badge", **words.badge(PLACES, one.place)},
        {"title": _("卡状态"), "kind": "badge", **words.badge(CARD_STATES, state)},
        {"title": _("额度（元）"), "kind": "amount", "fen": one.limit_fen or None},
        {
            "title": _("有效期"),
            "kind": "code",
            "text": f"20{one.expires[:2]}-{one.expires[2:]}" if one.expires else None,
        },
    ]


def event_table(found: Iterable[Sequence[Any]]) -> Shown:
    return table(
        (_("时间"), _("变动"), _("单位"), _("之后"), _("谁说的")),
        (
            (
                {"kind": "time", "at": said_at},
                words.word(EVENTS, kind),
                unit or "",
                "" if kind in ("unplace", "ended") else words.word(CARD_STATES, state),  # they say nothing of the card
                called(login) or _("发卡行或系统"),
            )
            for _at, kind, unit, _was, state, said_at, login in found
        ),
    )


def wrong_facts(one: RefusedRow) -> list[Shown]:
    return [
        {"title": _("发卡行"), "text": one.bank},
        {"title": _("报文号"), "kind": "code", "text": one.serial},
        {"title": _("关于"), "kind": "badge", **words.badge(ABOUT, one.about)},
        {"title": _("报文第几行"), "kind": "code", "text": str(one.row_no)},
        {"title": _("收到报文"), "kind": "time", "at": one.received_at},
        {"title": _("变动"), "kind": "badge", **words.badge(ROW_KINDS, one.kind)},
        {"title": _("卡"), "kind": "code", "text": f"…{one.tail}"},
        {"title": _("交易号"), "kind": "code", "text": one.number or None},
        {"title": _("原因"), "text": refused(one.code)},
        {"title": _("时间"), "kind": "time", "at": one.at},
        {"title": pgettext("card", "处理"), "text": f"{called(one.settled_by)} {one.note}" if one.settled_at else None},
    ]


assert set(LEVELS) == set(LEVEL_NAMES)
