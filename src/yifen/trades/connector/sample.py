"""The connector's part of the demo's world: a county's cable TV whose only interface is its database, a file here; two
people agreed to its address and its mapping."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

from yifen.core.access import second
from yifen.core.facts.private import make_private
from yifen.face.acting import acting
from yifen.hub.sample import Sample
from yifen.trades.connector import sources
from yifen.trades.connector.address import SourceAddress
from yifen.trades.connector.calling import source_folder
from yifen.trades.connector.example import (
    ACCOUNT,
    BILLER,
    CHANNELS,
    CODE,
    FILE,
    MAPPING,
    NAME,
    TABLES,
)

_MAKER, _CHECKER = "admin", "admin2"


def prepare(sample: Sample) -> None:
    """Its database with forty customers, the biller, its source and mapping, and who collects for it."""
    from yifen.core.partners import operations
    from yifen.core.partners.models import Channel, Partner

    now = sample.registry.now
    _fill(sample)
    partner = operations.register_partner(sample.seat, sample.book_id, BILLER, NAME)
    biller = operations.make_biller(partner, "tv", city="青溪县", endpoint=f"db://{CODE}", dialect="json", timeout_s=5)
    for channel in Channel.objects.filter(partner__code__in=CHANNELS):
        operations.admit(channel, biller)
    Partner.objects.filter(pk=partner.pk).update(live_at=now, wire_log="all")
    with acting((_MAKER, _CHECKER)) as (_conn, at):
        maker, checker = at[_MAKER], at[_CHECKER]
        address = SourceAddress(kind="sqlite", database=FILE)
        _agreed(checker, sources.propose_source(maker, CODE, partner.pk, address, True, now), now)
        _agreed(checker, sources.propose_mapping(maker, CODE, MAPPING, now), now)


def _fill(sample: Sample) -> None:
    folder = source_folder()
    make_private(folder)
    file = folder / FILE
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.executescript(TABLES)
        for number in range(1, 41):
            account = str(int(ACCOUNT) + number - 1)
            conn.execute(sources.SQL["example_customer"], (account, f"有线用户{number:02d}"))
            for due in (sample.day - timedelta(days=back) for back in (45, 15)):
                conn.execute(sources.SQL["example_bill"], (
                    f"TV{number:04d}{due:%m}", account, f"{due:%Y-%m} 收视费", "26.00", due.isoformat()))


def _agreed(checker: Any, proposal: Any, now: Any) -> None:
    second.decide(checker, proposal.pk, seen=bytes(proposal.shown or b"").hex(), yes=True, now=now)
