"""A sample network: one province's institutions, five billers, four channels, 20,000 payers.

The same for the same seed, but for the keys, which are new each time. Loaded through
`partners.operations` (the owner's connection) and the import functions, as a real one would be.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yifen.kernel.buckets import account_bucket
from yifen.kernel.secrets import KeyRing
from yifen.payments.payables import (
    PAYABLES_SQL,
    PAYERS_SQL,
    NewPayable,
    pack_payables,
    pack_payers,
)
from yifen.simulators import people
from yifen.simulators.channel import Order
from yifen.simulators.identity import Identity
from yifen.wire.keys import Algorithm, Key

BOOK = (1, "hub", "省联社中间业务账簿")
ALL_DAY = (time.min, time.max)  # so that the demo works at any hour; a real counter closes
INSTITUTIONS = (  # code, parent, level, name
    ("96", None, "union", "云川省农村信用社联合社"),
    ("9601", "96", "office", "东部办事处"),
    ("9602", "96", "office", "西部办事处"),
    ("960101", "9601", "county", "青溪县农村信用合作联社"),
    ("960102", "9601", "county", "临江县农村信用合作联社"),
    ("960201", "9602", "county", "白石县农村信用合作联社"),
    ("960202", "9602", "county", "云岭县农村信用合作联社"),
    *((f"{county}{number:02d}", county, "branch", f"{place}{name}")
      for county, place in (("960101", "青溪"), ("960102", "临江"), ("960201", "白石"),
                            ("960202", "云岭"))
      for number, name in ((1, "联社营业部"), (2, "城关信用社"))),
)  # fmt: skip


class BillerRow(NamedTuple):
    """One biller of the sample; `prefix` starts its account numbers; `seat`: its institution."""

    code: str
    name: str
    category: str
    prefix: str
    seat: str
    dialect: str
    options: dict[str, Any]


class ChannelRow(NamedTuple):
    """One channel of the sample; limits in fen."""

    code: str
    name: str
    algorithm: Algorithm
    partner: dict[str, Any]
    limits: dict[str, Any]


BILLERS = (
    BillerRow("HEAT01", "青溪市热力公司", "heat", "31", "960101", "xml", {}),
    BillerRow("POWER01", "云川电力青溪供电公司", "power", "32", "960101", "json",
              {"quote_ttl_s": 300}),
    BillerRow("WATER01", "临江县自来水公司", "water", "33", "960102", "xml", {}),
    BillerRow("GAS01", "白石燃气集团", "gas", "34", "960201", "xml", {}),
    BillerRow("PROP01", "安居物业服务公司", "property", "35", "960202", "json", {}),
)  # fmt: skip
REMOTE = "GAS01"
CHANNELS = (
    ChannelRow("WXPAY", "微信生活缴费", "hmac-sha256", {"json": True},
               {"payment_fen_max": 300_000, "day_fen_max": 1_000_000_000}),
    ChannelRow("COUNTER", "联社柜面", "sha1", {"xml": True}, {"hours": ALL_DAY}),
    ChannelRow("KIOSK", "自助终端", "sha1", {"xml": True, "encoding": "GB18030", "unit": "yuan"},
               {"payment_fen_max": 500_000, "hours": ALL_DAY}),
    ChannelRow("POS", "POS 收单", "ed25519", {"json": True}, {"day_fen_max": 5_000_000_000}),
)  # fmt: skip


class Member(NamedTuple):
    """A partner of the network as its own side sees it."""

    id: int
    name: str
    identity: Identity


class Network(NamedTuple):
    """What was loaded."""

    day: date
    channels: tuple[Member, ...]
    billers: tuple[Member, ...]
    orders: tuple[Order, ...]  # every account that owes something
    payables: int


def keys_of(code: str, algorithm: Algorithm) -> list[tuple[Key, bytes]]:
    """New keys of a partner, each with the part that the hub keeps. One with a private key of its
    own gets a shared secret too, with which the hub signs what it answers."""
    if algorithm != "ed25519":
        secret = secrets.token_bytes(32) if algorithm == "hmac-sha256" else _text_secret()
        return [(Key(partner=code, version=1, algorithm=algorithm, secret=secret), secret)]
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    own = Key(partner=code, version=1, algorithm=algorithm, secret=private.private_bytes_raw())
    secret = secrets.token_bytes(32)
    shared = Key(partner=code, version=2, algorithm="hmac-sha256", secret=secret)
    return [(own, public), (shared, secret)]


def _text_secret() -> bytes:
    """The seed's dialect puts the key behind the XML; people type it in."""
    return secrets.token_hex(16).encode()


