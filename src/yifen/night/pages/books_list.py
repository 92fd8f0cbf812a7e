"""The list of books 账簿: their open day, their cut-off, the hour of their night."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.words import Words

RUNS: Words = {"yes": (_("自动"), "ok"), "no": (_("手工"), "waiting")}


def book_url(row: Row, access: Access) -> str:
    return reverse("book", args=[row.code]) if access.may("books.edit") else ""


BOOKS = Listing(
    name="books",
    title=pgettext_lazy("list", "账簿"),
    note=_("每本账簿有自己的日切时间和日终时间；更改和新开由两人办理。"),
    empty=_("还没有账簿"),
    permission="books.view",
    export="books.view",
    route="books/",
    source=queries(__package__)["books"],
    scope="k.book_id <> 900",
    key="k.book_id",
    opens=book_url,
    actions=(ListAction(_("新账簿"), "book_new", "books.edit", "plus", "primary"),),
    columns=(
        Column("code", "k.code", _("代码"), "code"),
        Column("name", "k.name", _("名称")),
        Column("current_day", "k.current_day", _("会计日期"), "day"),
        Column("cut_off", "to_char(k.cut_off, 'HH24:MI')", _("日切时间"), "code"),
        Column("starts_at", "to_char(s.starts_at, 'HH24:MI')", _("日终开始"), "code"),
        Column("runs", "CASE WHEN s.automatic THEN 'yes' ELSE 'no' END", _("日终"), "badge", words=RUNS),
    ),
)  # fmt: skip
