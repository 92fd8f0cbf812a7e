"""A proposal of each act of two people about a core, and of the agency that works by it."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, the_ring
from yifen.core.wire.core_port import AccountState
from yifen.hub.corebank.operations import Cores, MoveOrder
from yifen.hub.corebank.port import key_context

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CODE, TRANSIT, SETTLED, COMPANY = "CORE01", "2241000001", "9010417002000077", "青溪供电公司"
MERCHANT, UNIT = "0006", "3701"
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


class WellPort:
    """A core that has both accounts, open and of their kinds."""

    def check_way(self) -> None:
        """It may be called."""

    def account(self, account_no: str) -> AccountState:
        if account_no == TRANSIT:
            return AccountState(account_no, found=True, name="代收电费", kind="internal", open=True)
        return AccountState(account_no, found=True, name=COMPANY, kind="cheque", open=True)


def conn() -> Any:
    """The test's own connection, in its transaction."""
    from yifen.trades.agency.deposits import own_connection

    return own_connection()


def a_core(place: Province, enabled: bool = False) -> int:
    """The county's; shut, its desks book in the hub alone."""
    return int(as_owner(
        "INSERT INTO core_bank (code, institution_id, name, endpoint, sealed, version, cash_account, clearing_account,"
        " sundry_account, income_account, enabled) VALUES (%s, %s, '农信核心', 'http://127.0.0.1:9', %s, 1, '1001',"
        " '1011000001', '2243000001', '60303002', %s) ON CONFLICT (code) DO UPDATE SET enabled = excluded.enabled"
        " RETURNING core_id",
        [CODE, place.own.county, the_ring().seal(b"a secret of 20 bytes", key_context(CODE)), enabled]))  # fmt: skip


def a_move(place: Province, serial: str, document: str, state: str, what: str = "4628") -> None:
    """Written as it is before the core hears of it; then the core's word, or none."""
    from yifen.hub.corebank import operations

    teller = place.own.teller.login
    order = MoveOrder(a_core(place), serial, what, document, place.own.branch, teller, f"1001-{teller}", TRANSIT,
                      12_300, DAY, place.own.biller, "internal")  # fmt: skip
    operations.write(conn(), the_ring(), order, NOW - timedelta(hours=1))
    if state == "unknown":
        as_owner("SELECT corebank_unknown_v1(%s, 0, %s, %s)", [serial, NOW, NOW])
        return
    said = json.dumps({"serial": serial, "state": state, "amount_fen": 12_300, "core_serial": "K1"})
    as_owner("SELECT corebank_said_v1(%s, '{}', %s::jsonb, %s)", [serial, json.dumps([1, 200, {}, said]), NOW])


def a_deposit(place: Province) -> tuple[int, str]:
    """Of a company's cash, in this shift, of which the core is asked; its number and serial."""
    from tests.counter.proposals import _shift

    number, shift = next(_numbers), _shift(place)
    slip, serial = [place.own.biller, UNIT, f"JK{number:06d}"], f"DP20261123-T{number}"
    as_owner("INSERT INTO agency_slip VALUES (%s, %s, %s, 12300, '青溪供电所', '', %s)", [*slip, NOW])
    deposit = as_owner(
        "INSERT INTO agency_deposit (document_id, biller_id, unit, number, amount_fen, means, serial, institution_id,"
        " channel_id, shift_id, teller_id, made_at, changed_at) VALUES (-nextval('document_no'), %s, %s, %s, 12300,"
        " 'cash', %s, %s, %s, %s, %s, %s, %s) RETURNING deposit_id",
        [*slip, serial, place.own.branch, shift.channel_id, shift.pk, place.own.teller.pk, NOW, NOW])  # fmt: skip
    return int(deposit), serial


# --- the core --------------------------------------------------------------------------------------