class Loader:
    """One loading; Django must be set up and point at the owner's database."""

    def __init__(self, ring: KeyRing, now: datetime) -> None:
        self._ring, self._now = ring, now

    def institutions(self) -> dict[str, Any]:
        from yifen.directory.models import Institution

        made: dict[str, Any] = {}
        for code, parent, level, name in INSTITUTIONS:
            made[code] = Institution.objects.create(
                code=code, parent=made.get(parent or ""), level=level, name=name
            )
        return made

    def partner(
        self, seat: Any, code: str, name: str, algorithm: Algorithm, **fields: Any
    ) -> tuple[Any, Member]:
        """A partner with its keys: the row, and its own side."""
        from yifen.partners import operations

        row = operations.register_partner(seat, BOOK[0], code, name, **fields)
        keys = keys_of(code, algorithm)
        for key, kept in keys:
            operations.issue_key(self._ring, row, key.version, key.algorithm, kept, self._now)
        identity = Identity(
            partner=code, dialect="xml" if fields.get("xml") else "json", key=keys[0][0],
            reply_key=keys[-1][0], encoding=fields.get("encoding", "utf-8").lower(),
            unit=fields.get("unit", "fen"),
        )  # fmt: skip
        return row, Member(row.pk, name, identity)


def register(ring: KeyRing, now: datetime, day: date, endpoint: str) -> tuple[list[Member], ...]:
    """Institutions, book, channels, billers, keys, admissions. Answers channels and billers."""
    from django.db import transaction

    from yifen.partners import operations

    loader = Loader(ring, now)
    with transaction.atomic():
        seats = loader.institutions()
        operations.open_book(*BOOK, time(0, 0), day.isoformat())
        channels, billers = [], []
        for row in CHANNELS:
            partner, member = loader.partner(
                seats["96"], row.code, row.name, row.algorithm, **row.partner
            )
            channels.append((operations.make_channel(partner, **row.limits), member))
        for kind in BILLERS:
            fields = {kind.dialect: True}
            algorithm: Algorithm = "sha1" if kind.dialect == "xml" else "hmac-sha256"
            partner, member = loader.partner(
                seats[kind.seat], kind.code, kind.name, algorithm, **fields
            )
            options = dict(kind.options)
            if kind.code == REMOTE:
                options |= {"endpoint": endpoint, "dialect": "xml", "timeout_s": 2}
            billers.append((operations.make_biller(partner, kind.category, **options), member))
        for channel, _ in channels:
            for biller, _ in billers:
                operations.admit(channel, biller)
    return [member for _, member in channels], [member for _, member in billers]


def payers_of(kind: BillerRow, count: int, seed: int, day: date) -> Iterator[people.Payer]:
    """The payers of one biller; its own system, if it has one, makes the same."""
    return people.payers(kind.category, kind.prefix, count, seed, day)


def load_bills(
    conn: psycopg.Connection[Any], members: list[Member], buckets: int, each: int, seed: int,
    day: date,
) -> tuple[list[Order], int]:  # fmt: skip
    """Payers and payables of the billers hosted here. Answers whom to collect from, and how many
    payables there are."""
    orders: list[Order] = []
    payers: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    payables: dict[int, list[NewPayable]] = defaultdict(list)
    for kind, member in zip(BILLERS, members, strict=True):
        for payer in payers_of(kind, each, seed, day):
            orders.append(Order(kind.code, payer.account_no))
            if kind.code == REMOTE:
                continue
            bucket = account_bucket(member.id, payer.account_no, buckets)
            payers[bucket].append((member.id, payer.account_no, payer.name))
            payables[bucket] += [
                NewPayable(member.id, payer.account_no, bill.ref, bill.title, bill.mode,
                           bill.due_fen, None, bill.min_fen, bill.max_fen, bill.due_on)
                for bill in payer.bills
            ]  # fmt: skip
    with conn.transaction():
        for bucket, rows in payers.items():
            conn.execute(PAYERS_SQL, pack_payers(bucket, rows))
        for bucket, due in payables.items():
            conn.execute(PAYABLES_SQL, pack_payables(bucket, due))
    return orders, sum(map(len, payables.values()))


def load(
    ring: KeyRing, app_url: str, *, now: datetime, day: date, buckets: int, endpoint: str,
    each: int = 4_000, seed: int = 1,
) -> Network:  # fmt: skip
    """The whole network; `endpoint`: where the gas company's own system listens; `each`: payers
    of each biller."""
    channels, billers = register(ring, now, day, endpoint)
    with psycopg.connect(app_url, autocommit=True) as conn:
        orders, count = load_bills(conn, billers, buckets, each, seed, day)
    return Network(day, tuple(channels), tuple(billers), tuple(orders), count)
