"""The list of visits 外勤, and what their words are."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import Filter, chosen, days, one_of
from yifen.face.lists.filters import ChosenField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.visits.pages.masking import account_column

_SQL = queries("yifen.trades.visits")
KINDS: words.Words = {
    "inspect": (_("巡检"), "neutral"),
    "check": (_("核查"), "accent"),
    "cut": (pgettext_lazy("visit", "停供"), "bad"),
    "restore": (_("复供"), "ok"),
    "collect": (_("上门收费"), "waiting"),
}
STATES: words.Words = {
    "untaken": (_("待派"), "waiting"),
    "given": (_("已派"), "accent"),
    "done": (pgettext_lazy("visit", "已完成"), "ok"),
    "dropped": (pgettext_lazy("visit", "已撤销"), "neutral"),
}
FINDINGS: words.Words = {
    "ok": (_("正常、已办"), "ok"),
    "differs": (_("与登记不符"), "bad"),
    "warm": (_("有热"), "waiting"),
    "cold": (_("不热"), "neutral"),
    "no_access": (_("无人、进不去"), "waiting"),
    "refused": (_("拒绝"), "bad"),
}
OK_OF: dict[str, Any] = {
    "cut": _("已停供"), "restore": _("已复供"), "collect": _("已收或已缴"), "inspect": _("合格"),
    "check": pgettext_lazy("visit", "正常"),
}  # fmt: skip
"""What it means that a visit of a kind went well."""
PROOFS: words.Words = {
    "both": (_("照片、位置"), "ok"),
    "photo": (_("只有照片"), "neutral"),
    "place": (_("只有位置"), "neutral"),
    "none": (_("都没有"), "waiting"),
}
"""What a visit that was done can be proved by."""
WHYS = (
    gettext_noop("报停验收：户内阀门已关严、加封，分户独立"),
    gettext_noop("报开验收：户内管道、散热器完好，可以通水"),
    gettext_noop("恢复供热：开阀，通水，查漏"),
    gettext_noop("停供检查：是否有热"),
    gettext_noop("开栓未缴检查：是否用热"),
    gettext_noop("停供：已送达通知并满法定天数，仍欠费"),
    gettext_noop("停供：上次未办成，再次上门"),
    gettext_noop("复供未办成，再次上门"),
)
"""What other trades ask to look at; they are kept in Chinese, and told in the reader's language."""


def why_said(why: str) -> str:
    """What somebody typed is as he typed it."""
    return gettext(why) if why in WHYS else why


OPEN = _SQL["is_open"]
ASKED = {
    "open": OPEN,
    "overdue": _SQL["is_overdue"],
    **{state: f"({_SQL['visit_state']}) = '{state}'" for state in STATES},
}


def read(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def billers(access: Access) -> list[tuple[Any, ...]]:
    """Those that bill here, of who asks."""
    return read(_SQL["billers"], scopes.params(access.scope))


def goers(access: Access) -> list[tuple[Any, ...]]:
    """Who may be sent, of who asks."""
    institutions = numbers(access.scope.institutions or ())
    return read(_SQL["goers"], scopes.params(access.scope) | {"institutions": institutions})


def visit_url(row: Row, access: Access) -> str:
    return reverse("visit", args=[row.visit_id])


VISITS = Listing(
    name="visits",
    title=_("外勤"),
    note=_("到户核查、停供、复供、上门收费：由各业务提出，或手工发起；派给个人，在手机上办理。"),
    empty=_("没有这样的外勤"),
    permission="visits.view",
    export="visits.assign",
    route="visits/",
    source=_SQL["visits"],
    scope=in_scope("v.biller_id"),
    key="v.visit_id",
    grows=True,
    default="due_on",
    opens=visit_url,
    actions=(
        ListAction(_("派工"), "visits_assign", "visits.assign", "users", "primary"),
        ListAction(_("发起外勤"), "visit_new", "visits.assign", "plus"),
    ),
    filters=(
        *one_of("state", _("状态"), [("open", _("未完成")), *words.choices(STATES), ("overdue", _("已过期限"))], ASKED,
                first="open", yields=("finding", "proof")),
        *chosen("biller", _("收费单位"), "v.biller_id = %(biller)s", billers),
        Filter("goer", ChosenField(_("外勤人员")), "v.assignee_id = %(goer)s", goers),
    ),
    columns=(
        Column("visit_id", "v.visit_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.visit_id)),
        Column("due_on", "v.due_on", _("期限"), "day", order="up",
               filters=days(_("期限 起"), clock=True)),
        Column("kind", "v.kind", _("事项"), "badge", words=KINDS, filters=one_of("kind", _("事项"), KINDS)),
        Column("state", _SQL["visit_state"], _("状态"), "badge", words=STATES),
        Column("place", "l.path", _("地址")),
        account_column(),
        Column("why", "v.why", pgettext_lazy("visit", "看什么"), value=lambda r, a: why_said(r.why)),
        Column("goer", "u.name", _("外勤人员")),
        Column("finding", "v.finding", pgettext_lazy("visit", "结果"), words=FINDINGS,
               filters=one_of("finding", pgettext_lazy("visit", "结果"), FINDINGS)),
        Column("proof", _SQL["proof"], _("照片、位置"), words=PROOFS,
               filters=one_of("proof", _("照片、位置"), PROOFS)),
        Column("done_at", "v.done_at", pgettext_lazy("visit", "完成时间"), "time"),
        Column("asked_at", "v.asked_at", pgettext_lazy("visit", "提出时间"), "time", shown=False),
        Column("note", "v.note", pgettext_lazy("visit", "备注"), shown=False),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
    ),
)  # fmt: skip
