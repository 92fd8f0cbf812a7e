"""The list of applications for payouts, and what of them waits for whom."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import chosen, moments, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.face.today.waiting import LATE, TODAY, ListedWork
from yifen.trades.cases.pages.listing import case_named, courts, person
from yifen.trades.cases.pages.payout_words import ALL_KINDS, STATES

_STATE = ("CASE WHEN a.state = 'asked' THEN 'at_' || a.levels[a.signed + 1]"
          " WHEN a.state = 'approved' AND a.stopped IS NOT NULL THEN 'stopped' ELSE a.state END")  # fmt: skip


def payout_url(row: Row, access: Access) -> str:
    return reverse("court_payout", args=[row.application_id])


PAYOUTS = Listing(
    name="court_payouts", title=_("案款结退"), permission="cases.view", export="cases.view", route="court/payouts/",
    note=_("承办法官在案件页申请，各级依次审批；申请时即占用金额，批准后由银行付款。"), empty=_("没有结退申请"),
    source=queries(__package__)["payouts"], scope=in_scope("a.court_id"), key="a.application_id",
    default="application_id", opens=payout_url,
    filters=(*chosen("court", _("法院"), "a.court_id = %(court)s", courts),
             *one_of("whose", _("申请"), (("mine", _("我申请的")), ("others", _("他人申请的"))), {
                 "mine": "a.asked_by = %(login)s", "others": "a.asked_by <> %(login)s"}),
             *case_named(_("案号、子账号、申请人"), "coalesce(c.number, '')", "coalesce(a.account_no, '')",
                         "a.asked_by", person("a.asked_by"))),
    columns=(
        Column("application_id", "a.application_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.application_id)),
        Column("asked_at", "a.asked_at", _("申请时间"), "time", filters=moments(_("申请日期 起"))),
        Column("number", "coalesce(c.number, '')", _("案号")),
        Column("court", "p.name", _("法院")),
        Column("kind", "a.kind", _("种类"), "badge", words=ALL_KINDS,
               filters=one_of("kind", _("种类"), ALL_KINDS)),
        Column("amount_fen", "a.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("left_fen", "w.left_fen", _("待重新申请（元）"), "amount"),
        Column("asked_by", person("a.asked_by"), _("申请人")),
        Column("other_why", "a.other_why", _("退到其他账户的理由")),
        Column("state", _STATE, _("状态"), "badge", words=STATES, filters=one_of(
            "state", _("状态"), [*words.choices(STATES), ("again", _("待重新申请"))],
            {state: f"{{sql}} = '{state}'" for state in STATES}
            | {"again": "w.left_fen > 0"})),
        Column("changed_at", "a.changed_at", _("更新时间"), "time"),
    ),
)  # fmt: skip


def _waits(
    zh: str, en: str, state: str, permission: str, tone: str = TODAY, fen: str = "amount_fen"
) -> ListedWork:
    return ListedWork(Text(zh, en), PAYOUTS, f"state={state}", tone, "changed_at", fen, permission=permission)


WAITING = (
    _waits("案款结退待合议庭审批", "Payouts for the panel to agree to", "at_panel&whose=others", "cases.panel"),
    _waits("案款结退待会计审核", "Payouts for the cashier to check", "at_check", "cases.check"),
    _waits("案款结退待执行局长审批", "Payouts for the head of the bureau", "at_bureau", "cases.bureau"),
    _waits("案款结退待院领导审批", "Payouts for the head of the court", "at_head", "cases.head"),
    _waits("案款退汇、拒付待重新申请", "Payouts that came back: apply anew", "again&whose=mine", "cases.apply",
           fen="left_fen"),
    _waits("已批准的案款不能付款", "Approved payouts that may not leave", "stopped", "cases.check", LATE),
    _waits("案款付款结果未知", "Payouts whose end nobody knows", "unknown", "cases.check", LATE),
)
