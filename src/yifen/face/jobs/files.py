"""The daily files 对账文件 that were made, for partners in scope."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope
from yifen.face.lists import keys
from yifen.face.lists.filters import DayField, Filters, check_days
from yifen.face.lists.listing import Ask, Column, Listing, Select
from yifen.hub.payments.files import PART_SQL

DAYS_MAX = 3660
IN_SCOPE = "(%(all)s OR f.partner_id = ANY (%(partners)s::integer[]))"
SELECT = """
SELECT f.file_id, p.code, p.name, f.business_day, f.version, f.lines, f.amount_fen,
    encode(f.sha256, 'hex'), f.made_at
FROM daily_file f JOIN partner p ON p.id = f.partner_id"""


class DailyFile(Struct, frozen=True):
    """One version of a partner's file of one day."""

    file_id: int
    partner_code: str
    partner_name: str
    business_day: date
    version: int
    lines: int
    amount_fen: int
    sha256: str
    made_at: datetime


class FileFilters(Filters):
    """By business day."""

    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        check_days(self, data.get("since"), data.get("until"), DAYS_MAX)
        return data


def select(ask: Ask) -> Select:
    """The files in scope."""
    where, params = [IN_SCOPE], scope.params(ask.access.scope)
    if ask.filters["since"]:
        where.append("f.business_day >= %(since)s")
    if ask.filters["until"]:
        where.append("f.business_day <= %(until)s")
    return Select(SELECT, where, params | ask.filters)


def one(file_id: int, found: Scope) -> DailyFile | None:
    """A file in scope."""
    if file_id >= 2**63:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE f.file_id = %(file_id)s AND {IN_SCOPE}",
                       scope.params(found) | {"file_id": file_id})  # fmt: skip
        row = cursor.fetchone()
    return DailyFile(*row) if row else None


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


def download_url(row: DailyFile, access: Access) -> str:
    may = access.may("payments.export")
    return reverse("daily_file", args=[row.file_id]) if may else ""


FILES = Listing(
    name="daily_files",
    title=_("对账文件"),
    empty=_("还没有对账文件"),
    empty_note=_("日切之后，每个合作方各有一份。"),
    form=FileFilters,
    orders={
        "day": keys.order(("f.business_day", "f.file_id"), lambda row: (row.business_day, row.file_id),
                          keys.day, keys.whole),
        "made": keys.order(("f.made_at", "f.file_id"), lambda row: (row.made_at, row.file_id),
                           keys.moment, keys.whole),
    },
    select=select,
    row=DailyFile,
    permission="jobs.view",
    export="payments.export",
    columns=(
        Column(title=_("会计日期"), kind="day", order="day", value=lambda r, a: r.business_day),
        Column(title=_("合作方"), value=lambda r, a: f"{r.partner_code} {r.partner_name}"),
        Column(title=_("版本"), kind="num", value=lambda r, a: r.version),
        Column(title=_("行数"), kind="num", value=lambda r, a: r.lines),
        Column(title=_("金额（元）"), kind="amount", value=lambda r, a: r.amount_fen),
        Column(title="SHA-256", kind="code", value=lambda r, a: r.sha256[:16]),
        Column(title=_("生成时间"), kind="time", order="made", value=lambda r, a: r.made_at),
        Column(title="", kind="link", value=lambda r, a: _("下载"), url=download_url, exported=False),
    ),
)  # fmt: skip