def core(place: Province) -> Proposed:
    """It moves to another address, with a key of its own."""
    from yifen.hub.corebank import banks

    a_core(place)
    form = banks.CoreForm(CODE, place.own.county, "农信核心", "http://127.0.0.1:10", "a secret of 20 others", "1001",
                          "1011000001", "2243000001", "60303002", enabled=False)  # fmt: skip
    return (banks.propose(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT endpoint || version FROM core_bank WHERE code = %s", CODE)  # fmt: skip


def pair(place: Province) -> Proposed:
    from yifen.hub.corebank import pairs

    a_core(place, enabled=True)
    cores = Cores(conn(), lambda _core: WellPort(), the_ring())  # type: ignore[arg-type,return-value]
    form = pairs.PairForm(place.own.biller, place.own.county, TRANSIT, SETTLED, COMPANY)
    return (pairs.propose(site.access(place.own.user), cores, form, NOW), place.users["platform_admin"],
            "SELECT transit || settlement_shown FROM core_pair WHERE biller_id = %s", place.own.biller)  # fmt: skip


def closed_move(place: Province) -> Proposed:
    """Nobody knows what became of it for an hour."""
    from yifen.hub.corebank import closing

    deposit, serial = a_deposit(place)
    a_move(place, serial, f"agency_deposit:{deposit}", "unknown")
    return (closing.propose(site.access(place.users["finance"]), serial, "done", "核心回单 7 号", NOW),
            place.users["supervisor"], "SELECT state FROM core_move WHERE serial = %s", serial)  # fmt: skip


# --- the agency ------------------------------------------------------------------------------------


def merchant(place: Province) -> Proposed:
    from yifen.core.access.models import User
    from yifen.trades.agency import admission

    form = admission.MerchantForm(MERCHANT, "山东电力集团", "电力")
    made = admission.propose_merchant(site.access(place.users["platform_admin"]), form, NOW)
    return made, User.objects.get(login="checker96"), "SELECT name FROM agency_merchant WHERE code = %s", MERCHANT


def admitted(place: Province) -> Proposed:
    """The county may collect for a merchant at its counters."""
    from yifen.trades.agency import admission

    as_owner("INSERT INTO agency_merchant VALUES (%s, '山东电力集团', '电力', false)", [MERCHANT])
    form = admission.AdmissionForm(MERCHANT, "collect", "counter", "3709", 1, DAY, None)
    return (admission.propose(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT state FROM agency_admission WHERE institution_id = %s", place.own.county)  # fmt: skip


def deposit_back(place: Province) -> Proposed:
    """A company's cash of this shift."""
    from yifen.core.access import second
    from yifen.trades.agency.following import follow

    deposit, serial = a_deposit(place)
    a_move(place, serial, f"agency_deposit:{deposit}", "done")
    assert follow(conn(), "deposit", deposit, NOW) == "booked"
    made = second.propose(site.access(place.own.teller), "agency.unpay", serial, {"serial": serial}, NOW, reason="录错")
    return made, place.users["supervisor"], "SELECT state FROM agency_deposit WHERE serial = %s", serial


def charge_back(place: Province) -> Proposed:
    """What a month's commission came to, charged today."""
    from yifen.core.access import second
    from yifen.trades.agency.following import follow

    serial = f"SF202610-T{next(_numbers)}"
    charge = as_owner(
        "INSERT INTO agency_charge (document_id, biller_id, agreement_id, month, amount_fen, serial, institution_id,"
        " channel_id, teller_id, made_at, changed_at) SELECT -nextval('document_no'), %s, %s, '2026-10-01', 12300, %s,"
        " %s, c.partner_id, %s, %s, %s FROM channel c WHERE c.hosted = 'counter' RETURNING charge_id",
        [place.own.biller, place.own.more["agreement"], serial, place.own.branch, place.own.teller.pk, NOW,
         NOW])  # fmt: skip
    a_move(place, serial, f"agency_charge:{charge}", "done", "1078")
    assert follow(conn(), "charge", charge, NOW) == "booked"
    made = second.propose(site.access(place.own.teller), "agency.uncharge", serial, {"serial": serial}, NOW,
                          reason="录错")  # fmt: skip
    return made, place.users["supervisor"], "SELECT state FROM agency_charge WHERE serial = %s", serial


MAKERS = {"corebank.bank": core, "corebank.pair": pair, "corebank.close": closed_move, "agency.merchant": merchant,
          "agency.admission": admitted, "agency.unpay": deposit_back, "agency.uncharge": charge_back}
"""One of each."""
