"""The lists of budget indicators: units, posts, indicators, rules, lists as they came. Of the bureau's people each sees
what is at his posts and below."""

import json
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.lists.asking import chosen, named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.budget import bureaus as rules
from yifen.trades.budget.pages.words import (
    CONTROLS,
    LIST_KINDS,
    LIST_STATES,
    RUNNING,
    UNIT_STATES,
    YEAR_ENDS,
    YEARS,
)

_SQL = queries(__package__)
_BUREAUS = _SQL["bureaus_of"].format(scope=in_scope("b.bureau_id"))
_BILLERS = _SQL["billers_of"].format(scope=in_scope("p.id"))
_SEEN = f"{in_scope('u.bureau_id')} AND u.unit_id IN (SELECT budget_sees_v1(%(user_id)s))"
_POST = ("CASE WHEN %(today)s::date < t.from_on THEN 'coming' WHEN %(today)s::date > t.until_on THEN 'ended'"
         " ELSE 'running' END")  # fmt: skip
_UNIT = "CASE WHEN u.until_on < %(today)s::date THEN 'ended' ELSE 'open' END"
_YEAR = "CASE WHEN i.closed_at IS NULL THEN 'open' ELSE 'closed' END"


def bureaus(access: Access) -> list[tuple[int, str]]:
    """Those in scope."""
    return _read(_BUREAUS, access)


def billers(access: Access) -> list[tuple[int, str]]:
    """Those that are bureaus or may become one."""
    return _read(_BILLERS, access)


def _read(statement: str, access: Access) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, scopes.params(access.scope))
        return list(cursor.fetchall())


def indicator_url(row: Row, access: Access) -> str:
    return reverse("budget_indicator", args=[row.indicator_id])


def list_url(row: Row, access: Access) -> str:
    return reverse("budget_list", args=[row.list_id])


