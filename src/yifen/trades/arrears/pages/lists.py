"""Lists of arrears: ages 账龄, accounts, calls, letters, cuts, holds, write-offs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import chosen, one_of, search
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.face.plain import plain_connection
from yifen.trades.arrears import rules
from yifen.trades.arrears.pages.masking import account_shown, name_shown, phone_shown

_SQL = queries(__package__)
_said = lazy(told, str)
NO_CLASS, NOBODY = "—", 0  # how debts without a class, without a collector are asked for


def _words(texts: dict[str, Any], tones: dict[str, str]) -> words.Words:
    return {word: (_said(text), tones.get(word, "neutral")) for word, text in texts.items()}


STEPS = _words(rules.STEPS, {"notice": "waiting", "cut": "bad"})
WHY = _words(
    rules.WHY,
    {"": "bad", "waiting": "neutral", "plan": "waiting", "promised": "waiting", "cut": "bad"},
)
KINDS = _words(rules.HOLDS, {"dispute": "bad", "plan": "waiting"})
HOLD_STATES: words.Words = {
    "running": (_("执行中"), "waiting"), "kept": (_("已履行"), "ok"), "broken": (_("已违约"), "bad"),
    "replaced": (_("已被取代"), "neutral"), "mending": (_("成立，待更正"), "bad"),
    "upheld": (_("异议成立"), "ok"), "rejected": (_("异议不成立"), "neutral"),
}  # fmt: skip
CUT_STATES: words.Words = {
    "asked": (_("待停供"), "waiting"), "failed": (_("未停成"), "bad"), "cut": (_("已停供"), "bad"),
    "restoring": (_("待复供"), "waiting"), "restored": (_("已复供"), "ok"), "dropped": (_("已取消"), "neutral"),
}  # fmt: skip
LETTER_STATES: words.Words = {
    "printed": (_("已打印"), "ok"), "unserved": (_("通知待送达"), "waiting"), "served": (_("通知已送达"), "ok"),
    "void": (_("已作废"), "neutral"),
}  # fmt: skip
BANDS = (
    ("current_fen", _("未到期")), ("d30_fen", _("1–30 天")), ("d90_fen", _("31–90 天")), ("d180_fen", _("91–180 天")),
    ("d365_fen", _("181–365 天")), ("y2_fen", _("1–2 年")), ("older_fen", _("2 年以上")),
)  # fmt: skip


def read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(statement, values).fetchall()


def billers(access: Access) -> list[tuple[Any, ...]]:
    return read(_SQL["billers"], scopes.params(access.scope))


def fees(access: Access) -> list[tuple[Any, ...]]:
    return read(_SQL["fees"], scopes.params(access.scope))


def areas(access: Access) -> list[tuple[Any, ...]]:
    return read(_SQL["areas"], scopes.params(access.scope))


def collectors(access: Access) -> list[tuple[Any, ...]]:
    return [(NOBODY, _("无催收员")), *read(_SQL["collectors"], scopes.params(access.scope))]


def account_url(row: Row, access: Access) -> str:
    return reverse("arrears_account", args=[row.customer_id])


def account_column(sql: str, url: Callable[[Row, Access], str] | None = None) -> Column:
    return Column(
        "account_no",
        sql,
        _("户号"),
        "code",
        value=lambda r, a: account_shown(a, r.account_no),
        url=url,
    )


AGE_FILTER = one_of(
    "age",
    _("账龄"),
    [(name, title) for name, title in BANDS],
    {name: f"d.{name} > 0" for name, _title in BANDS},
)
DEBTS = Listing(
    name="arrears_debts",
    title=_("欠费户"),
    note=_("按户号和费种；每小时重算，缴费和催缴后即时更新。打开一户看账单和经过。"),
    empty=_("没有欠费"),
    permission="arrears.view",
    export="arrears.view",
    route="arrears/accounts/",
    source=_SQL["debts"],
    scope=in_scope("d.biller_id"),
    key="(d.customer_id * 65536 + d.fee_id)",
    default="owed",
    opens=account_url,
    reads={"customer_id": "d.customer_id"},
    filters=(
        *chosen("biller", _("收费单位"), "d.biller_id = %(biller)s", billers),
        *chosen("fee", _("费种"), "d.fee_id = %(fee)s", fees),
        *chosen("area", _("小区"), "d.area_id = %(area)s", areas),
        *chosen("collector", _("催收员"), "coalesce(kb.user_id, ka.user_id, 0) = %(collector)s", collectors),
        *search("class", _("用户类别"), f"coalesce(nullif(d.class, ''), '{NO_CLASS}') = %(class)s", wide=False),
        *search("account", _("户号"), "d.account_no = %(account)s"),
        *one_of("late", _("逾期"), [("late", _("有逾期"))], {"late": "d.owed_fen > 0"}, first="late"),
        *AGE_FILTER,
    ),
    columns=(
        account_column("d.account_no", url=account_url),
        Column("place", "l.path", _("地址")),
        Column("biller", "p.name", _("收费单位")),
        Column("fee", "f.name", _("费种")),
        Column("class", "d.class", _("用户类别"), shown=False),
        Column("owed_fen", "d.owed_fen", _("逾期（元）"), "amount", order="down"),
        Column("oldest_on", "d.oldest_on", _("最早到期日"), "day"),
        Column("done", "d.done_kind", _("已办到"), words=STEPS),
        Column("done_on", "d.done_on", _("办理日"), "day"),
        Column("next", "d.next_kind", _("下一步"), words=STEPS, filters=one_of("next", _("下一步"), STEPS)),
        Column("next_on", "d.next_on", _("从哪天起"), "day"),
        Column("why", "coalesce(nullif(d.why, ''), 'due')", _("为何未办"), "badge", words=WHY | {"due": WHY[""]},
               filters=one_of("why", _("为何未办"), {word or "due": said for word, said in WHY.items()})),
        Column("collector", "u.login", _("催收员")),
        *(Column(name, f"d.{name}", title, "amount", shown=False) for name, title in BANDS),
    ),
)  # fmt: skip
CALLS = replace(
    DEBTS,
    name="arrears_calls",
    title=_("电话催缴"),
    note=_("现在该打电话的户；打开一户记下结果。三天打不通即算已办。"),
    empty=_("没有要打的电话"),
    route="arrears/calls/",
    source=_SQL["debts_named"],
    reads={"customer_id": "d.customer_id", "biller_id": "d.biller_id"},
    form=ListFilters,
    orders={},
    row=None,
    where=("d.next_kind = 'call' AND d.why = ''",),
    filters=DEBTS.filters,
    columns=(
        DEBTS.columns[0],
        Column("holder", "n.name", _("户名"), exported=False,
               value=lambda r, a: name_shown(a, r.biller_id, r.account_no, r.holder)),
        Column("phone", "c.contact", _("手机"), "code", exported=False,
               value=lambda r, a: phone_shown(a, r.biller_id, r.account_no, r.phone) or "—"),
        *(column for column in DEBTS.columns[1:] if column.name not in ("next", "why", "class")),
    ),
)  # fmt: skip

LETTERS = Listing(
    name="arrears_letters",
    title=_("催缴函、停供通知"),
    note=_("每张一个编号，只打印一次，再打印注明“补打”。通知送达后法定天数才开始计算。"),
    empty=_("还没有函件"),
    permission="arrears.view",
    export="arrears.view",
    route="arrears/letters/",
    source=_SQL["letters"],
    scope=in_scope("t.biller_id"),
    key="t.letter_no",
    opens=lambda row, access: reverse("arrears_letter", args=[row.letter_no]),
    actions=(
        ListAction(_("打印催缴函"), "arrears_print_letters", "arrears.do", "printer", "primary"),
        ListAction(_("打印停供通知"), "arrears_print_notices", "arrears.do", "printer"),
    ),
    filters=(
        *chosen("biller", _("收费单位"), "t.biller_id = %(biller)s", billers),
        *search("account", _("户号"), "c.account_no = %(account)s"),
    ),
    columns=(
        Column(
            "letter_no",
            "t.letter_no",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.letter_no),
        ),
        Column(
            "kind",
            "t.kind",
            _("种类"),
            "badge",
            words=STEPS,
            filters=one_of("kind", _("种类"), {name: STEPS[name] for name in ("letter", "notice")}),
        ),
        account_column("c.account_no"),
        Column("place", "l.path", _("地址")),
        Column("fee", "f.name", _("费种")),
        Column("owed_fen", "t.owed_fen", _("欠费（元）"), "amount", sums=False),
        Column("printed_at", "t.printed_at", _("打印时间"), "time"),
        Column("printed_by", "t.printed_by", _("打印人")),
        Column(
            "state",
            _SQL["letter_state"],
            _("状态"),
            "badge",
            words=LETTER_STATES,
            filters=one_of("state", _("状态"), LETTER_STATES),
        ),
        Column("served_on", "CASE WHEN t.kind = 'notice' THEN o.done_on END", _("送达日"), "day"),
    ),
)

CUTS = Listing(
    name="arrears_cuts",
    title=_("停供与复供"),
    note=_("停供须两人同意名单，由外勤上门；缴清或定了分期，下一分钟即派复供。"),
    empty=_("没有停供"),
    permission="arrears.view",
    export="arrears.view",
    route="arrears/cuts/",
    source=_SQL["cuts"],
    scope=in_scope("c.biller_id"),
    key="c.cut_id",
    opens=account_url,
    reads={"customer_id": "c.customer_id"},
    actions=(ListAction(_("提交停供名单"), "arrears_cut_new", "arrears.do", "plug-zap", "primary"),),
    filters=(*chosen("biller", _("收费单位"), "c.biller_id = %(biller)s", billers),
             *search("account", _("户号"), "u.account_no = %(account)s")),
    columns=(
        Column("cut_id", "c.cut_id", _("编号"), "code", order="down", by_kind="num", value=lambda r, a: f"C{r.cut_id}"),
        account_column("u.account_no", url=account_url),
        Column("place", "l.path", _("地址")),
        Column("fee", "f.name", _("费种")),
        Column("owed_fen", "c.owed_fen", _("停供时欠费（元）"), "amount", sums=False),
        Column("asked_at", "c.asked_at", _("派单时间"), "time"),
        Column("cut_at", "CASE WHEN c.finding = 'ok' THEN c.cut_at END", _("停供时间"), "time"),
        Column("restore_by", "c.restore_by", _("复供期限"), "time"),
        Column("restored_at", "c.restored_at", _("复供时间"), "time"),
        Column("state", "c.state", _("状态"), "badge", words=CUT_STATES,
               filters=one_of("state", _("状态"), [("late", _("复供超时")), *words.choices(CUT_STATES)],
                              {"late": "c.state = 'restoring' AND c.restore_by < %(now)s"}
                              | {state: f"{{sql}} = '{state}'" for state in CUT_STATES})),
        Column("again", "c.cut_id", "", "post", value=lambda r, a: _("再派") if _fails(r, a) else "", exported=False,
               url=lambda r, a: reverse("arrears_cut_again", args=[r.cut_id]) if _fails(r, a) else ""),
    ),
)  # fmt: skip


def _fails(row: Row, access: Access) -> bool:
    return bool(row.state == "failed" and access.may("arrears.do"))


_ENDED = dict.fromkeys(("replaced", "upheld", "rejected"), "NOT ")
OPEN = ("running", "mending")  # a dispute that may still be settled, or settled otherwise
MEND_DAYS = 15  # within which a bill is mended of which it is known to be wrong
_STATE = "arrears_hold_state_v1(h, %(today)s)"
HOLDS = Listing(
    name="arrears_holds",
    title=_("承诺、分期、异议"),
    note=_("执行中的暂停催缴；是否履行按缴费日计算，违约即恢复催缴。"),
    empty=_("没有承诺、分期或异议"),
    permission="arrears.view",
    export="arrears.view",
    route="arrears/holds/",
    source=_SQL["holds"],
    scope=in_scope("h.biller_id"),
    key="h.hold_id",
    opens=account_url,
    reads={"customer_id": "h.customer_id", "made_at": "h.made_at", "upheld_at": "h.upheld_at"},
    filters=(
        *chosen("biller", _("收费单位"), "h.biller_id = %(biller)s", billers),
        *search("account", _("户号"), "h.account_no = %(account)s"),
    ),
    columns=(
        Column(
            "hold_id",
            "h.hold_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.hold_id),
        ),
        Column(
            "kind",
            "h.kind",
            _("种类"),
            "badge",
            words=KINDS,
            filters=one_of("kind", _("种类"), KINDS),
        ),
        account_column("h.account_no", url=account_url),
        Column("fee", "f.name", _("费种")),
        Column("from_on", "h.from_on", _("起"), "day"),
        Column("until_on", "h.until_on", _("止"), "day"),
        Column("amount_fen", "h.amount_fen", _("金额（元）"), "amount", sums=False),
        Column(
            "state",
            _STATE,
            _("状态"),
            "badge",
            words=HOLD_STATES,
            filters=one_of(
                "state",
                _("状态"),
                [("unmended", _("逾期未更正")), *words.choices(HOLD_STATES)],
                {
                    state: f"h.ended_at IS {_ENDED.get(state, '')}NULL AND {{sql}} = '{state}'"
                    for state in HOLD_STATES
                }
                | {
                    "unmended": "h.ended_at IS NULL AND h.upheld_at < %(now)s::timestamptz"
                    f" - interval '{MEND_DAYS} days'"
                },
            ),
        ),
        Column(
            "note",
            "concat_ws(' · ', nullif(h.note, ''), nullif(h.upheld_note, ''), nullif(h.ended_note, ''))",
            _("说明"),
        ),
        Column("made_by", "h.made_by", _("经办")),
        Column(
            "settle",
            "h.hold_id",
            "",
            "link",
            value=lambda r, a: (_("了结") if r.state == "running" else _("改结论")) if _open(r, a) else "",
            exported=False,
            url=lambda r, a: reverse("arrears_settle", args=[r.hold_id]) if _open(r, a) else "",
        ),
    ),
)


def _open(row: Row, access: Access) -> bool:
    return bool(row.kind == "dispute" and row.state in OPEN and access.may("arrears.do"))


WRITTEN = Listing(
    name="arrears_written",
    title=_("坏账核销"),
    note=_("账销案存：核销后不再催收，仍可由两人恢复催收后缴纳。"),
    empty=_("没有核销"),
    permission="arrears.view",
    export="arrears.view",
    route="arrears/written/",
    source=_SQL["written"],
    scope=in_scope("r.biller_id"),
    key="(-w.document_id)",
    actions=(ListAction(_("提交核销"), "arrears_write_off", "arrears.write_off", "file-x", "primary"),),
    filters=(*chosen("biller", _("收费单位"), "r.biller_id = %(biller)s", billers),
             *search("account", _("户号"), "b.account_no = %(account)s")),
    columns=(
        Column("bill_id", "w.bill_id", _("账单号"), "code", order="down", by="-w.document_id", by_kind="num",
               value=lambda r, a: f"B{r.bill_id}"),
        account_column("b.account_no"),
        Column("fee", "f.name", _("费种")),
        Column("amount_fen", "w.amount_fen", _("核销（负为恢复，元）"), "amount"),
        Column("written_on", "w.written_on", _("日期"), "day"),
        Column("evidence", "a.content ->> 'evidence'", _("依据文号")),
        Column("maker", "m.login", _("提交人")),
        Column("checker", "k.login", _("复核人")),
        Column("again", _SQL["still_written"], "", "link", exported=False,
               value=lambda r, a: _("恢复催收") if _written(r, a) else "",
               url=lambda r, a: reverse("arrears_take_up", args=[r.bill_id]) if _written(r, a) else ""),
    ),
)  # fmt: skip


def _written(row: Row, access: Access) -> bool:
    return bool(row.amount_fen > 0 and row.again > 0 and access.may("arrears.write_off"))
