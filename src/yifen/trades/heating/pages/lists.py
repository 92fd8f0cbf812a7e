"""Lists of heating service: requests 报停报开, flats, heat unpaid 开栓未缴, stopped and warm 停供用热, seasons."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access, now
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import Filter, chosen, one_of, search
from yifen.face.lists.filters import AccountsField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.heating.pages.masking import account_column
from yifen.trades.heating.rules import FINDINGS, KINDS, clock

_SQL = queries(__package__)
STATES: words.Words = {
    "open": (_("待验收"), "waiting"),
    "seen": (_("待答复"), "waiting"),
    "proposed": (_("待复核"), "waiting"),
    "agreed": (_("已同意"), "ok"),
    "refused": (_("未同意"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"),
}
FLAT_STATES: words.Words = {"heated": (_("供热"), "ok"), "stopped": (_("停供"), "neutral")}
UNPAID_STATES: words.Words = {
    "late": (_("逾期"), "bad"),
    "owed": (_("未到期"), "waiting"),
    "unbilled": (_("未出账"), "bad"),
}
FILE_STATES: words.Words = {
    "wrong": (_("有错误"), "bad"),
    "staged": (_("待提交"), "waiting"),
    "open": (_("待复核"), "waiting"),
    "taken": (_("已受理"), "ok"),
}
OPEN = ("open", "seen", "proposed")
TO_DO = (("todo", _("待办理")), ("late", _("答复逾期")))


def read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def account_search() -> tuple[Filter]:
    """An account number in any writing."""
    return (Filter("account", AccountsField(_("户号")), "c.account_no = ANY (%(account)s::text[])"),)


def season_fees(access: Access) -> list[tuple[int, str]]:
    return read(_SQL["season_fees"], scopes.params(access.scope))


def season_names(access: Access) -> list[tuple[int, str]]:
    return read(_SQL["season_names"], scopes.params(access.scope))


def due(row: Row, access: Access) -> str:
    return str(row.due_on)


def due_tone(row: Row) -> str:
    """Of an open one its colour."""
    return clock(row.due_on, localdate(now())) if row.state in OPEN else "neutral"


REQUESTS = Listing(
    name="heating_requests",
    title=_("报停报开"),
    note=_("受理后派人验收，另一人复核答复；同意的停供成为账单的份额。"),
    empty=_("没有申请"),
    empty_note=_("在“供热用户”中找到用户，受理报停或报开。"),
    permission="heating.view",
    export="heating.ask",
    route="heating/requests/",
    source=_SQL["requests"],
    scope=in_scope("r.biller_id"),
    key="r.request_id",
    opens=lambda row, access: reverse("heating_request", args=[row.request_id]),
    actions=(ListAction(_("受理申请"), "heating_flats", "heating.ask", "plus", "primary"),
             ListAction(_("导入文件"), "heating_files", "heating.ask", "upload")),
    filters=(
        *chosen("season", _("采暖季"), "r.season_id = %(season)s", season_names),
        *account_search(),
    ),
    columns=(
        Column("request_id", "r.request_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: f"R{r.request_id}"),
        Column("kind", "r.kind", _("申请"), value=lambda r, a: told(KINDS[r.kind])),
        account_column(),
        Column("place", "l.path", _("地址")),
        Column("season", "s.name", _("采暖季")),
        Column("from_on", "r.from_on", _("自"), "day"),
        Column("asked_at", "r.asked_at", _("受理时间"), "time"),
        Column("finding", "r.finding", _("验收"),
               value=lambda r, a: told(FINDINGS[r.finding]) if r.finding else None),
        Column("due_on", "r.answer_due_on", _("答复期限"), "badge", order="up", by_kind="day", value=due,
               tone=due_tone),
        Column("state", "r.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*TO_DO, *words.choices(STATES)],
                              {"todo": "{sql} IN ('open', 'seen')",
                               "late": "{sql} IN ('open', 'seen', 'proposed') AND r.answer_due_on < %(today)s"}
                              | {state: f"{{sql}} = '{state}'" for state in STATES})),
        Column("taken_by", "r.taken_by", _("受理人")),
    ),
)  # fmt: skip

FLATS = Listing(
    name="heating_flats",
    title=_("供热用户"),
    note=_("有采暖季的费种的用户；按户号查找，受理报停、报开，标记非分户、保修期。"),
    empty=_("没有这样的用户"),
    empty_note=_("请核对户号；费种先要有采暖季。"),
    permission="heating.view",
    export="heating.ask",
    route="heating/flats/",
    source=_SQL["flats"],
    scope=in_scope("f.biller_id"),
    where=("v.to_on IS NULL", "EXISTS (SELECT FROM heating_season s WHERE s.fee_id = v.fee_id)"),
    key="v.service_id",
    opens=lambda row, access: reverse("heating_flat", args=[row.service_id]),
    reads={"service_id": "v.service_id"},
    filters=(
        *account_search(),
        *search("address", _("地址"), "strpos(l.path, %(address)s) > 0"),
    ),
    columns=(
        account_column(lambda r, a: reverse("heating_flat", args=[r.service_id])),
        Column("place", "l.path", _("地址")),
        Column("fee", "p.code || ' ' || f.name", _("费种")),
        Column("class_name", "v.class", _("用户类别")),
        Column("area", "v.area_milli", _("面积（m²）"), "code", value=lambda r, a: area(r.area)),
        Column("state", _SQL["flat_state"], _("今日"), "badge", words=FLAT_STATES),
    ),
)  # fmt: skip

UNPAID = Listing(
    name="heating_unpaid",
    title=_("开栓未缴"),
    note=_("今天在供热、没有停供、本季未缴清的用户；点开到楼，可为全楼派检查。"),
    empty=_("没有开栓未缴的用户"),
    permission="heating.view",
    export="heating.ask",
    route="heating/unpaid/",
    source=_SQL["unpaid"],
    scope=in_scope("s.biller_id"),
    where=("%(today)s BETWEEN s.heated_from AND s.heated_to",),
    key="v.service_id",
    opens=lambda row, access: reverse("heating_building", args=[row.building]),
    reads={"building": "heating_building_v1(l.place_id)"},
    filters=(
        *chosen("season", _("采暖季"), "s.season_id = %(season)s", season_names),
        *account_search(),
        *search("address", _("地址"), "strpos(l.path, %(address)s) > 0"),
    ),
    columns=(
        account_column(),
        Column("place", "l.path", _("地址")),
        Column("season", "s.name", _("采暖季")),
        Column("since", "u.since", _("用热自"), "day"),
        Column("owed_fen", "u.owed_fen", _("未缴（元）"), "amount"),
        Column("due_on", "u.due_on", _("到期日"), "day"),
        Column("state", "u.state", _("状态"), "badge", words=UNPAID_STATES,
               filters=one_of("state", _("状态"), UNPAID_STATES)),
    ),
)  # fmt: skip

WARM = Listing(
    name="heating_warm",
    title=_("停供用热"),
    note=_("停供期内检查见热，或表计走数的用户；两人复核后自某日起恢复全额计费，或写明理由不追收。"),
    empty=_("没有停供用热的用户"),
    permission="heating.view",
    export="heating.ask",
    route="heating/warm/",
    source=_SQL["warm"],
    scope=in_scope("k.biller_id"),
    key="k.share_id",
    opens=lambda row, access: reverse("heating_stop", args=[row.share_id]),
    reads={"share_id": "k.share_id"},
    filters=(
        *one_of("which", _("采暖季"), [("now", _("本季未处理")), ("spared", _("不追收"))],
                {"now": _SQL["warm_now"], "spared": _SQL["warm_spared"]}, first="now"),
        *account_search(),
    ),
    columns=(
        account_column(),
        Column("place", "l.path", _("地址")),
        Column("season", "s.name", _("采暖季")),
        Column("from_on", "k.from_on", _("停供起"), "day"),
        Column("to_on", "k.to_on", _("停供止"), "day"),
        Column("agreement_no", "k.agreement_no", _("协议编号"), "code"),
        Column("seen_on", "w.seen_on", _("检查见热"), "day"),
        Column("moved", "w.moved_milli", _("表计走数"), "code", value=lambda r, a: area(r.moved)),
    ),
)  # fmt: skip

SEASONS = Listing(
    name="heating_seasons",
    title=_("采暖季"),
    note=_("一人提出，另一人复核后生效；有申请以后不能再改。"),
    empty=_("还没有采暖季"),
    empty_note=_("先提出一个采暖季，供热用户才能报停。"),
    permission="heating.view",
    export="heating.seasons",
    route="heating/seasons/",
    source=_SQL["seasons"],
    scope=in_scope("s.biller_id"),
    key="s.season_id",
    opens=lambda row, access: reverse("heating_season", args=[row.season_id]),
    actions=(ListAction(_("新采暖季"), "heating_season_new", "heating.seasons", "plus", "primary"),),
    columns=(
        Column("season_id", "s.season_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.season_id)),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("fee", "f.name", _("费种")),
        Column("name", "s.name", pgettext_lazy("heating", "名称")),
        Column("from_on", "s.from_on", _("采暖期起"), "day"),
        Column("to_on", "s.to_on", _("采暖期止"), "day"),
        Column("ask_until", "s.ask_until", _("报停截止日"), "day"),
        Column("stops", _SQL["season_stops"], _("停供户数"), "num"),
    ),
)  # fmt: skip

FILES = Listing(
    name="heating_files",
    title=_("报停报开文件"),
    note=_("一人上传并提交，另一人复核后全部受理；任何一行有错，整份不收。"),
    empty=_("还没有文件"),
    empty_note=_("上传 CSV 或 Excel 文件，先看预览，再提交复核。"),
    permission="heating.ask",
    export="heating.ask",
    route="heating/files/",
    source=_SQL["files"],
    scope=in_scope("f.biller_id"),
    key="f.file_id",
    opens=lambda row, access: reverse("heating_file", args=[row.file_id]),
    actions=(ListAction(_("导入报停报开"), "heating_file_upload", "heating.ask", "upload", "primary"),),
    filters=chosen("season", _("采暖季"), "f.season_id = %(season)s", season_names),
    columns=(
        Column("file_id", "f.file_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.file_id)),
        Column("received_at", "f.received_at", _("上传时间"), "time"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("season", "s.name", _("采暖季")),
        Column("name", "f.name", _("文件名")),
        Column("rows", "f.rows", _("行数"), "num"),
        Column("wrong", "f.wrong", _("错误行"), "num"),
        Column("state", "f.state", _("状态"), "badge", words=FILE_STATES,
               filters=one_of("state", _("状态"), FILE_STATES)),
        Column("received_by", "f.received_by", _("上传人")),
    ),
)  # fmt: skip


def area(milli: int | None) -> str:
    """Thousandths as people read them: 92.5."""
    if milli is None:
        return ""
    whole, rest = divmod(milli, 1000)
    return f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
