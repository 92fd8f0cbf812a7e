"""Books 账簿 and when their days end: cut-off, hour of the night, whether it runs by itself (X4). Money is
booked on another day by it, so two people decide, of the institution at the top."""

import re
from datetime import datetime, time
from typing import Any

from django.db import connection
from msgspec import Struct, to_builtins

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, yes_no
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import SANDBOX_BOOK
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code

ACT = "night.book"
BOOK_CODE = re.compile(r"[a-z][a-z0-9]{1,15}")
NAME_MAX = 100
TITLES = {
    "name": Text("名称", "Name"), "cut_off": Text("日切时间", "Cut-off"),
    "starts_at": Text("日终开始", "Night begins"), "automatic": Text("自动运行", "By itself"),
}  # fmt: skip
_SQL = queries(__package__)


class AskedBook(Struct, frozen=True):
    """A book as it will be; one of a code that is not there yet is opened. Times are local, to the minute."""

    code: str
    name: str
    cut_off: time
    starts_at: time
    automatic: bool


def propose(access: Access, asked: AskedBook, now: datetime, reason: str = "") -> Authorisation:
    """Put it before a second person. Refused: INPUT_INVALID (code, name), and as `second.propose` refuses."""
    top = Institution.objects.filter(parent=None).order_by("pk").first()
    plain = to_builtins(asked) | {name: f"{getattr(asked, name):%H:%M}" for name in ("cut_off", "starts_at")}
    return second.propose(access, ACT, asked.code, {"book": plain}, now, institution=top, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """The book as it is, if it is there, and as it will be. Refused: INPUT_INVALID (code, name)."""
    asked = content["book"]
    if not BOOK_CODE.fullmatch(asked["code"]) or asked["code"] == SANDBOX_BOOK:
        raise Refused(Code.INPUT_INVALID, "code", "a–z 0–9, 2–16")
    if not asked["name"].strip() or len(asked["name"]) > NAME_MAX or not asked["name"].isprintable():
        raise Refused(Code.INPUT_INVALID, "name")
    there = book(asked["code"])
    return [Change(name, title, _told(there.get(name)) if there else None, _told(asked[name]))
            for name, title in TITLES.items()]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """So from now on; a new book is open for its first day."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["put_book"], [content["book"]["code"]])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))


def book(code: str) -> dict[str, Any] | None:
    """As it is: code, name, cut_off, starts_at, automatic, current_day."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["book_set_up"], [code])
        row = cursor.fetchone()
        return dict(zip((column.name for column in cursor.description), row, strict=True)) if row else None


def _told(value: Any) -> Said:
    return yes_no(value) if isinstance(value, bool) else None if value is None else str(value)
