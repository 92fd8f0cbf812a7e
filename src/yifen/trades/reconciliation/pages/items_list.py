"""The work list of differences 差异: class, owner, age, deadline, what is proposed."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.face import scope
from yifen.face import words as said
from yifen.face.lists import keys
from yifen.face.lists.filters import (
    ChosenField,
    DayField,
    Filters,
    SearchField,
    WordField,
    check_days,
)
from yifen.face.lists.listing import Ask, Column, Listing, Select
from yifen.trades.reconciliation.pages import partners, words

DAYS_MAX = 3660
SELECT = """
SELECT i.item_id, i.partner_id, p.code, p.name, i.business_day, i.class::text, i.serial,
    i.state::text, i.action, i.owner, i.deadline, i.opened_at,
    %(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date,
    i.state <> 'closed' AND coalesce(i.deadline < %(today)s::date, false), i.ours_fen, i.theirs_fen,
    i.proposed_by, i.closed_at, i.closed_by
FROM recon_item i JOIN partner p ON p.id = i.partner_id"""
DUE = "coalesce(i.deadline, '9999-12-31'::date)"
SUM = "greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0))"


class Line(Struct, frozen=True):
    """One difference as the work list has it; `age_days` since it was found."""

    item_id: int
    partner_id: int
    partner_code: str
    partner_name: str
    business_day: date
    kind: str
    serial: str
    state: str
    action: str | None
    owner: str | None
    deadline: date | None
    opened_at: datetime
    age_days: int
    is_late: bool
    ours_fen: int | None
    theirs_fen: int | None
    proposed_by: str | None
    closed_at: datetime | None
    closed_by: str | None

    @property
    def action_name(self) -> Any:
        return said.word(words.ACTIONS, self.action or "")

    @property
    def sum_fen(self) -> int:
        return max(self.ours_fen or 0, self.theirs_fen or 0)


class ItemFilters(Filters):
    """What is not closed, unless the address says otherwise."""

    partner = ChosenField(_("合作方"))
    kind = WordField(_("差异类别"), said.choices(words.CLASSES))
    state = WordField(_("状态"), [("todo", _("未平")), *said.choices(words.STATES)])
    owner = WordField(_("处理人"), [("mine", _("我")), ("nobody", _("无人"))])
    late = WordField(_("期限"), [("late", _("已超期"))])
    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))
    serial = SearchField(_("流水号"))

    def first_value(self, name: str) -> Any:
        return "todo" if name == "state" else super().first_value(name)

    def arrange(self) -> None:
        found = partners.choices(self.access.scope)
        self.fields["partner"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_days(self, data.get("since"), data.get("until"), DAYS_MAX)
        return data


WHERE = {
    "partner": "i.partner_id = %(partner)s",
    "kind": "i.class = %(kind)s::recon_class",
    "since": "i.business_day >= %(since)s",
    "until": "i.business_day <= %(until)s",
    "serial": "i.serial = %(serial)s",
}


def select(ask: Ask) -> Select:
    """The items in scope."""
    asked, user = ask.filters, ask.access.user
    where = [partners.IN_SCOPE, *(sql for name, sql in WHERE.items() if asked[name])]
    if asked["state"]:
        where.append("i.state <> 'closed'" if asked["state"] == "todo"
                     else "i.state = %(state)s::recon_state")  # fmt: skip
    if asked["owner"]:
        where.append("i.owner = %(login)s" if asked["owner"] == "mine" else "i.owner IS NULL")
    if asked["late"]:
        where.append("i.state <> 'closed' AND i.deadline < %(today)s::date")
    params = scope.params(ask.access.scope) | asked
    return Select(SELECT, where, params | {"today": timezone.localdate(ask.now),
                                           "login": user.login if user else ""})  # fmt: skip


def item_url(row: Line, access: Access) -> str:
    return reverse("difference", args=[row.item_id])


def due(row: Line) -> Any:
    """The deadline; one that is over says so."""
    if row.deadline is None:
        return None
    return _("%s 超期") % row.deadline if row.is_late else row.deadline.isoformat()


def due_tone(row: Line) -> str:
    return "bad" if row.is_late else "neutral"


def state_said(row: Line) -> Any:
    """The state; with what is proposed, where something is."""
    name = said.word(words.STATES, row.state)
    if row.action and row.state != "closed":
        return f"{name} · {said.word(words.ACTIONS, row.action)}"
    return name


def columns() -> tuple[Column, ...]:
    return (
        Column(title=_("编号"), kind="code", order="item", value=lambda r, a: str(r.item_id), url=item_url),
        Column(title=_("会计日期"), kind="day", value=lambda r, a: r.business_day),
        Column(title=_("合作方"), value=lambda r, a: f"{r.partner_code} {r.partner_name}"),
        Column(title=_("差异类别"), value=lambda r, a: said.word(words.CLASSES, r.kind)),
        Column(title=_("流水号"), kind="code", value=lambda r, a: r.serial),
        Column(title=_("我方金额（元）"), kind="amount", value=lambda r, a: r.ours_fen),
        Column(title=_("对方金额（元）"), kind="amount", order="amount", value=lambda r, a: r.theirs_fen),
        Column(title=_("天数"), kind="num", value=lambda r, a: r.age_days),
        Column(title=_("期限"), kind="badge", order="due", value=lambda r, a: due(r) or "—", tone=due_tone),
        Column(title=_("处理人"), value=lambda r, a: r.owner),
        Column(title=_("状态"), kind="badge", value=lambda r, a: state_said(r),
               tone=lambda r: said.tone(words.STATES, r.state)),
        Column(title=_("发现时间"), kind="time", value=lambda r, a: r.opened_at, shown=False),
        Column(title=_("提出人"), value=lambda r, a: r.proposed_by, shown=False),
        Column(title=_("平账时间"), kind="time", value=lambda r, a: r.closed_at, shown=False),
    )  # fmt: skip


DIFFERENCES = Listing(
    name="differences",
    title=_("差异"),
    empty=_("没有差异"),
    empty_note=_("所选范围内全部对平。"),
    form=ItemFilters,
    orders={
        "due": keys.order((DUE, "i.item_id"), lambda row: (row.deadline or date(9999, 12, 31), row.item_id),
                          keys.day, keys.whole, descending=False),
        "item": keys.order(("i.item_id",), lambda row: (row.item_id,), keys.whole),
        "amount": keys.order((SUM, "i.item_id"), lambda row: (row.sum_fen, row.item_id),
                             keys.whole, keys.whole),
    },
    select=select,
    row=Line,
    permission="reconciliation.view",
    export="payments.export",
    columns=columns(),
)  # fmt: skip
