"""Rules of kinds of channels 渠道种类规则 (U5): limits and hours that bind every channel of a kind in a book.
Two people decide, of the top institution: a rule binds the channels of all."""

from datetime import datetime, time
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, chosen
from yifen.core.facts.codes import Code
from yifen.core.facts.money import MAX_FEN
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.books import books
from yifen.core.partners.models import ChannelKind, ChannelKindRule
from yifen.trades.onboarding.fields import TITLES, told

ACT = "partners.kind_rule"
LIMITS, HOURS = ("payment_fen_max", "day_fen_max"), ("opens_at", "closes_at")
FIELDS = (*LIMITS, *HOURS)
TABLE = ChannelKindRule._meta.db_table


def rule_of(book_id: int, kind: str) -> dict[str, Any]:
    """What is set for a kind in a book; of what is not, None."""
    found = ChannelKindRule.objects.filter(book_id=book_id, kind=kind).values(*FIELDS).first()
    return {name: None for name in FIELDS} | (found or {})


def change(
    access: Access, book_id: int, kind: str, asked: dict[str, Any], now: datetime, reason: str = ""
) -> Authorisation:
    """All four of a kind's: limits in fen, hours by the book's clock; None: it sets none. Refused: OUT_OF_SCOPE
    (not of the top institution), and as `view` and `second.propose` refuse."""
    if access.scope.institutions is not None:
        raise Refused(Code.OUT_OF_SCOPE, "kind")
    fields = {name: value.isoformat() if isinstance(value := asked[name], time) else value for name in FIELDS}
    content = {"rows": {TABLE: {"book_id": book_id, "kind": kind} | fields}}
    return second.propose(access, ACT, f"{book_id} {kind}", content, now, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Each field that changes. Refused: INPUT_INVALID (no such book or kind, a limit that is none, half of the
    hours, hours that begin where they end, nothing changes)."""
    row = content["rows"][TABLE]
    if row["kind"] not in ChannelKind.values or row["book_id"] not in dict(books()):
        raise Refused(Code.INPUT_INVALID, "kind")
    for name in LIMITS:
        if row[name] is not None and not 0 < int(row[name]) <= MAX_FEN:
            raise Refused(Code.INPUT_INVALID, name)
    begins, ends = (None if row[name] is None else time.fromisoformat(row[name]) for name in HOURS)
    if (begins is None) != (ends is None) or (begins is not None and begins == ends):
        raise Refused(Code.INPUT_INVALID, "closes_at")
    before, after = rule_of(row["book_id"], row["kind"]), {name: row[name] for name in LIMITS}
    after |= {"opens_at": begins, "closes_at": ends}
    if after == before:
        raise Refused(Code.INPUT_INVALID, "kind")
    return [Change(name, TITLES[name], told(name, before[name]), told(name, after[name]))
            for name in FIELDS if before[name] != after[name]]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """From the next charge on."""
    row = content["rows"][TABLE]
    fields = {name: row[name] for name in FIELDS}
    ChannelKindRule.objects.update_or_create(book_id=row["book_id"], kind=row["kind"], defaults=fields)


def named(subject: str) -> Text:
    """The kind, and of which book where it is not the only one."""
    number, _, kind = subject.partition(" ")
    text = chosen(ChannelKind, kind)
    book = dict(books()).get(int(number), number)
    return Text(f"{text.zh} · {book}", f"{text.en} · {book}")
