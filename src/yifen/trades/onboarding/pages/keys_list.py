"""The list of partners' keys 密钥: which version counts until when, and whether another follows."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope

_SQL = queries(__package__)
STATES: words.Words = {
    "on": (_("有效"), "ok"),
    "ahead": (_("未生效"), "waiting"),
    "ending": (_("将到期"), "bad"),
    "following": (_("将到期，已有新密钥"), "waiting"),
    "over": (_("已停用"), "neutral"),
}


def changes_url(row: Row, access: Access) -> str:
    """Who made it and who ended it, for who reads the trail."""
    return f"{reverse('audit')}?{urlencode({'q': row.keyid})}" if access.may("audit.view") else ""


def key_url(row: Row, access: Access) -> str:
    return reverse("partner_keys" if access.may("partners.keys") else "partner", args=[row.code])


KEYS = Listing(
    name="keys",
    title=_("密钥"),
    note=_("三十天内到期、又没有后继的，请与对方换发；换发后旧的还有效七天。"),
    empty=_("没有符合条件的密钥"),
    permission="partners.view",
    export="partners.view",
    route="partners/keys/",
    source=_SQL["keys"],
    scope=in_scope("k.partner_id"),
    key="k.id",
    opens=key_url,
    filters=named(_("合作方"), "p.code", "p.name", name="text"),
    columns=(
        Column("keyid", "p.code || ':' || k.version", _("密钥编号"), "code", order="up"),
        Column("name", "p.name", _("合作方")),
        Column("algorithm", "k.algorithm", _("算法"), "code"),
        Column("valid_from", "k.valid_from", _("生效时间"), "time", order="down"),
        Column("valid_until", "k.valid_until", _("到期时间"), "time", order="up",
               by="coalesce(k.valid_until, 'infinity')"),
        Column("state", "s.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
        Column("changes", "", "", "link", value=lambda r, a: _("谁改的") if a.may("audit.view") else None,
               url=changes_url, exported=False),
    ),
    reads={"code": "p.code"},
)  # fmt: skip
