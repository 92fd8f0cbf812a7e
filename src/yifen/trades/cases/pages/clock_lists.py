"""Lists of clocks, of notices, a judge's week, the clearing list of unidentified money, the ledger of ten items."""

import json
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_name
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.face.lists.asking import chosen, moments, named, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.cases.clock import notices
from yifen.trades.cases.pages.listing import case_named, case_url, courts, person, unknown_url
from yifen.trades.cases.pages.words import ENTRIES
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.rules import party_context

_SQL = queries(__package__)
_STATE = ("CASE WHEN k.paused @> %(today)s::date THEN 'paused' ELSE cases_colour_v1(k.due_on, k.payout_days,"
          " %(today)s) END")  # fmt: skip
_TOLD_ON = "(t.told_at AT TIME ZONE 'Asia/Shanghai')::date"
_TELLING = (f"CASE WHEN t.told_at IS NULL THEN CASE WHEN t.due_on < %(today)s THEN 'late' ELSE 'todo' END"
            f" WHEN {_TOLD_ON} > t.due_on THEN 'told_late' ELSE 'told' END")  # fmt: skip
_SIDE = ("(SELECT array_agg(x.name ORDER BY x.party_id) FROM court_party x WHERE x.case_id = c.case_id"
         " AND x.role = '{}')")  # fmt: skip
COLOURS: words.Words = {
    "red": (_("已超期"), "bad"), "amber": (_("将到期"), "waiting"), "green": (_("期限内"), "ok"),
    "paused": (_("延缓中"), "neutral"),
}  # fmt: skip
CLAIM_COLOURS: words.Words = {colour: COLOURS[colour] for colour in ("red", "amber", "green")}
TELLINGS_WORDS: words.Words = {
    "late": (_("逾期未通知"), "bad"), "todo": (_("待通知"), "waiting"), "told_late": (_("逾期通知"), "waiting"),
    "told": (_("已通知"), "ok"),
}  # fmt: skip
PARTS: words.Words = {"all": (_("全部"), "neutral"), "rest": (_("其余"), "neutral"),
                      "paused": (_("延缓部分"), "neutral")}  # fmt: skip
MINE = (("mine", _("我承办的")),)


def _whose(column: str) -> Any:
    return one_of("whose", _("承办"), MINE, {"mine": f"{column} = %(login)s"})


def told_url(row: Row, access: Access) -> str:
    return reverse("court_told", args=[-row.document_id])


def judge_url(row: Row, access: Access) -> str:
    return f"{reverse('court_clocks')}?{urlencode({'court': row.court_id, 'q': row.judge})}"


def payer(row: Row, access: Access) -> str:
    """Masked, whoever asks: the list is put up for all to read."""
    name = opened(row)[0]
    return masked_name(name) if name else ""


def opened(row: Row) -> list[str]:
    """Payer's name, his account, his words; each empty where no line brought it."""
    if not row.who:
        return ["", "", ""]
    found: list[str] = json.loads(key_ring().open(bytes(row.who), f"court_row:{row.file_id}:{row.line_no}"))
    return found


def parties(side: str) -> Any:
    """Names of one side; whole for who keeps cases."""
    def shown(row: Row, access: Access) -> str:
        context = party_context(row.court_id, row.number)
        found = (key_ring().open(bytes(one), context).decode() for one in getattr(row, side) or ())
        return "、".join(one if access.may("cases.keep") else masked_name(one) for one in found)

    return shown


def channel_word(row: Row, access: Access) -> str:
    if row.channel == "page":
        return str(_("工作列表"))
    return told(notices.CHANNELS[row.channel]) if row.channel else ""


def time_to_tell(row: Row, access: Access) -> int | None:
    """Hours from the money's coming to the notice."""
    return None if row.told_at is None else (row.told_at - row.since) // timedelta(hours=1)


