"""A proposal of each act of two people about collection orders, in the small province."""

import itertools
from datetime import UTC, date, datetime, time
from typing import Any

from tests.access.core_proposals import a_core, conn
from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, the_ring
from yifen.core.wire.core_port import AccountState
from yifen.hub.corebank.operations import Cores

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


class MillPort:
    """A core at which the paper mill has its account."""

    def check_way(self) -> None:
        """It may be called."""

    def account(self, account_no: str) -> AccountState:
        return AccountState(account_no, found=True, name="青溪造纸厂", kind="cheque", open=True)


def a_pair(place: Province) -> None:
    as_owner(
        "INSERT INTO core_pair (biller_id, core_id, contracting_id, transit, settlement_sealed, settlement_lookup,"
        " settlement_shown, settlement_name) VALUES (%s, %s, %s, '2241000009', '', 'mill', '9010****0077',"
        " '青溪供电公司')"
        " ON CONFLICT DO NOTHING RETURNING 1",
        [place.own.biller, a_core(place, enabled=True), place.own.county],
    )


def contract(place: Province) -> Proposed:
    from yifen.trades.collection import contracts

    a_pair(place)
    number = f"HT-P{next(_numbers)}"
    cores = Cores(conn(), lambda _core: MillPort(), the_ring())  # type: ignore[arg-type,return-value]
    form = contracts.ContractForm(
        place.own.biller,
        number,
        place.own.account_no,
        "青溪造纸厂",
        "9010417002000001",
        "entrusted",
        "sms",
        "13800001234",
        DAY,
        None,
        b"%PDF-1.4",
    )
    made = contracts.propose(site.access(place.users["finance"]), cores, form, NOW)
    return (made, place.users["supervisor"], "SELECT count(*) FROM collection_contract WHERE number = %s", number)


def signed(place: Province) -> tuple[int, str]:
    """A contract in force; its id and number."""
    row, checker, _effect, number = contract(place)
    site.agree(checker, row, NOW)
    return int(as_owner("SELECT contract_id FROM collection_contract WHERE number = %s", [number])), number


def ended(place: Province) -> Proposed:
    from yifen.trades.collection import contracts

    _contract, number = signed(place)
    made = contracts.propose_end(site.access(place.users["finance"]), place.own.biller, number, NOW)
    return (made, place.users["supervisor"], "SELECT ended_on FROM collection_contract WHERE number = %s", number)


def demanded(place: Province) -> Proposed:
    """One open bill of the account."""
    from yifen.trades.collection import orders

    contract_id, _number = signed(place)
    bill = orders.open_bills(conn(), orders.contract(conn(), contract_id))[0]
    made = orders.demand(
        site.access(place.users["biller_staff"]), conn(), contract_id, {bill.payable_id: bill.due_fen}, NOW
    )
    return (made, place.users["finance"], "SELECT count(*) FROM collection_order WHERE contract_id = %s", contract_id)


def answered(place: Province) -> Proposed:
    from yifen.trades.collection import orders

    row, checker, _effect, contract_id = demanded(place)
    site.agree(checker, row, NOW)
    order, serial = (
        conn()
        .execute("SELECT order_id, serial FROM collection_order WHERE contract_id = %s", (contract_id,))
        .fetchone()
    )
    orders.told_by_hand(site.access(checker), conn(), order, date(2026, 11, 24), "王会计", NOW)
    answer = orders.PayerSaid(False, None, "金额有误", b"%PDF-1.4 no")
    made = orders.propose_answer(site.access(place.users["finance"]), serial, answer, NOW)
    return (made, place.users["supervisor"], "SELECT state FROM collection_order WHERE serial = %s", serial)


def kind(place: Province) -> Proposed:
    from yifen.core.access.models import User
    from yifen.trades.collection import contracts

    form = contracts.CollectionKindForm("goods", date(2030, 1, 1), 12, True, True, time(9, 0))
    made = contracts.propose_kind(site.access(place.users["platform_admin"]), form, NOW)
    return (
        made,
        User.objects.get(login="checker96"),
        "SELECT count(*) FROM collection_kind WHERE kind = 'goods' AND valid_from > '2029-01-01' AND %s <> ''",
        "x",
    )


MAKERS = {
    "collection.kind": kind,
    "collection.contract": contract,
    "collection.end": ended,
    "collection.order": demanded,
    "collection.answer": answered,
}
