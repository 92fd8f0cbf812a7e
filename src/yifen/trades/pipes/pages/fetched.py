"""Files that were fetched from partners' servers, and what the last look at one came to."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import chosen, moments, search
from yifen.face.lists.listing import Column, Listing
from yifen.face.lists.selecting import in_scope
from yifen.trades.pipes.models import Pipe, PipeFetched, PipeLook
from yifen.trades.pipes.pages.lists import pipes_of, tabs

_SQL = queries(__package__)
SHOWN = 10
FETCHED = Listing(
    name="pipe_fetched",
    title=_("取回的文件"),
    note=_("从合作方 SFTP 服务器取回，每份一次；同名而内容不同的是新版本。"),
    empty=_("还没有取过文件"),
    permission="pipes.view",
    export="pipes.view",
    route="pipes/fetched/",
    tabs=tabs,
    source=_SQL["fetched"],
    scope=in_scope("i.partner_id", sandboxes=True),
    key="d.id",
    grows=True,
    filters=(*search("text", _("文件名"), "d.name = %(text)s"),
             *chosen("pipe", _("推送通道"), "d.pipe_id = %(pipe)s", pipes_of)),
    columns=(
        Column("fetched_at", "d.fetched_at", _("取回时间"), "time", filters=moments(_("取回时间 起"))),
        Column("code", "p.code", _("合作方"), "code"),
        Column("name", "d.name", _("文件名")),
        Column("size", "d.size", _("字节数"), "num"),
        Column("sha256", "left(encode(d.sha256, 'hex'), 16)", "SHA-256", "code"),
        Column("changed_at", "d.changed_at", _("对方修改时间"), "time"),
        Column("landed", "d.landed", _("放入"), "code"),
    ),
)  # fmt: skip


def of_fetching(row: Pipe) -> dict[str, Any]:
    """Empty of a pipe from which nothing is fetched and was."""
    look = PipeLook.objects.filter(pipe=row).first()
    files = PipeFetched.objects.filter(pipe=row).order_by("-fetched_at", "-pk")[:SHOWN]
    if not row.settings.get("fetch") and look is None:
        return {}
    facts: list[dict[str, Any]] = [{"title": gettext("最近一次"), **_at(look and look.looked_at)}]
    if look is not None:
        facts.append({"title": gettext("取得"), "text": str(look.fetched)})
        if look.fault:
            facts += [{"title": gettext("中断于"), "text": look.fault},
                      {"title": gettext("失败起于"), **_at(look.failing_since)}]  # fmt: skip
    return {"fetching": {"facts": facts, "files": _files(files), "left": _left(look.left if look else {})}}


def _files(files: Any) -> dict[str, Any]:
    heads = [{"title": gettext("取回时间")}, {"title": gettext("文件名")}, {"title": gettext("字节数"), "kind": "num"},
             {"title": gettext("放入")}]  # fmt: skip
    return {"columns": heads, "empty_title": gettext("还没有取过文件"), "rows": [
        {"cells": [{"kind": "time", "at": file.fetched_at}, {"text": file.name},
                   {"kind": "num", "text": f"{file.size:,}"}, {"kind": "code", "text": file.landed}]}
        for file in files]}  # fmt: skip


def _left(left: dict[str, Any]) -> dict[str, Any]:
    return {"columns": [{"title": gettext("文件名")}, {"title": gettext("原因")}],
            "rows": [{"cells": [{"text": name}, {"text": told(Text(**why)) if isinstance(why, dict) else why}]}
                     for name, why in left.items()]}  # fmt: skip


def _at(moment: Any) -> dict[str, Any]:
    return {"kind": "time", "at": moment} if moment else {"text": None}
