"""The daily files 对账文件 that were made, for partners in scope."""

from collections.abc import Iterator

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.face.jobs.tabs import tabs
from yifen.face.lists.asking import days
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.hub.payments.files import PART_SQL


def parts(file_id: int) -> Iterator[bytes]:
    """The file, a part at a time."""
    number = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(PART_SQL, [file_id, number])
            row = cursor.fetchone()
        if row is None:
            return
        yield bytes(row[0])
        number += 1


def download_url(row: Row, access: Access) -> str:
    may = access.may("payments.export")
    return reverse("daily_file", args=[row.file_id]) if may else ""


FILES = Listing(
    name="daily_files",
    title=_("对账文件"),
    heading=_("作业"),
    empty=_("还没有对账文件"),
    empty_note=_("日切之后，每个合作方各有一份。"),
    permission="jobs.view",
    export="payments.export",
    route="jobs/files/",
    tabs=tabs,
    source="FROM daily_file f JOIN partner p ON p.id = f.partner_id",
    scope=in_scope("f.partner_id"),
    key="f.file_id",
    opens=download_url,
    columns=(
        Column("business_day", "f.business_day", _("会计日期"), "day", order="down",
               filters=days(_("会计日期 起"))),
        Column("partner", "p.code || ' ' || p.name", _("合作方")),
        Column("version", "f.version", _("版本"), "num"),
        Column("lines", "f.lines", _("行数"), "num"),
        Column("amount_fen", "f.amount_fen", _("金额（元）"), "amount"),
        Column("sha256", "left(encode(f.sha256, 'hex'), 16)", "SHA-256", "code"),
        Column("made_at", "f.made_at", _("生成时间"), "time", order="down"),
        Column("download", "", "", "link", value=lambda r, a: _("下载"), url=download_url, exported=False),
    ),
    reads={"file_id": "f.file_id", "partner_code": "p.code"},
)  # fmt: skip