CLOCKS = Listing(
    name="court_clocks", title=_("案款期限"), permission="cases.view", export="cases.view", route="court/clocks/",
    note=_("在案的每笔款：应在哪天前发放；延缓的日子不计。先进先出；撤销认领、退款先冲本笔。"),
    empty=_("没有在案的款"), source=_SQL["clock_rows"], scope=in_scope("k.court_id"),
    key="(k.document_id || ' ' || k.part)", key_kind="text", default="due_on", opens=case_url,
    reads={"case_id": "k.case_id", "document_id": "k.document_id"},
    filters=(*chosen("court", _("法院"), "k.court_id = %(court)s", courts), *_whose("k.judge"),
             *case_named(_("案号、子账号、承办人"), "k.number", "k.account_no", "k.judge", person("k.judge"))),
    columns=(
        Column("due_on", "k.due_on", _("应发放日"), "day", order="up"),
        Column("state", _STATE, _("状态"), "badge", words=COLOURS, filters=one_of("state", _("状态"), COLOURS)),
        Column("number", "k.number", _("案号")),
        Column("judge", person("k.judge"), _("承办人")),
        Column("court", "p.name", _("法院"), shown=False),
        Column("fen", "k.fen", _("在案（元）"), "amount", order="down"),
        Column("part", "k.part", _("部分"), words=PARTS),
        Column("kind", "k.kind", _("来源"), words=ENTRIES),
        Column("since", "k.since", _("到账时间"), "time", order="up"),
        Column("told_at", "k.told_at", _("通知承办人"), "time"),
        Column("start_on", "k.start_on", _("起算日"), "day"),
    ),
)  # fmt: skip
TELLINGS = Listing(
    name="court_tellings", title=_("到账通知"), permission="cases.view", export="cases.view", route="court/notices/",
    note=_("款到后通知承办人和当事人。承办人由工作列表自动通知；当事人由人通知并登记送达。"),
    empty=_("没有到账"), source=_SQL["telling_rows"], scope=in_scope("t.court_id"),
    key="(t.document_id || ' ' || coalesce(t.party_id, 0))", key_kind="text", default="since", opens=told_url,
    reads={"document_id": "t.document_id", "court_id": "t.court_id"},
    filters=(*chosen("court", _("法院"), "t.court_id = %(court)s", courts), *_whose("t.judge"),
             *case_named(_("案号、子账号、承办人"), "t.number", "t.account_no", "t.judge", person("t.judge"))),
    columns=(
        Column("since", "t.since", _("到账时间"), "time", order="down", filters=moments(_("到账日期 起"))),
        Column("number", "t.number", _("案号")),
        Column("court", "p.name", _("法院"), shown=False),
        Column("role", "t.role", _("通知谁"), value=lambda r, a: role_word(r.role),
               filters=one_of("role", _("通知谁"), [("judge", _("承办人")), ("applicant", _("申请执行人")),
                                                    ("debtor", _("被执行人"))])),
        Column("judge", person("t.judge"), _("承办人")),
        Column("fen", "t.fen", _("金额（元）"), "amount", sums=False),
        Column("due_on", "t.due_on", _("通知期限"), "day", order="up"),
        Column("state", _TELLING, _("状态"), "badge", words=TELLINGS_WORDS,
               filters=one_of("state", _("状态"), TELLINGS_WORDS)),
        Column("told_at", "t.told_at", _("通知时间"), "time"),
        Column("hours", "", _("用时（小时）"), "num", value=time_to_tell),
        Column("channel", "t.channel", _("方式"), value=channel_word),
        Column("told_by", person("t.told_by"), _("经办人")),
    ),
)  # fmt: skip
JUDGES = Listing(
    name="court_judges", title=_("承办人周报"), permission="cases.view", export="cases.view", route="court/judges/",
    note=_("今天在案的款按承办人，和近 7 天的收、付、逾期通知；收付已减去撤销、退汇的，并案转入不计。"),
    empty=_("没有在案的款"), source=_SQL["judge_rows"],
    scope=in_scope("j.court_id"), key="(j.court_id || ' ' || j.judge)", key_kind="text", default="red",
    reads={"court_id": "j.court_id"}, opens=judge_url,
    filters=(*chosen("court", _("法院"), "j.court_id = %(court)s", courts), *named(_("承办人"), person("j.judge"))),
    columns=(
        Column("judge", person("j.judge"), _("承办人"), value=lambda r, a: r.judge or str(_("未定"))),
        Column("court", "p.name", _("法院"), shown=False),
        Column("cases", "j.cases", _("在案件数"), "num"),
        Column("open_fen", "j.open_fen", _("在案（元）"), "amount", order="down"),
        Column("amber_fen", "j.amber_fen", _("将到期（元）"), "amount"),
        Column("red_fen", "j.red_fen", _("已超期（元）"), "amount", order="down"),
        Column("reds", "j.reds", _("超期笔数"), "num"),
        Column("paused_fen", "j.paused_fen", _("延缓中（元）"), "amount"),
        Column("in_fen", "j.in_fen", _("7 天到账（元）"), "amount"),
        Column("out_fen", "j.out_fen", _("7 天发放（元）"), "amount"),
        Column("late", "j.late", _("逾期通知（笔）"), "num"),
    ),
)  # fmt: skip
CLEARING = Listing(
    name="court_clearing", title=_("不明款清单"), permission="cases.view", export="cases.view",
    route="court/clearing/", note=_("供公示：付款人隐名，流水号只留末四位。请有关人员持凭证与本院案款会计联系认领。"),
    empty=_("没有不明款"), source=_SQL["clearing_rows"], scope=in_scope("i.court_id"), key="i.document_id",
    where=("i.left_fen > 0",), default="came_at", opens=unknown_url,
    reads={"document_id": "i.document_id", "who": "w.who", "file_id": "w.file_id", "line_no": "w.line_no"},
    filters=chosen("court", _("法院"), "i.court_id = %(court)s", courts),
    columns=(
        Column("came_at", "i.came_at", _("到账时间"), "time", order="down", filters=moments(_("到账日期 起"))),
        Column("payer", "", _("付款人"), value=payer),
        Column("left_fen", "i.left_fen", _("未认领（元）"), "amount", order="down"),
        Column("tail", "right(w.serial, 4)", _("流水号末四位"), "code"),
        Column("court", "p.name", _("联系（案款会计）")),
        Column("age", "i.age", _("已挂天数"), "num"),
        Column("due_on", "i.due_on", _("认领期限"), "day"),
        Column("state", "cases_colour_v1(i.due_on, i.claim_days, %(today)s)", _("状态"), "badge", words=CLAIM_COLOURS,
               filters=one_of("state", _("状态"), CLAIM_COLOURS)),
    ),
)  # fmt: skip
LEDGER = Listing(
    name="court_ledger", title=_("收款台账"), permission="cases.view", export="cases.view", route="court/ledger/",
    note=_("十项：到账时间、金额、案号、承办人、申请执行人、被执行人、付款人、事由、财务经办、复核。已撤销认领的、退汇、并案转入不列。"),
    empty=_("没有到账"), source=_SQL["ledger_rows"], scope=in_scope("i.court_id"), key="i.document_id",
    where=("i.fen > 0", "i.kind NOT IN ('returned', 'moved_in')"), default="came_at", opens=told_url,
    reads={"document_id": "i.document_id", "court_id": "i.court_id", "who": "w.who", "file_id": "w.file_id",
           "line_no": "w.line_no", "channel": "h.name"},
    filters=(*chosen("court", _("法院"), "i.court_id = %(court)s", courts),
             *case_named(_("案号、承办人"), "c.number", "c.judge", person("c.judge"))),
    columns=(
        Column("came_at", "i.came_at", _("到账时间"), "time", order="down", filters=moments(_("到账日期 起"))),
        Column("fen", "i.fen", _("金额（元）"), "amount"),
        Column("number", "c.number", _("案号")),
        Column("judge", person("c.judge"), _("承办人")),
        Column("applicants", _SIDE.format("applicant"), _("申请执行人"), value=parties("applicants")),
        Column("debtors", _SIDE.format("debtor"), _("被执行人"), value=parties("debtors")),
        Column("payer", "", _("付款人"), value=lambda r, a: payer(r, a) or r.channel or ""),
        Column("kind", "i.kind", _("事由"), words=ENTRIES),
        Column("maker", "m.name", pgettext_lazy("court", "财务经办")),
        Column("checker", "k.name", pgettext_lazy("court", "复核")),
    ),
)  # fmt: skip


def role_word(role: str) -> str:
    """Who is told, in words."""
    return str(_("承办人")) if role == "judge" else told(ROLES[role])
