"""The lists of court funds: cases, unidentified money, statements, the proof of each court."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import Filter, chosen, moments, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.cases.pages.words import CASE_STATES, CLAIMS, FILE_STATES, PROOF, RECALLS

_SQL = queries(__package__)
_COURTS = _SQL["courts_of"].format(scope=in_scope("c.court_id"))
_BILLERS = _SQL["billers_of"].format(scope=in_scope("p.id"))
_CLAIM = ("CASE WHEN u.left_fen = 0 THEN CASE WHEN u.back THEN 'back' ELSE 'done' END"
          " WHEN u.proposed THEN 'proposed' WHEN u.due_on < %(today)s THEN 'late'"
          " WHEN cases_colour_v1(u.due_on, u.claim_days, %(today)s) = 'amber' THEN 'soon' ELSE 'left' END")  # fmt: skip
_RECALL = "CASE WHEN d.proposed THEN 'proposed' ELSE 'left' END"
_PROOF = ("CASE WHEN x.gap_fen <> 0 OR x.bank_gap_fen <> 0 THEN 'gap'"
          " WHEN x.open_fen <> 0 OR x.missing_fen <> 0 THEN 'open' ELSE 'ok' END")  # fmt: skip
_NOBODYS = ("(c.state = 'open' AND y.balance_fen > 0 AND NOT EXISTS (SELECT FROM access_user u JOIN access_user_role r"
            " ON r.user_id = u.id AND r.role = 'court_judge' WHERE u.partner_id = c.court_id AND u.login = c.judge"
            " AND u.is_active))")  # fmt: skip


def person(login: str) -> str:
    """By his name; what is nobody's login is told as it was typed."""
    return f"coalesce((SELECT o.name FROM access_user o WHERE o.login = {login}), {login})"


def key_of(sql: str) -> str:
    """A number without what differs by who writes it: brackets, widths, blanks, old characters."""
    return f"translate(upper(normalize({sql}, NFKC)), '號執 ()[]〔〕【】', '号执')"


def case_named(label: Any, *columns: str) -> tuple[Filter]:
    """What stands somewhere in a case's number, sub-account or judge, whatever brackets, widths and blanks it is
    written with."""
    asked = key_of("%(q)s::text")
    return search("q", label, f"({' OR '.join(f'strpos({key_of(one)}, {asked}) > 0' for one in columns)})")


def courts(access: Access) -> list[tuple[int, str]]:
    """Those in scope."""
    return _read(_COURTS, access)


def billers(access: Access) -> list[tuple[int, str]]:
    """Those that are courts or may become one."""
    return _read(_BILLERS, access)


def _read(statement: str, access: Access) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, scopes.params(access.scope))
        return list(cursor.fetchall())


def case_url(row: Row, access: Access) -> str:
    return reverse("court_case", args=[row.case_id])


def unknown_url(row: Row, access: Access) -> str:
    return reverse("court_unknown", args=[-row.document_id])


def push_url(row: Row, access: Access) -> str:
    return reverse("court_recall", args=[-row.document_id])


def file_url(row: Row, access: Access) -> str:
    return reverse("court_file", args=[row.file_id])


def open_lines_url(row: Row, access: Access) -> str:
    return f"{reverse('court_open_lines')}?court={row.court_id}"


