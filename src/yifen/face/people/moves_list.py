"""The list of tellers' moves 柜员调动: who went where, from when until when, and who should have gone by now."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.tellers import KINDS, MOVE, SUBSTITUTE
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_institutions

STATES: words.Words = {
    "stuck": (_("到日未动"), "bad"), "agreed": (_("待上岗"), "waiting"), "there": (_("顶岗中"), "ok"),
    "ended": (_("已完成"), "neutral"),
}  # fmt: skip


def kind_said(row: Row, access: Access) -> str:
    return told(KINDS[row.kind])


def user_url(row: Row, access: Access) -> str:
    return reverse("user", args=[row.user_id])


def kind_choices(access: Access) -> list[tuple[str, str]]:
    return [(kind, told(KINDS[kind])) for kind in (MOVE, SUBSTITUTE)]


TELLER_MOVES = Listing(
    name="teller_moves",
    title=pgettext_lazy("list", "柜员调动"),
    empty=_("没有符合条件的调动、顶岗"),
    permission="users.view",
    export="users.view",
    route="users/moves/",
    source=queries(__package__)["teller_moves"],
    scope=in_institutions("m.from_id"),
    key="m.move_id",
    opens=user_url,
    filters=(
        *named(_("柜员号或姓名"), "u.login", "u.name", name="text"),
        *one_of("kind", _("事项"), kind_choices, "m.kind = %(kind)s"),
    ),
    columns=(
        Column("kind", "m.kind", _("事项"), value=kind_said),
        Column("name", "u.name", _("姓名")),
        Column("was", "u.login", _("原柜员号"), "code"),
        Column("number", "coalesce(s.login, u.login)", _("柜员号"), "code"),
        Column("was_at", "f.name", _("原机构")),
        Column("went_to", "t.name", _("到机构")),
        Column("from_on", "m.from_on", _("开始日"), "day"),
        Column("until_on", "m.until_on", _("截止日"), "day"),
        Column("state", "x.state", _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
        Column("changed_at", "m.changed_at", _("时间"), "time", order="down"),
    ),
    reads={"user_id": "coalesce(s.id, u.id)"},
)  # fmt: skip
