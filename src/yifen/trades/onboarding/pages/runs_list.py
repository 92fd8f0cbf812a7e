"""The list of conformance runs 一致性测试, of every sandbox in scope."""

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
    "running": (_("进行中"), "waiting"),
    "passed": (_("通过"), "ok"),
    "failed": (_("未通过"), "bad"),
}


def run_url(row: Row, access: Access) -> str:
    return reverse("conformance_run", args=[row.run_id])


RUNS = Listing(
    name="conformance_runs",
    title=_("一致性测试"),
    empty=_("还没有做过一致性测试"),
    permission="partners.view",
    export="partners.view",
    route="partners/runs/",
    source=_SQL["runs"],
    scope=in_scope("r.partner_id", sandboxes=True),
    key="r.id",
    grows=True,
    opens=run_url,
    filters=(
        *named(_("合作方"), "p.code", "p.name", name="text"),
        *one_of("which", _("次数"), [("newest", _("每方最近一次"))], {"newest": _SQL["newest_run"]}),
    ),
    columns=(
        Column("run_id", "r.id", _("编号"), "code", value=lambda r, a: str(r.run_id)),
        Column("code", "p.code", _("代码"), "code"),
        Column("name", "p.name", _("合作方")),
        Column("began_at", "r.began_at", _("开始"), "time"),
        Column("ended_at", "r.ended_at", _("结束"), "time"),
        Column("state", "CASE WHEN r.ok IS NULL THEN 'running' WHEN r.ok THEN 'passed' ELSE 'failed' END",
               _("结果"), "badge", words=STATES, filters=one_of("state", _("结果"), STATES)),
        Column("asked_by", "u.name || ' ' || u.login", _("发起人")),
    ),
)  # fmt: skip
