"""The demo's papers: a roll of the power company's invoices, counted in by two, half of it in its teller's hand; and
its tax platform, where one listens."""

from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.face.acting import acting
from yifen.hub.sample import Sample
from yifen.trades.invoices import receiving, stock
from yifen.trades.invoices.electronic import issuers
from yifen.trades.invoices.rules import NumberSpan
from yifen.trades.invoices.sample_tax import PLATFORM, RATES, TAX_NO

BILLER, HEAD, MAKER, CHECKER, TELLER = "POWER01", "manager", "finance", "960101-900", "96010101-001"
ROLL, HANDED = NumberSpan(12_301, 12_500), NumberSpan(12_301, 12_400)
PROVINCE = "admin"
KIND = ("电费发票", "137012610001", 8, "a5")


def prepare(sample: Sample) -> None:
    """Nothing where the demo has not all of these people."""
    with acting((HEAD, MAKER, CHECKER, TELLER)) as (conn, at):
        if BILLER in sample.partners and len(at) == 4:
            _roll(conn, sample, at)
    with acting((HEAD, PROVINCE)) as (_conn, at):
        if BILLER in sample.partners and "tax" in sample.urls:
            _platform(sample, at[HEAD], at[PROVINCE])


def _roll(conn: Any, sample: Sample, at: dict[str, Access]) -> None:
    """Received by the county, a hundred of it handed to the teller of its branch, who took it."""
    now, teller = sample.registry.now, at[TELLER].user
    assert teller is not None
    new = stock.NewKind(sample.partners[BILLER].pk, *KIND)
    kind = stock.new_kind(conn, at[HEAD].session, new, now)
    proposal = receiving.receive(at[MAKER], kind, ROLL, [], "领用一卷", now)
    second.decide(at[CHECKER], proposal.pk, seen=bytes(proposal.shown or b"").hex(), yes=True, now=now)
    given = stock.GivenPapers(kind, HANDED, teller.institution_id, teller.pk, own=False)
    transfer = stock.give(conn, at[MAKER].session, given, now)
    stock.take(conn, at[TELLER].session, transfer, HANDED, now)


def _platform(sample: Sample, head: Access, province: Access) -> None:
    """Two people decide it."""
    now, biller = sample.registry.now, sample.partners[BILLER]
    form = issuers.IssuerForm(biller.pk, biller.name, TAX_NO, PLATFORM, sample.urls["tax"], sample.keys["tax"], RATES)
    row = issuers.propose(head, form, now)
    second.decide(province, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)
