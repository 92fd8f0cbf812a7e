"""The demo's large user: the paper mill banks at the county's core, signed for 托收; of its two bills one is debited by
prior authority, the other is demanded, and waits for its days."""

from datetime import date

from yifen.core.access import second
from yifen.core.access.models import Authorisation
from yifen.core.facts.buckets import account_bucket
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
BILLER, FINANCE, CHECKER = "POWER01", "finance", "supervisor"
MILL, ACCOUNT = "青溪造纸厂", "9010417002000001"
PAPER = b"%PDF-1.4\n% signed and sealed by the paper mill\n"
BILLS = (("3209000001", "agreed", "HT-2026-101", 12_864_000), ("3209000002", "entrusted", "HT-2026-102", 4_521_050))


def prepare(sample: Sample) -> None:
    """Nothing where no core listens."""
    if "core" not in sample.urls:
        return
    biller, now, ring = sample.partners[BILLER], sample.registry.now, key_ring()
    buckets = read_settings().buckets
    with acting((FINANCE, CHECKER)) as (conn, at):

        def agreed(row: Authorisation) -> None:
            second.decide(at[CHECKER], row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)

        for account_no, kind, number, fen in BILLS:
            bucket = account_bucket(biller.pk, account_no, buckets)
            bill = NewPayable(
                biller.pk,
                account_no,
                "202611",
                "大工业电费 2026 年 11 月",
                "exact",
                fen,
                None,
                1,
                fen,
                date(2026, 11, 25),
            )
            conn.execute(payables.PAYERS_SQL, payables.pack_payers(ring, bucket, [(biller.pk, account_no, MILL)]))
            conn.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, [bill]))
            form = ContractForm(
                biller.pk,
                number,
                account_no,
                MILL,
                ACCOUNT,
                kind,
                "sms",
                "13800000001",
                sample.first_day,
                None,
                PAPER,
            )
            agreed(contracts.propose(at[FINANCE], cores_of(conn), form, now))
            row = conn.execute(_SQL["contract_id"], (biller.pk, number)).fetchone()
            assert row is not None
            found = orders.open_bills(conn, orders.contract(conn, row[0]))
            agreed(orders.demand(at[FINANCE], conn, row[0], {one.payable_id: one.due_fen for one in found}, now))
