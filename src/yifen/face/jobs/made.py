"""The exports of people in scope; each is fetched by the person who made it alone."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers
from yifen.face import words
from yifen.face.lists import keys
from yifen.face.lists.listing import Ask, Column, Listing, Select

SELECT = """
SELECT e.id, e.listing, e.format, e.maker_id, u.login || ' ' || u.name, e.asked_at, e.finished_at,
    e.state, e.rows, e.size
FROM console_export e JOIN access_user u ON u.id = e.maker_id"""
STATES: words.Words = {
    "running": (_("导出中"), "waiting"),
    "done": (_("已完成"), "ok"),
    "failed": (_("失败"), "bad"),
    "removed": (_("已清除"), "neutral"),
}
LISTINGS: words.Words = {
    "payments": (_("缴费"), ""),
    "accounts": (_("账户"), ""),
    "account": (_("明细账"), ""),
    "account_days": (_("日终余额"), ""),
    "jobs": (_("未决调用"), ""),
    "daily_files": (_("对账文件"), ""),
    "audit": (_("审计"), ""),
    "reconciliations": (_("对账"), ""),
    "differences": (_("差异"), ""),
    "settlements": (_("结算"), ""),
    "payouts": (_("划付"), ""),
}


class Made(Struct, frozen=True):
    """An export and who made it."""

    export_id: int
    listing: str
    format: str
    maker_id: int
    maker: str
    asked_at: datetime
    finished_at: datetime | None
    state: str
    rows: int
    size: int


def select(ask: Ask) -> Select:
    """Of people of institutions in scope; always one's own."""
    user, institutions = ask.access.user, ask.access.scope.institutions
    assert user is not None
    params = {"user_id": user.pk, "all": institutions is None,
              "institutions": numbers(institutions or ())}  # fmt: skip
    mine = """(%(all)s OR e.maker_id = %(user_id)s
        OR u.institution_id = ANY (%(institutions)s::bigint[]))"""
    return Select(SELECT, [mine], params)


def export_url(row: Made, access: Access) -> str:
    own = access.user is not None and row.maker_id == access.user.pk
    return reverse("export", args=[row.export_id]) if own else ""


MADE = Listing(
    name="exports",
    title=_("导出"),
    empty=_("还没有导出"),
    empty_note=_("五千行以内的导出当时下载，不列在这里。"),
    orders={"made": keys.order(("e.id",), lambda row: (row.export_id,), keys.whole)},
    select=select,
    row=Made,
    permission="jobs.view",
    columns=(
        Column(title=_("编号"), kind="code", order="made", value=lambda r, a: str(r.export_id), url=export_url),
        Column(title=_("列表"), value=lambda r, a: words.word(LISTINGS, r.listing)),
        Column(title=_("格式"), value=lambda r, a: r.format.upper()),
        Column(title=_("经办"), value=lambda r, a: r.maker),
        Column(title=_("开始"), kind="time", value=lambda r, a: r.asked_at),
        Column(title=_("结束"), kind="time", value=lambda r, a: r.finished_at),
        Column(title=_("状态"), kind="badge", value=lambda r, a: words.word(STATES, r.state),
               tone=lambda r: words.tone(STATES, r.state)),
        Column(title=_("行数"), kind="num", value=lambda r, a: r.rows),
        Column(title=_("字节"), kind="num", value=lambda r, a: r.size),
    ),
)  # fmt: skip
