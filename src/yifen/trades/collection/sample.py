"""The demo's large user: the paper mill banks at the county's core, and signed for 托收. Of two demands it agreed to
one by the link of its notice, which is paid at once on a working day; the other waits for its days."""

from datetime import date

from yifen.core.access import second
from yifen.core.access.models import Authorisation
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.days import ZONE
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.acting import acting
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.payments import payables
from yifen.hub.payments.payables import NewPayable
from yifen.hub.sample import Sample
from yifen.trades.collection import contracts, orders
from yifen.trades.collection.contracts import ContractForm

_SQL = queries(__package__)
BILLER, STAFF, FINANCE, CHECKER = "POWER01", "power", "finance", "960101-900"
MILL, ACCOUNT = "青溪造纸厂", "9010417002000001"
PAPER = b"%PDF-1.4\n% signed and sealed by the paper mill\n"
TITLE, DUE = "大工业电费 2026 年 11 月", date(2026, 11, 25)
AGREED = "HT-2026-101"
CONTRACTS = (("3209000001", AGREED, "entrusted", 12_864_000), ("3209000002", "HT-2026-102", "check", 4_521_050))


def prepare(sample: Sample) -> None:
    """Nothing where no core listens."""
    if "core" not in sample.urls:
        return
    biller, now, ring = sample.partners[BILLER], sample.registry.now, key_ring()
    buckets = read_settings().buckets
    with acting((STAFF, FINANCE, CHECKER)) as (conn, at):

        def agreed(row: Authorisation) -> None:
            second.decide(at[CHECKER], row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)

        for account_no, number, kind, fen in CONTRACTS:
            bucket = account_bucket(biller.pk, account_no, buckets)
            bill = NewPayable(biller.pk, account_no, "202611", TITLE, "exact", fen, None, 1, fen, DUE)
            conn.execute(payables.PAYERS_SQL, payables.pack_payers(ring, bucket, [(biller.pk, account_no, MILL)]))
            conn.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, [bill]))
            form = ContractForm(biller.pk, number, account_no, MILL, ACCOUNT, kind, "", "", sample.first_day, None,
                                PAPER)  # fmt: skip
            agreed(contracts.propose(at[FINANCE], cores_of(conn), form, now))
            row = conn.execute(_SQL["contract_id"], (biller.pk, number)).fetchone()
            assert row is not None
            found = orders.open_bills(conn, orders.contract(conn, row[0]))
            demand = orders.demand(at[STAFF], conn, row[0], {one.payable_id: one.due_fen for one in found}, now)
            agreed(demand)
            row = conn.execute(_SQL["made_by"], (demand.pk,)).fetchone()
            assert row is not None
            told_on = row[1].astimezone(ZONE).date()
            orders.told_by_hand(at[FINANCE], conn, row[0], told_on, "造纸厂王会计签收", now)
            if number == AGREED:
                yes = orders.PayerSaid(True, None, "", b"")
                orders.by_link(conn, orders.token(ring, demand.pk), yes, now)
