"""What of the demo's world reaches outside, for who looks around: two partners with pipes, a payer with reminders, a
channel's sandbox. Left out with --once, for nobody would see it."""

import asyncio
import secrets
from datetime import datetime
from uuid import uuid4

import psycopg

from yifen.core.embedded.ports import remembered_or_free
from yifen.core.facts.days import ZONE
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.facts.settings import quiet_hours, read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import Charge, Line, Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.sample import Member, Registry
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.tools.demo import receiver
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.traffic import clock
from yifen.tools.demo.trickle import LEFT_ALONE

PIPES = (
    ("WXPAY", receiver.TAKES, ["payment.returned", "file.ready"]),
    ("HEAT01", receiver.DOWN, ["payment.returned", "file.ready", "day.settled"]),
)
TRIAL = "TRIAL"
PHONE, BOUND = "13800138000", ("HEAT01", "WATER01", "PROP01")
_OWING = queries(__package__)["owing"]


def add(found: Stage, network: SampleNetwork, now: datetime) -> Member:
    """All of it; the sandbox as its own side sees it. Django must be set up, with the owner's rights."""
    from django.db import transaction

    with transaction.atomic():
        lay_pipes(found, now)
        bind(found, network, now)
        return open_sandbox(found, network, now)


def lay_pipes(found: Stage, now: datetime) -> None:
    """Of a channel whose receiver takes all, of a biller whose receiver is down."""
    from yifen.core.partners.models import Partner
    from yifen.trades.pipes.models import Pipe

    secret = secrets.token_bytes(24)
    url = receiver.start(remembered_or_free(found.folder / "receiver.port"), secret)
    for code, path, wants in PIPES:
        ref = uuid4()
        Pipe.objects.create(
            ref=ref, partner=Partner.objects.get(code=code), kind="webhook", address=url + path, wants=wants,
            secret=found.ring().seal(secret, f"pipe:{ref}"), made_at=now,
        )  # fmt: skip


def bind(found: Stage, network: SampleNetwork, now: datetime) -> None:
    """A payer with three accounts that owe something, reminded by SMS, which the local outbox keeps."""
    from yifen.core.facts.buckets import account_bucket
    from yifen.trades.orders import phones
    from yifen.trades.orders.models import Binding
    from yifen.trades.reminders.models import ReminderChoice, ReminderPerson

    holder = phones.holder_with(found.ring(), PHONE, now)
    person = ReminderPerson.objects.create(holder_id=holder.pk, language="zh")
    quiet, hour = quiet_hours(read_settings().quiet_hours), now.astimezone(ZONE).hour
    hours = sorted({9, 18, hour} - quiet)
    left = [order.account_no for order in network.orders[-LEFT_ALONE:]]
    with psycopg.connect(found.database.url) as conn:
        owing = conn.execute(_OWING, {"billers": list(BOUND), "accounts": left}).fetchall()
    for biller_id, account_no, *_ in owing:
        binding = Binding.objects.create(holder=holder, biller_id=biller_id, account_no=account_no, created_at=now)
        bucket = account_bucket(biller_id, account_no, found.settings.buckets)
        ReminderChoice.objects.create(
            person=person, binding_id=binding.pk, biller_id=biller_id, bucket=bucket, account_no=account_no,
            channel="sms", tell_new=True, soon_days=7, tell_overdue=True, hours=hours, consented_at=now, plan_at=now,
            ask_at=now,
        )  # fmt: skip


def open_sandbox(found: Stage, network: SampleNetwork, now: datetime) -> Member:
    """WXPAY-T, whose developer is `wxdev`: a book of its own, a key, accounts to try with."""
    from yifen.core.partners import operations
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding import sandbox

    real = Partner.objects.select_related("institution").get(code="WXPAY")
    trial = sandbox.open_sandbox(real, network.day)
    twin, member = Registry(found.ring(), SANDBOX_BOOK_ID, now).enrol(
        real.institution, "WXPAY-T", f"{real.name}{sandbox.SUFFIX}", "hmac-sha256", json=True, sandbox_of=real,
        wire_log="all")  # fmt: skip
    operations.admit(operations.make_channel(twin), trial)
    return member


def try_out(found: Stage, member: Member) -> None:
    """What its developer did so far: two payments, of which one is sent twice, and an account that nobody has."""
    try:
        asyncio.run(tries(HubDoor(found.base_url, member.identity, clock)))
    except Lost:
        return


async def tries(door: HubDoor) -> None:
    try:
        for number, account_no in enumerate(("1001", "1002", "9999"), 1):
            told = (await door.ask(Query(biller=TRIAL, account_no=account_no))).reply
            if not isinstance(told, QueryReply):
                continue
            due = told.payables[0]
            fen = max(due.min_fen, due.due_fen)
            charge = Charge(
                serial=f"TRY{number:04d}", biller=TRIAL, account_no=account_no, amount_fen=fen,
                lines=[Line(payable=due.payable, amount_fen=fen)], quote=told.quote,
                paid_at=clock().replace(microsecond=0),
            )  # fmt: skip
            for _ in range(number):
                await door.ask(charge)
    finally:
        await door.close()
