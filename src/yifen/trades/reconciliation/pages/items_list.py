"""The work list of differences 差异: class, owner, age, deadline, what is proposed."""

from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.lists.asking import chosen, days, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.trades.reconciliation.pages import partners, words
from yifen.trades.reconciliation.pages.figures import AGES, SIZES, age_label, size_label

LATE = "i.state <> 'closed' AND coalesce(i.deadline < %(today)s::date, false)"
DUE = "i.state <> 'closed' AND i.deadline = %(today)s::date"
AHEAD = "i.state <> 'closed' AND coalesce(i.deadline > %(today)s::date, true)"
Bands = tuple[tuple[int, int | None], ...]
# A refund that somebody outside has to give is left to do, though the difference is closed.
_OUTSIDE = "SELECT d.item_id FROM recon_outside_due d WHERE d.closed_at IS NULL"
OUTSIDE = f"i.item_id IN ({_OUTSIDE})"
LEFT = f"i.item_id IN (SELECT x.item_id FROM recon_item x WHERE x.state <> 'closed' UNION ALL {_OUTSIDE})"
LARGER = "greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0))"
AGE = "%(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date"
STATES = {state: f"i.state = '{state}'" for state in words.STATES}


def banded(bands: Bands, label: Any) -> list[tuple[str, Any]]:
    """Bands as choices, by their place."""
    return [(str(place), label(place)) for place in range(len(bands))]


def banded_sql(bands: Bands, sql: str, until: str) -> dict[str, str]:
    """Their conditions; `until`: whether a band's end belongs to it."""
    return {str(place): f"{sql} >= {first}" + (f" AND {sql} {until} {last}" if last is not None else "")
            for place, (first, last) in enumerate(bands)}  # fmt: skip


def item_url(row: Row, access: Access) -> str:
    return reverse("difference", args=[row.item_id])


def due(row: Row, access: Access) -> Any:
    """The deadline; one that is over says so."""
    if row.deadline is None:
        return "—"
    return _("%s 超期") % row.deadline if row.is_late else row.deadline.isoformat()


def state_said(row: Row, access: Access) -> Any:
    """The state; with what is proposed, where something is."""
    name = said.word(words.STATES, row.state)
    if row.action and row.state != "closed":
        return f"{name} · {said.word(words.ACTIONS, row.action)}"
    if row.is_outside:
        return said.word(words.OUTSIDE, "due")
    return name


DIFFERENCES = Listing(
    name="differences",
    title=_("差异"),
    empty=_("没有差异"),
    empty_note=_("所选范围内全部对平。"),
    permission="reconciliation.view",
    export="payments.export",
    route="differences/",
    source=queries(__package__)["items"],
    scope=partners.IN_SCOPE,
    key="i.item_id",
    default="deadline",
    opens=item_url,
    actions=(ListAction(_("批量处理"), "differences_batch", "reconciliation.view", "list-checks"),),
    filters=chosen("partner", _("合作方"), "i.partner_id = %(partner)s", partners.of),
    columns=(
        Column("item_id", "i.item_id", _("编号"), "code", order="down", value=lambda r, a: str(r.item_id)),
        Column("business_day", "i.business_day", _("会计日期"), "day", filters=days(_("会计日期 起"))),
        Column("partner", "p.code || ' ' || p.name", _("合作方")),
        Column("kind", "i.class::text", _("差异类别"), words=words.CLASSES,
               filters=one_of("kind", _("差异类别"), words.CLASSES)),
        Column("serial", "i.serial", _("流水号"), "code",
               filters=search("serial", _("流水号"), "{sql} = %(serial)s")),
        Column("ours_fen", "i.ours_fen", _("我方金额（元）"), "amount"),
        Column("theirs_fen", "i.theirs_fen", _("对方金额（元）"), "amount", order="down", by=LARGER,
               filters=one_of("size", _("金额（元）"), banded(SIZES, lazy(size_label, str)),
                              banded_sql(SIZES, LARGER, "<"))),
        Column("age_days", AGE, _("天数"), "num",
               filters=one_of("age", _("天数"), banded(AGES, lazy(age_label, str)), banded_sql(AGES, AGE, "<="))),
        Column("deadline", "i.deadline", _("期限"), "badge", value=due, order="up",
               by="coalesce(i.deadline, '9999-12-31'::date)", by_kind="day",
               tone=lambda r: "bad" if r.is_late else "neutral",
               filters=one_of("late", _("期限"),
                              [("late", _("已超期")), ("today", _("今日到期")), ("ahead", _("未到期"))],
                              {"late": LATE, "today": DUE, "ahead": AHEAD})),
        Column("owner", "i.owner", _("处理人"), filters=one_of("owner", _("处理人"),
               [("mine", _("我")), ("nobody", _("无人"))],
               {"mine": "{sql} = %(login)s", "nobody": "{sql} IS NULL"})),
        Column("state", "i.state::text", _("状态"), "badge", value=state_said,
               tone=lambda r: "bad" if r.is_outside else said.tone(words.STATES, r.state),
               filters=one_of("state", _("状态"), [("todo", _("未平")), *said.choices(words.STATES),
                              ("outside", said.word(words.OUTSIDE, "due"))],
                              {"todo": LEFT, "outside": OUTSIDE} | STATES, first="todo")),
        Column("opened_at", "i.opened_at", _("发现时间"), "time", shown=False),
        Column("proposed_by", "i.proposed_by", _("提出人"), shown=False),
        Column("closed_at", "i.closed_at", _("平账时间"), "time", shown=False),
    ),
    reads={
        "partner_id": "i.partner_id", "partner_code": "p.code", "partner_name": "p.name",
        "action": "i.action", "is_late": LATE, "is_outside": OUTSIDE, "closed_by": "i.closed_by",
        "sum_fen": LARGER,
    },
)  # fmt: skip
