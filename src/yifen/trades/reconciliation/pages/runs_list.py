"""The list of runs 对账: by day and partner, what agreed and what did not."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope
from yifen.face import words as said
from yifen.face.lists import keys
from yifen.face.lists.filters import ChosenField, DayField, Filters, WordField, check_days
from yifen.face.lists.listing import Ask, Column, Listing, Select
from yifen.trades.reconciliation.pages import partners, words

DAYS_MAX = 3660
BP = 10_000
SELECT = """
SELECT r.run_id, r.partner_id, p.code, p.name, r.business_day, r.started_at, r.ended_at,
    r.ours_count, r.ours_fen, r.theirs_count, r.theirs_fen, r.matched_count, r.matched_fen,
    r.fee_fen, r.file_id, f.version, f.format, f.name, f.received_by, o.open, o.waiting, o.classes,
    NOT EXISTS (SELECT FROM recon_run n WHERE n.partner_id = r.partner_id
                AND n.business_day = r.business_day AND n.run_id > r.run_id)
FROM recon_run r JOIN partner p ON p.id = r.partner_id JOIN recon_file f ON f.file_id = r.file_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(n) FILTER (WHERE NOT waits), 0) AS open,
           coalesce(sum(n) FILTER (WHERE waits), 0) AS waiting,
           coalesce(string_agg(class || '=' || n, ',' ORDER BY class) FILTER (WHERE NOT waits), '')
               AS classes
    FROM (SELECT i.class::text AS class, i.state = 'waiting' AS waits, count(*) AS n
          FROM recon_item i WHERE i.partner_id = r.partner_id AND i.state <> 'closed'
              AND i.business_day = r.business_day GROUP BY 1, 2) c) o"""
NEWEST = """NOT EXISTS (SELECT FROM recon_run n WHERE n.partner_id = r.partner_id
    AND n.business_day = r.business_day AND n.run_id > r.run_id)"""


class Run(Struct, frozen=True):
    """One leg of one day. `open` and `waiting` are items of the day as they stand now; `classes`:
    the open ones, `class=count,…`; `newest`: no later run of the same day."""

    run_id: int
    partner_id: int
    partner_code: str
    partner_name: str
    business_day: date
    started_at: datetime
    ended_at: datetime | None
    ours_count: int
    ours_fen: int
    theirs_count: int
    theirs_fen: int
    matched_count: int
    matched_fen: int
    fee_fen: int
    file_id: int
    version: int
    format: str
    file_name: str
    received_by: str
    open: int
    waiting: int
    classes: str
    newest: bool

    @property
    def by_class(self) -> dict[str, int]:
        pairs = (pair.split("=") for pair in self.classes.split(",") if pair)
        return {name: int(count) for name, count in pairs}

    @property
    def apart_fen(self) -> int:
        return self.theirs_fen - self.ours_fen

    @property
    def told(self) -> str:
        """The open differences in words."""
        return " · ".join(f"{said.word(words.CLASSES, name)} {count:,}"
                          for name, count in self.by_class.items())  # fmt: skip

    @property
    def rate_bp(self) -> int | None:
        """Matched rows of all rows of the longer side, in hundredths of a percent."""
        return rate(self.matched_count, self.ours_count, self.theirs_count)


def rate(matched: int, ours: int, theirs: int) -> int | None:
    """Rounded down: nothing is 100 % that is not all of it."""
    most = max(ours, theirs)
    return matched * BP // most if most else None


class RunFilters(Filters):
    """Partner and business day; the newest run of each unless all are wanted."""

    partner = ChosenField(_("合作方"))
    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))
    which = WordField(_("对账次数"), [("newest", _("每日最新一次"))])

    def first_value(self, name: str) -> Any:
        return "newest" if name == "which" else super().first_value(name)

    def arrange(self) -> None:
        found = partners.choices(self.access.scope)
        self.fields["partner"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_days(self, data.get("since"), data.get("until"), DAYS_MAX)
        return data


def select(ask: Ask) -> Select:
    """The runs in scope."""
    where, params = [partners.IN_SCOPE], scope.params(ask.access.scope) | ask.filters
    if ask.filters["partner"] is not None:
        where.append("r.partner_id = %(partner)s")
    if ask.filters["since"]:
        where.append("r.business_day >= %(since)s")
    if ask.filters["until"]:
        where.append("r.business_day <= %(until)s")
    if ask.filters["which"]:
        where.append(NEWEST)
    return Select(SELECT, where, params)


def one(found: Scope, run_id: int) -> Run | None:
    """A run in scope."""
    if run_id >= 2**63:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE r.run_id = %(run_id)s AND {partners.IN_SCOPE}",
                       scope.params(found) | {"run_id": run_id})  # fmt: skip
        row = cursor.fetchone()
    return Run(*row) if row else None


def state_of(row: Run) -> tuple[Any, str]:
    """How it ended, in a word and a tone."""
    if row.ended_at is None:
        return _("未完成"), "bad"
    if row.open:
        return _("有差异"), "bad"
    return (_("待次日"), "waiting") if row.waiting else (_("已对平"), "ok")


def run_url(row: Run, access: Access) -> str:
    return reverse("reconciliation", args=[row.run_id])


def day_url(row: Run, access: Access) -> str:
    return reverse("reconciliation_day") + f"?day={row.business_day}"


RECONCILIATIONS = Listing(
    name="reconciliations",
    title=_("对账"),
    empty=_("还没有对账"),
    empty_note=_("日终时自动对账；也可以上传对方的文件。"),
    form=RunFilters,
    orders={
        "day": keys.order(("r.business_day", "r.run_id"), lambda row: (row.business_day, row.run_id),
                          keys.day, keys.whole),
        "run": keys.order(("r.run_id",), lambda row: (row.run_id,), keys.whole),
    },
    select=select,
    row=Run,
    permission="reconciliation.view",
    export="payments.export",
    columns=(
        Column(title=_("编号"), kind="code", order="run", value=lambda r, a: str(r.run_id), url=run_url),
        Column(title=_("会计日期"), kind="code", order="day", url=day_url,
               value=lambda r, a: r.business_day.isoformat()),
        Column(title=_("合作方"), value=lambda r, a: f"{r.partner_code} {r.partner_name}"),
        Column(title=_("我方笔数"), kind="num", value=lambda r, a: r.ours_count),
        Column(title=_("我方金额（元）"), kind="amount", value=lambda r, a: r.ours_fen),
        Column(title=_("对方笔数"), kind="num", value=lambda r, a: r.theirs_count),
        Column(title=_("对方金额（元）"), kind="amount", value=lambda r, a: r.theirs_fen),
        Column(title=_("勾对笔数"), kind="num", value=lambda r, a: r.matched_count),
        Column(title=_("结果"), kind="badge", value=lambda r, a: state_of(r)[0], tone=lambda r: state_of(r)[1]),
        Column(title=_("差异"), value=lambda r, a: r.told or None),
        Column(title=_("待次日"), kind="num", value=lambda r, a: r.waiting),
        Column(title=_("文件版本"), kind="num", value=lambda r, a: r.version),
        Column(title=_("勾对金额（元）"), kind="amount", value=lambda r, a: r.matched_fen, shown=False),
        Column(title=_("手续费（元）"), kind="amount", value=lambda r, a: r.fee_fen, shown=False),
        Column(title=_("文件名"), value=lambda r, a: r.file_name, shown=False),
        Column(title=_("完成时间"), kind="time", value=lambda r, a: r.ended_at, shown=False),
    ),
)  # fmt: skip
