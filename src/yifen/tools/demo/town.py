"""The machines of others in the demo's town: four banks that are asked to deduct, and the power company's vending
system. Two people set each, as they would on their pages. Left out with --once, for nobody would ask them."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import psycopg

from yifen.core.embedded.cluster import write_private
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.names import opened_name
from yifen.tools.demo.children import Child
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import signed_in
from yifen.tools.demo.sample_rows import BANKS, BILLERS, REMOTE
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.trickle import LEFT_ALONE

VENDING = "POWER01"
BALANCE_FEN = 500_000
_OWING = queries(__package__)["owing"]


class Card(NamedTuple):
    """A bank card of a payer who owes something; each of the banks knows it."""

    number: str
    holder: str
    biller: str
    account_no: str


def cards(found: Stage, network: SampleNetwork) -> list[Card]:
    """Of one payer of each biller that is hosted here, whom the demo itself leaves alone."""
    ring, left = found.ring(), [order.account_no for order in network.orders[-LEFT_ALONE:]]
    hosted = [row.code for row in BILLERS if row.code != REMOTE]
    with psycopg.connect(found.database.url) as conn:
        owing = conn.execute(_OWING, {"billers": hosted, "accounts": left}).fetchall()
    return [Card(f"622202{account_no}", opened_name(ring, biller_id, account_no, name), code, account_no)
            for biller_id, account_no, code, name in owing]  # fmt: skip


def bank_words(found: Stage, network: SampleNetwork, known: list[Card]) -> list[str]:
    """What `./yifen sim bank` is told so that the banks stand in its process too."""
    words = [word for card in known for word in ("--customer", f"{card.number}:{card.holder}:{BALANCE_FEN}")]
    members = {member.code: member for member in network.channels}
    for row in BANKS:
        key_file = found.folder / f"{row.code}.key"
        write_private(key_file, members[row.code].identity.key.secret.decode())
        words += ["--also", f"{row.code}:{_port(found, row.code)}:@{key_file}"]
    return words


def start_vending(found: Stage) -> Child:
    """The power company's system, with a key of its own."""
    write_private(found.folder / "vending.key", secrets.token_hex(16))
    words = ["--port", str(_port(found, "vending")), "--code", VENDING, "--key", f"@{found.folder / 'vending.key'}"]
    return found.children.start("vending", ["sim", "vending", *words], found.env())


def agree(found: Stage, network: SampleNetwork, now: datetime) -> None:
    """Where they listen, each proposed by one and decided by another. Django must be set up, as the owner."""
    from yifen.core.access import second
    from yifen.core.access.models import Authorisation
    from yifen.core.partners.models import Partner
    from yifen.trades.billing.prepaid import vending
    from yifen.trades.deductions import ports

    people = {login.login: login for login in network.logins}

    def both(maker: str, checker: str, *proposals: Callable[..., Authorisation]) -> None:
        by, decides = signed_in(people[maker], now), signed_in(people[checker], now)
        for propose in proposals:
            row = propose(by)
            second.decide(decides, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)

    both("admin", "admin2", *(
        lambda by, code=row.code: ports.propose(by, code, _url(found, code), True, now) for row in BANKS))  # fmt: skip
    company, key = Partner.objects.get(code=VENDING).pk, (found.folder / "vending.key").read_text()
    both("power", "manager", lambda by: vending.propose(by, company, _url(found, "vending"), key, now))


def _url(found: Stage, name: str) -> str:
    return f"http://127.0.0.1:{_port(found, name)}"


def _port(found: Stage, name: str) -> int:
    """Chosen once: by the time it is asked again its simulator has it."""
    if name not in found.ports:
        found.ports[name] = remembered_or_free(found.folder / f"{name}.port")
    return found.ports[name]
