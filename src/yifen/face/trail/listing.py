"""The audit trail 审计 as its auditor searches it: who, what, when, from which institution."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.audit import queries
from yifen.core.audit.queries import EntriesFound
from yifen.core.directory.queries import subtree, tree
from yifen.face import words
from yifen.face.lists import keys
from yifen.face.lists.filters import ChosenField, DayField, ListFilters, SearchField, WordField
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage
from yifen.face.trail import changes
from yifen.face.trail.about import named, things
from yifen.face.trail.naming import term, thing

SUMMARY_MAX = 90


class TrailFilters(ListFilters):
    """All of it, the newest first, unless the address says otherwise."""

    q = SearchField(_("账号、姓名、合作方、编号或备注"))
    action = WordField(_("动作"), words.choices(changes.ACTIONS))
    subject = WordField(_("对象"), ())
    since = DayField(_("日期 起"), clock=True)
    until = DayField(_("止"))
    institution = ChosenField(_("经办机构"))

    def arrange(self) -> None:
        scope = self.access.scope
        nodes = [(row.pk, "　" * depth + row.name) for depth, row in tree()
                 if scope.has_institution(row.pk)]  # fmt: skip
        self.fields["institution"].choices = [("", _("全部")), *nodes]  # type: ignore[attr-defined]
        subjects = sorted(((name, term(name)) for name in queries.subjects(connection)),
                          key=lambda pair: pair[1])  # fmt: skip
        self.fields["subject"].choices = [("", _("全部")), *subjects]  # type: ignore[attr-defined]


def filters_of(ask: ListAsk) -> queries.TrailSearch:
    """The form's answers as the trail takes them; days are days of the clock on the wall."""
    data = ask.filters
    chosen = data["institution"]
    return queries.TrailSearch(
        text=data["q"],
        things=things(data["q"]),
        named=named(data["q"]),
        action=data["action"],
        subject=data["subject"],
        since=midnight(data["since"]),
        until=midnight(data["until"] + timedelta(days=1)) if data["until"] else None,
        institutions=subtree(chosen) if chosen else ask.access.scope.institutions,
    )


def midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def pages(ask: ListAsk) -> ListPage:
    """By entry number, in both directions."""
    asked, number = filters_of(ask), ask.key[0] if ask.key else None
    if ask.back:
        found = queries.search(connection, asked, limit=ask.limit + 1, after_no=number)
        if len(found) > ask.limit:
            shown = found[: ask.limit][::-1]
            return ListPage(shown, (shown[0].entry_no,), (shown[-1].entry_no,))
        number = None
    found = queries.search(connection, asked, before_no=number, limit=ask.limit + 1)
    shown = found[: ask.limit]
    return ListPage(
        shown,
        newer=(shown[0].entry_no,) if shown and number is not None else None,
        older=(shown[-1].entry_no,) if len(found) > ask.limit else None,
    )


def every(ask: ListAsk) -> Iterator[EntriesFound]:
    """All entries, a thousand at a time by their number."""
    asked, number = filters_of(ask), None
    while found := queries.search(connection, asked, before_no=number, limit=queries.LIMIT_MAX):
        yield from found
        number = found[-1].entry_no


def count(ask: ListAsk, most: int) -> int:
    return queries.count(connection, filters_of(ask), most)


def entry_url(row: EntriesFound, access: Access) -> str:
    return reverse("audit_entry", args=[row.entry_no])


def history_url(row: EntriesFound, access: Access | None = None) -> str:
    if not row.subject_key:
        return ""
    return reverse("audit_history") + "?" + urlencode({"subject": row.subject, "key": row.subject_key})


def subject_of(row: EntriesFound) -> str:
    return f"{term(row.subject)} {row.subject_key}".strip()


def named_subject(row: EntriesFound) -> str:
    return f"{term(row.subject)} {thing(row.subject, row.subject_key)}".strip()


def as_json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


AUDIT = Listing(
    name="audit",
    title=_("审计"),
    note=_("谁、何时、从哪里、做了什么；记录只增不改，每条都接在前一条的散列之后。"),
    empty=_("没有符合条件的记录"),
    permission="audit.view",
    export="audit.export",
    route="audit/",
    form=TrailFilters,
    orders={"entry": keys.order({"entry_no": "num"})._replace(turns=False, timed=True)},
    pages=pages,
    every=every,
    count=count,
    row=EntriesFound,
    columns=(
        Column("entry_no", "", _("记录号"), "code", value=lambda r, a: str(r.entry_no), url=entry_url),
        Column("at", "", _("时间"), "time"),
        Column("actor", "", _("经办"), value=lambda r, a: r.actor or _("系统")),
        Column("address", "", _("来自"), "code", value=lambda r, a: r.address or None),
        Column("action", "", _("动作"), "badge", words=changes.ACTIONS),
        Column("thing", "", _("对象"), value=lambda r, a: named_subject(r), url=history_url, exported=False),
        Column("subject", "", _("对象"), value=lambda r, a: subject_of(r), shown=False),
        Column("content", "", _("内容"), value=lambda r, a: changes.summary(r, SUMMARY_MAX), exported=False),
        Column("before", "", _("变更前"), value=lambda r, a: as_json(r.before), shown=False),
        Column("after", "", _("变更后"), value=lambda r, a: as_json(r.after), shown=False),
        Column("note", "", _("备注"), shown=False),
        Column("request", "", _("请求编号"), "code", shown=False),
        Column("db_role", "", _("数据库角色"), "code", shown=False),
    ),
)
