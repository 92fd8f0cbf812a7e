"""The list of users 用户: who works here, with which roles."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.roles import role_text, roles
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions

STATES: words.Words = {"yes": (_("可用"), "ok"), "no": (_("已停用"), "bad")}
SOME_ROLE = "EXISTS (SELECT FROM access_user_role x WHERE x.user_id = u.id AND x.role = %(role)s)"


def user_url(row: Row, access: Access) -> str:
    return reverse("user", args=[row.user_id])


def roles_said(row: Row, access: Access) -> str:
    return words.listed(role_text(name) for name in row.roles.split(",") if name)


def role_choices(access: Access) -> list[tuple[str, str]]:
    return [(name, role_text(name)) for name in roles()]


USERS = Listing(
    name="users",
    title=pgettext_lazy("list", "用户"),
    empty=_("没有符合条件的用户"),
    permission="users.view",
    export="users.view",
    route="users/",
    source=queries(__package__)["users"],
    scope=in_institutions("u.institution_id"),
    key="u.id",
    opens=user_url,
    actions=(ListAction(_("新增用户"), "user_new", "users.edit", "user-plus", "primary"),),
    filters=(
        *named(_("账号或姓名"), "u.login", "u.name", name="text"),
        *one_of("role", _("角色"), role_choices, SOME_ROLE),
    ),
    columns=(
        Column("login", "u.login", _("账号"), "code", order="up"),
        Column("name", "u.name", _("姓名"), order="up"),
        Column("institution", "i.name || coalesce(' · ' || p.name, '')", _("机构")),
        Column("roles", "r.names", _("角色"), value=roles_said),
        Column("last_login", "u.last_login", _("最近登录"), "time"),
        Column("state", "CASE WHEN u.is_active THEN 'yes' ELSE 'no' END", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
    ),
    reads={"user_id": "u.id"},
)  # fmt: skip
