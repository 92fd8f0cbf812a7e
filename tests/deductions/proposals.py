"""What two people decide about a channel's port for deductions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def port(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.trades.deductions import ports

    made = ports.propose(site.access(place.own.user), place.own.channel_code, "https://bank.example/port", True, NOW)
    return (made, place.users["platform_admin"],
            "SELECT endpoint FROM deduction_port WHERE channel_id = %s", place.own.channel)  # fmt: skip


_NUMBERS = iter(range(10**11, 10**12))
STUCK = """
WITH made AS (
    INSERT INTO deduction (deduction_no, channel_id, biller_id, account_no, payer_name, lines, amount_fen,
        debtor_sealed, debtor_shown, consent, consent_note, asked_by, made_at, state, bank_serial, taken_at, changed_at)
    VALUES (%(no)s, %(channel)s, %(biller)s, '1', '*', '[]', 700, '', '6222****7890 **小明', 'paper', '7', 'x', %(at)s,
        'back_due', 'B', %(at)s, %(at)s)
)
INSERT INTO deduction_back (number, deduction_no, serial, amount_fen, due_at)
VALUES ('R' || %(no)s, %(no)s, '', 700, %(at)s)"""


def stuck(place: Province) -> str:
    """A deduction whose money the bank's port has not given back for an hour."""
    number = f"KK20261124{next(_NUMBERS)}"
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute(STUCK, {"no": number, "channel": place.own.channel, "biller": place.own.biller,
                             "at": NOW - timedelta(hours=1)})  # fmt: skip
    return number


def paper(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.trades.deductions import outside

    number = stuck(place)
    made = outside.propose(site.access(place.users["finance"]), f"R{number}", "函 12 号", NOW)
    return (made, place.users["supervisor"],
            "SELECT state, reason, given_by, b.reference FROM deduction JOIN deduction_back b USING (deduction_no)"
            " WHERE deduction_no = %s", number)  # fmt: skip


MAKERS = {"deductions.port": port, "deductions.outside": paper}
