"""The list of proposals 复核: what waits for a second person, and what was decided."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.second import acts
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import called
from yifen.face import words
from yifen.face.lists.asking import moments, named, one_of
from yifen.face.lists.listing import Column, Listing, Row

_SQL = queries(__package__)
STATES: words.Words = {
    "open": (_("待复核"), "waiting"), "yes": (_("已同意"), "ok"), "no": (_("已退回"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"), "lapsed": (_("已失效"), "neutral"),
}  # fmt: skip


def proposal_url(row: Row, access: Access) -> str:
    return reverse("proposal", args=[row.number])


def act_said(row: Row, access: Access) -> str:
    act = acts().get(row.action)
    return told(act.title) if act else row.action


def subject_said(action: str, subject: str) -> str:
    """What it is about, as people call it."""
    act = acts().get(action)
    if act is None or not act.named:
        return subject
    if isinstance(act.named, Text):
        return told(act.named).format(subject)
    try:
        return told(called(act.named)(subject))
    except (Refused, ValueError):  # what it was about is gone, or it was written by a version before
        return subject


def act_choices(access: Access) -> list[tuple[str, str]]:
    return [(act.name, told(act.title)) for act in acts().values()]


PROPOSALS = Listing(
    name="proposals",
    title=pgettext_lazy("list", "复核"),
    empty=_("没有提议"),
    empty_note=_("要两个人才能生效的事（权限、密钥、收款账户、规则等）提出后列在这里。"),
    permission="proposals.view",
    export="proposals.view",
    route="proposals/",
    source=_SQL["proposals"],
    scope="(%(everywhere)s OR a.institution_id = ANY (%(institutions)s::bigint[])"
          " OR a.partner_id = ANY (%(partners)s::integer[]) OR a.maker_id = %(user_id)s)",
    key="-a.id",
    find="a.id = %(one)s",
    where=("a.shown IS NOT NULL",),
    opens=proposal_url,
    filters=(
        *named(_("对象或提出人"), "a.subject_key", "m.login", "m.name", "p.code", name="text"),
        *one_of("mine", _("与我"), [("decide", _("待我复核")), ("made", _("我提出的"))],
                {"decide": _SQL["for_me"], "made": "a.maker_id = %(user_id)s"}),
    ),
    columns=(
        Column("number", "a.id", _("编号"), "code", order="down", by_kind="num"),
        Column("action", "a.action", _("事项"), value=act_said,
               filters=one_of("act", _("事项"), act_choices, "a.action = %(act)s")),
        Column("subject", "a.subject_key", _("对象"), value=lambda r, a: subject_said(r.action, r.subject)),
        Column("owner", "coalesce(p.code || ' ' || p.name, i.name)", _("所属")),
        Column("maker", "m.name || ' ' || m.login", _("提出人")),
        Column("requested_at", "a.requested_at", _("提出时间"), "time", order="down",
               filters=moments(_("提出日期 起"))),
        Column("state", "s.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
        Column("checker", "c.name || ' ' || c.login", _("复核人")),
        Column("decided_at", "a.decided_at", _("复核时间"), "time"),
    ),
)  # fmt: skip
