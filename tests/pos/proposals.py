"""A proposal of each act of two people about the POS door."""

from datetime import UTC, datetime
from typing import Any

from tests.billing.price_proposals import as_owner
from tests.pos.bench import MASTER, MERCHANT, OF_ACQUIRER
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.hub.pos.door.terminals import acquirer_context, terminal_context

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TERMINAL = "10000001"
Proposed = tuple[Any, Any, str, Any]


def an_acquirer(place: Province) -> int:
    return int(as_owner(
        "INSERT INTO pos_acquirer (code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled)"
        " VALUES ('UMS', %s, '银联商务', '127.0.0.1', 9, 'des-x919', %s, 15, true)"
        " ON CONFLICT (code) DO UPDATE SET enabled = true RETURNING acquirer_id",
        [place.own.county, the_ring().seal(OF_ACQUIRER.pin + OF_ACQUIRER.mac, acquirer_context("UMS"))]))  # fmt: skip


def a_terminal(place: Province) -> None:
    as_owner(
        "INSERT INTO pos_terminal (terminal_no, merchant_no, merchant_name, channel_id, biller_id, acquirer_id,"
        " algorithm, account_in, sealed, state) VALUES (%s, %s, '象山区法院', %s, %s, %s, 'des-ecb', '62',"
        " %s, 'in_use')"
        " ON CONFLICT (terminal_no) DO UPDATE SET state = 'in_use' RETURNING 1",
        [TERMINAL, MERCHANT, place.own.channel, place.own.biller, an_acquirer(place),
         the_ring().seal(MASTER, terminal_context(TERMINAL))])  # fmt: skip


def acquirer(place: Province) -> Proposed:
    """It moves to another port, with other keys."""
    from yifen.hub.pos import registering

    an_acquirer(place)
    form = registering.AcquirerForm("UMS", place.own.county, "银联商务", "127.0.0.1", 10, "sm4-ecb", "7b" * 32)
    return (registering.propose_acquirer(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT port || algorithm FROM pos_acquirer WHERE code = %s", "UMS")  # fmt: skip


def terminal(place: Province) -> Proposed:
    """Stolen: it is blacklisted, and keeps its key."""
    from yifen.hub.pos import registering

    a_terminal(place)
    form = registering.TerminalForm(TERMINAL, MERCHANT, "象山区法院", place.own.channel, place.own.biller, "UMS",
                                    "des-ecb", "62", "", "blacklisted")  # fmt: skip
    return (registering.propose_terminal(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT state FROM pos_terminal WHERE terminal_no = %s", TERMINAL)  # fmt: skip


def exception(place: Province) -> Proposed:
    """Money that could not go back was paid to the payer otherwise."""
    from yifen.hub.pos import closing

    a_terminal(place)
    number = int(as_owner(
        "INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, ours_fen, their_fen, code, made_at)"
        " SELECT 'money_stays', %s, 1, count(*), 500, 500, 6003, %s FROM pos_exception RETURNING exception_id",
        [TERMINAL, NOW]))  # fmt: skip
    return (closing.propose(site.access(place.users["finance"]), number, "已转账退付款人", NOW),
            place.users["supervisor"],
            "SELECT closed_at IS NOT NULL FROM pos_exception WHERE exception_id = %s", number)  # fmt: skip


MAKERS = {"pos.acquirer": acquirer, "pos.terminal": terminal, "pos.close": exception}
"""One of each."""