CASES = Listing(
    name="court_cases", title=_("执行案件"), permission="cases.view", export="cases.view", route="court/cases/",
    note=_("一案一账户：每案一个子账号，案款自动入案。"), empty=_("没有案件"), source=_SQL["cases"],
    scope=in_scope("c.court_id"), key="c.case_id", default="case_id", opens=case_url,
    actions=(ListAction(_("开立案件"), "court_case_new", "cases.keep", "plus", "primary"),
             ListAction(_("导入案件清单"), "court_list_upload", "cases.keep", "file-up"),
             ListAction(_("预生成子账号"), "court_numbers", "cases.keep", "list-ordered")),
    filters=(*chosen("court", _("法院"), "c.court_id = %(court)s", courts), *one_of(
                 "judged", _("承办人"), [("none", _("有案款，无本院法官承办"))], {"none": _NOBODYS}),
             *case_named(_("案号、子账号、承办人"), "c.number", "a.account_no", "c.judge", person("c.judge"))),
    columns=(
        Column("case_id", "c.case_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.case_id)),
        Column("number", "c.number", _("案号")),
        Column("account_no", "a.account_no", _("子账号"), "code"),
        Column("court", "p.name", _("法院")),
        Column("judge", person("c.judge"), _("承办人")),
        Column("due_fen", "c.due_fen", _("执行标的（元）"), "amount", order="down",
               value=lambda r, a: r.due_fen or None),
        Column("balance_fen", "coalesce(y.balance_fen, 0)", _("子账号余额（元）"), "amount", order="down"),
        Column("state", "c.state", _("状态"), "badge", words=CASE_STATES,
               filters=one_of("state", _("状态"), CASE_STATES)),
        Column("opened_at", "c.opened_at", _("开立时间"), "time", filters=moments(_("开立日期 起"))),
    ),
)  # fmt: skip
UNKNOWNS = Listing(
    name="court_unknowns", title=_("不明款"), permission="cases.view", export="cases.view", route="court/unknown/",
    note=_("到了案款专户、没有入案的款：凭据认领，另一人复核。"), empty=_("没有不明款"), source=_SQL["unknowns"],
    scope=in_scope("u.court_id"), key="u.document_id", default="came_at", opens=unknown_url,
    reads={"document_id": "u.document_id"},
    filters=chosen("court", _("法院"), "u.court_id = %(court)s", courts),
    columns=(
        Column("came_at", "u.came_at", _("到账时间"), "time", order="down", filters=moments(_("到账日期 起"))),
        Column("serial", "u.serial", _("银行流水号"), "code"),
        Column("court", "p.name", _("法院")),
        Column("amount_fen", "u.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("left_fen", "u.left_fen", _("未认领（元）"), "amount"),
        Column("age", "u.age", _("已挂天数"), "num"),
        Column("due_on", "u.due_on", _("认领期限"), "day"),
        Column("state", _CLAIM, _("状态"), "badge", words=CLAIMS, filters=one_of(
            "state", _("状态"), [("todo", _("待办理")), *words.choices(CLAIMS)],
            {"todo": "u.left_fen > 0 AND NOT u.proposed"} | {state: f"{{sql}} = '{state}'" for state in CLAIMS})),
    ),
)  # fmt: skip
STATEMENTS = Listing(
    name="court_files", title=_("案款对账单"), permission="cases.view", export="cases.view", route="court/statements/",
    note=_("案款专户的银行对账单：余额须一份接一份；一人上传，另一人复核后入账。"), empty=_("没有对账单"),
    source=_SQL["statements"], scope=in_scope("f.court_id"), key="f.file_id", default="file_id", opens=file_url,
    actions=(ListAction(_("上传对账单"), "court_upload", "cases.statements", "upload", "primary"),
             ListAction(_("期初余额结转"), "court_old", "cases.statements", "file-up")),
    filters=chosen("court", _("法院"), "f.court_id = %(court)s", courts),
    columns=(
        Column("file_id", "f.file_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.file_id)),
        Column("received_at", "f.received_at", _("上传时间"), "time", filters=moments(_("上传日期 起"))),
        Column("court", "p.name", _("法院")),
        Column("name", "f.name", _("文件名")),
        Column("rows", "f.rows", _("行数"), "num"),
        Column("wrong", "f.wrong", _("错误行"), "num"),
        Column("closing_fen", "f.closing_fen", _("期末余额（元）"), "amount", sums=False,
               value=lambda r, a: None if r.wrong else r.closing_fen),
        Column("state", "f.state", _("状态"), "badge", words=FILE_STATES,
               filters=one_of("state", _("状态"), FILE_STATES)),
        Column("received_by", person("f.received_by"), _("上传人")),
    ),
)  # fmt: skip
PUSHES = Listing(
    name="court_pushes", title=_("推送与对账单不符"), permission="cases.view", export="cases.view",
    route="court/pushes/",
    note=_("银行先推送到账，其对账单没有或另说：凭据更正，另一人复核；款退出子账号，对账单的那一行按其所说入账。"),
    empty=_("没有不符的推送"), source=_SQL["pushes"], scope=in_scope("d.court_id"), key="d.document_id",
    default="came_at", opens=push_url, reads={"document_id": "d.document_id"},
    filters=chosen("court", _("法院"), "d.court_id = %(court)s", courts),
    columns=(
        Column("came_at", "d.came_at", _("到账时间"), "time", order="down"),
        Column("serial", "d.serial", _("银行流水号"), "code"),
        Column("number", "c.number", _("案号")),
        Column("court", "p.name", _("法院"), shown=False),
        Column("amount_fen", "d.amount_fen", _("推送金额（元）"), "amount", order="down"),
        Column("line_fen", "d.line_fen", _("对账单金额（元）"), "amount"),
        Column("account_no", "d.account_no", _("推送的子账号"), "code"),
        Column("line_account", "d.line_account", _("对账单的子账号"), "code"),
        Column("state", _RECALL, _("状态"), "badge", words=RECALLS, filters=one_of("state", _("状态"), RECALLS)),
    ),
)  # fmt: skip
COURTS = Listing(
    name="courts", title=_("法院案款核对"), permission="cases.view", export="cases.view", route="court/courts/",
    note=_("案款专户 = 子账号合计 + 不明款 + 利息 − 手续费 − 在途，一分不差；专户余额再与银行对账单核对。"),
    empty=_("没有法院"), source=_SQL["courts"], scope=in_scope("c.court_id"), key="c.court_id", default="code",
    opens=open_lines_url, reads={"court_id": "c.court_id"},
    actions=(ListAction(_("案款规则"), "court_rule_new", "cases.rules", "settings", "primary"),
             ListAction(_("法院收款账户"), "court_own_payee", "cases.payees", "wallet")),
    columns=(
        Column("code", "p.code", _("代码"), "code", order="up"),
        Column("court", "p.name", _("法院")),
        Column("gap_fen", "x.gap_fen + x.bank_gap_fen", _("差额（元）"), "amount"),
        Column("state", _PROOF, pgettext_lazy("court", "核对"), "badge", words=PROOF,
               filters=one_of("state", pgettext_lazy("court", "核对"), PROOF)),
        Column("cases_fen", "x.cases_fen", _("子账号合计（元）"), "amount"),
        Column("unknown_fen", "x.unknown_fen", _("不明款（元）"), "amount"),
        Column("interest_fen", "x.interest_fen", _("利息（元）"), "amount"),
        Column("fee_fen", "x.fee_fen", _("手续费（元）"), "amount"),
        Column("coming_fen", "x.coming_fen + x.unfollowed_fen", _("在途（元）"), "amount"),
        Column("main_fen", "x.main_fen", _("案款专户（元）"), "amount"),
        Column("bank_fen", "x.bank_fen", _("银行余额（元）"), "amount"),
        Column("unshown_fen", "x.unshown_fen", _("已付未见于对账单（元）"), "amount"),
        Column("open_fen", "x.open_fen", _("待说明（元）"), "amount"),
        Column("missing_fen", "x.missing_fen", _("推送未见于对账单（元）"), "amount"),
    ),
)  # fmt: skip
