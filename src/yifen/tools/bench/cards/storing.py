"""A bureau's year: people, cards, swipes, marks, claims, made in SQL by the owner; of claims the postings and transfers
too, by the function that every document goes by, so that `verify` takes them for what they are."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.trades.cards.doors.taking import CARD_CONTEXT, lookups

AT_ONCE = 1_000_000
CLAIMS_AT_ONCE = 400_000  # swipes of which one in forty is claimed
TABLES = ["card_swipe", "card_mark", "card_official_swipe", "card_refund_part"]
WATCHED = ["budget_unit", "budget_indicator", "budget_person", "budget_post", "budget_hold", "budget_entry", "card",
           "card_place", "card_mark", "card_official_swipe",
           "card_claim", "card_claim_line", "card_signature", "card_entry", "card_repayment"]  # fmt: skip
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


class CardYear(NamedTuple):
    """How much there is of it."""

    bureau: int
    bank: int
    cards: int
    swipes: int
    units: int
    now: datetime


def card_no(number: int) -> str:
    return f"62838810{number:08d}"


def found(conn: Conn, year: CardYear) -> None:
    """The bureau itself."""
    with conn.transaction():
        _each(conn, "bureau", year._asdict())


def store(conn: Conn, ring: KeyRing, year: CardYear, told: Any = None) -> None:
    """Of a bureau that is there. `conn`: the owner's, autocommit. `told`: called with words now and then."""
    say = told or (lambda _words: None)
    facts = year._asdict() | {"day": conn.execute(_SQL["open_day"], (year.bureau,)).fetchall()[0][0],
                              "base": conn.execute(_SQL["last_swipe"]).fetchall()[0][0]}  # fmt: skip
    for table in WATCHED:  # a trail of what a bench made up tells nobody anything
        conn.execute(_SQL["untold"].format(table=table))
    with conn.transaction():
        _each(conn, "people", facts)
        conn.execute(_SQL["number_table"])
        with conn.cursor().copy(_SQL["copy_numbers"]) as copy:
            for n in range(1, year.cards + 1):
                number = card_no(n)
                sealed = ring.seal(number.encode(), CARD_CONTEXT)
                copy.write_row((n, lookups(ring, number)[0], sealed, number[-4:]))
        _each(conn, "cards", facts)
    say(f"{year.cards:,} cards")
    aside = conn.execute(_SQL["laid_aside"], {"tables": TABLES}).fetchall()
    for drop, _add in aside:
        conn.execute(drop)
    for first in range(1, year.swipes + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, year.swipes)
        conn.execute(_SQL["swipes"], facts | {"first": first, "last": last})
        say(f"{last:,} swipes")
    conn.execute(_SQL["room"])
    for _drop, add in reversed(aside):
        conn.execute(add)
    conn.execute(_SQL["next_swipe"], facts)
    conn.execute(_SQL["looked_at"])
    say("keys made")
    conn.execute(_SQL["granted"], facts)
    for first in range(1, year.swipes + 1, CLAIMS_AT_ONCE):
        with conn.transaction():
            _each(conn, "claims", facts | {"first": first, "last": first + CLAIMS_AT_ONCE - 1})
    for table in WATCHED:
        conn.execute(_SQL["told"].format(table=table))
    conn.execute("VACUUM (ANALYZE)")
    say(f"{year.swipes // 40:,} claims")


def reader(conn: Conn, year: CardYear, login: str, role: str, unit: str, person: str = "") -> None:
    """Somebody who asks; his session is his login."""
    asked = year._asdict() | {
        "login": login,
        "role": role,
        "unit": unit,
        "person": person or login.upper(),
    }
    conn.execute(_SQL["reader"], asked)


def _each(conn: Conn, name: str, facts: dict[str, Any]) -> None:
    """Several statements under one name, one after the other."""
    for part in _SQL[name].split(";\n"):
        conn.execute(part, facts)