UNITS = Listing(
    name="budget_units", title=_("预算单位"), permission="budget.view", export="budget.view", route="budget/units/",
    note=_("单位逐级列在上级之下；在任何一级任职的人，可办理本级及以下各级。"), empty=_("没有预算单位"),
    source=_SQL["units"], scope=_SEEN, key="u.unit_id", default="path",
    actions=(ListAction(_("导入清单"), "budget_list_upload", "budget.directory", "file-up", "primary"),),
    filters=named(_("编码、名称"), "u.code", "u.name"),
    columns=(
        Column("path", "x.path", _("路径"), "text", order="up", shown=False, exported=False),
        Column("name", "x.indent || u.name", _("单位")),
        Column("code", "u.code", pgettext_lazy("budget", "编码"), "code"),
        Column("posts", "x.posts", _("在任人数"), "num"),
        Column("account_no", "u.account_no", _("零余额账号"), "account"),
        Column("bank_name", "u.bank_name", _("开户行")),
        Column("quota_fen", "x.quota_fen", _("可用额度（元）"), "amount"),
        Column("used_fen", "x.used_fen", pgettext_lazy("budget", "已用（元）"), "amount"),
        Column("state", _UNIT, _("状态"), "badge", words=UNIT_STATES),
    ),
)  # fmt: skip
POSTS = Listing(
    name="budget_posts", title=_("人员岗位"), permission="budget.view", export="budget.view", route="budget/posts/",
    note=_("岗位到期，当日次日零时起即不能办理任何业务；登录名凭工号对应到人。"), empty=_("没有人员岗位"),
    source=_SQL["posts"], scope=_SEEN, key="t.post_id", default="unit",
    actions=(ListAction(_("导入清单"), "budget_list_upload", "budget.directory", "file-up", "primary"),),
    filters=named(_("工号、姓名、单位"), "s.staff_no", "s.name", "u.name", "u.code"),
    columns=(
        Column("staff_no", "s.staff_no", _("工号"), "code", order="up"),
        Column("name", "s.name", _("姓名")),
        Column("unit", "u.code || ' ' || u.name", _("单位"), order="up"),
        Column("duty", "t.duty", _("职务")),
        Column("from_on", "t.from_on", _("任职日"), "day", order="down"),
        Column("until_on", "t.until_on", _("离任日"), "day"),
        Column("state", _POST, _("状态"), "badge", words=RUNNING, filters=one_of("state", _("状态"), RUNNING)),
    ),
)  # fmt: skip
INDICATORS = Listing(
    name="budget_indicators", title=_("预算指标"), permission="budget.view", export="budget.view",
    route="budget/indicators/", note=_("指标 = 未到账 + 可用额度 + 预留 + 已用，逐条相符。"), empty=_("没有指标"),
    source=_SQL["indicators"], scope=_SEEN, key="i.indicator_id",
    default="number", opens=indicator_url,
    actions=(ListAction(_("导入清单"), "budget_list_upload", "budget.move", "file-up", "primary"),
             ListAction(_("年终结转"), "budget_year_end", "budget.move", "calendar-check")),
    filters=named(_("指标编号、单位、摘要"), "i.number", "u.name", "u.code", "i.title"),
    reads={"indicator_id": "i.indicator_id"},
    columns=(
        Column("number", "i.number", _("指标编号"), "code", order="up"),
        Column("unit", "u.name", _("单位"), order="up"),
        Column("year", "i.year::text", _("年度"), "code"),
        Column("title", "i.title", pgettext_lazy("budget", "摘要")),
        Column("classes", "i.func_code || ' ' || i.gov_code || ' ' || i.fund_code", _("功能、政府经济、资金"), "code"),
        Column("project", "i.project", pgettext_lazy("budget", "项目"), "code"),
        Column("granted_fen", "i.granted_fen", _("指标（元）"), "amount", order="down"),
        Column("free_fen", "i.free_fen", _("未到账（元）"), "amount", order="down"),
        Column("quota_fen", "i.quota_fen", _("可用额度（元）"), "amount", order="down"),
        Column("held_fen", "i.held_fen", _("预留（元）"), "amount"),
        Column("used_fen", "i.used_fen", pgettext_lazy("budget", "已用（元）"), "amount", order="down"),
        Column("state", _YEAR, _("状态"), "badge", words=YEARS, filters=one_of(
            "state", _("状态"), YEARS, {"open": "i.closed_at IS NULL", "closed": "i.closed_at IS NOT NULL"})),
        Column("wants", "i.free_fen > 0", "", shown=False, exported=False, filters=one_of(
            "wants", _("额度"), [("waiting", _("尚有未到账"))], {"waiting": "i.free_fen > 0 AND i.closed_at IS NULL"})),
    ),
)  # fmt: skip
RULES = Listing(
    name="budget_rules", title=_("财政支出规则"), permission="budget.view", route="budget/rules/",
    note=_("自生效日起：控制方式、还款日、限额、截止时间、审批级次、年终结转。"), empty=_("没有规则"),
    source=_SQL["rules"], scope=in_scope("r.bureau_id"), key="r.proposal_id", default="valid_from",
    actions=(ListAction(_("提出规则"), "budget_rule_new", "budget.rules", "settings", "primary"),),
    reads={"levels": "r.levels"},
    columns=(
        Column("valid_from", "r.valid_from", _("生效日"), "day", order="down"),
        Column("bureau", "p.name", _("财政部门")),
        Column("control", "r.control", _("控制方式"), words=CONTROLS),
        Column("due_day", "r.due_day", _("还款日（次月）"), "num"),
        Column("buy_fen", "r.buy_fen", _("单笔购买限额（元）"), "amount", sums=False),
        Column("cut_off", "to_char(r.cut_off, 'HH24:MI')", _("当日截止"), "code"),
        Column("return_days", "r.return_days", _("退回期限（工作日）"), "num"),
        Column("signers", "", _("审批级次"), value=lambda r, a: told(rules.levels_told(json.loads(r.levels)))),
        Column("year_end", "r.year_end", _("年终结转"), words=YEAR_ENDS),
    ),
)  # fmt: skip
LISTS = Listing(
    name="budget_lists", title=_("导入的清单"), permission="budget.directory", route="budget/lists/",
    note=_("单位、人员岗位、指标、额度到账的清单：先预览，另一人复核后生效；清单没有的，保持不变。"),
    empty=_("没有清单"), source=_SQL["lists"], scope=in_scope("f.bureau_id"), key="f.list_id", default="received_at",
    opens=list_url, reads={"list_id": "f.list_id"},
    actions=(ListAction(_("导入清单"), "budget_list_upload", "budget.directory", "file-up", "primary"),),
    filters=chosen("bureau", _("财政部门"), "f.bureau_id = %(bureau)s", bureaus),
    columns=(
        Column("received_at", "f.received_at", _("上传时间"), "time", order="down"),
        Column("kind", "f.kind", pgettext_lazy("budget", "种类"), "badge", words=LIST_KINDS,
               filters=one_of("kind", pgettext_lazy("budget", "种类"), LIST_KINDS)),
        Column("name", "f.name", _("文件名")),
        Column("bureau", "p.name", _("财政部门")),
        Column("received_by", "f.received_by", _("上传人")),
        Column("state", "f.state", _("状态"), "badge", words=LIST_STATES,
               filters=one_of("state", _("状态"), LIST_STATES)),
    ),
)  # fmt: skip
