"""A biller or channel that is shut: refused at every verb, by every door. What was paid before may be
confirmed and taken back unless it is the channel itself that is shut: the money is the payer's."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import NOW, Hub
from tests.shut import CASES, NAMES, ShutCase, shut
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire import messages
from yifen.core.wire.messages import Line, WireFault
from yifen.hub.payments.hub import Hub as RealHub
from yifen.hub.payments.local import LocalHub

VERBS = {"query": messages.Query, "charge": messages.Charge, "confirm": messages.Confirm,
         "reverse": messages.Reverse, "refund": messages.Refund}  # fmt: skip


class LocalDoor:
    """The desk's and the payer's way in: the hub in this process, as the channel JSON."""

    def __init__(self, hub: Hub) -> None:
        url, settings = hub.database.url(WEB), read_settings(hub.database.environment(WEB))
        ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
        self.local = LocalHub(lambda: RealHub(settings, url, ring, lambda: datetime.now(UTC)))

    def code(self, verb: str, serial: str | None, **fields: Any) -> Code:
        fields |= {"serial": serial} if serial else {}
        if lines := fields.get("lines"):
            fields["lines"] = [Line(payable=ref, amount_fen=fen) for ref, fen in lines]
        call = {"reverse": "give_back", "refund": "give_back"}.get(verb, verb)
        try:
            return Code(getattr(self.local, call)("JSON", VERBS[verb](**fields))[0])
        except WireFault as fault:
            return Code(fault.code)


class WireDoor:
    """A partner's program."""

    def __init__(self, hub: Hub, code: str) -> None:
        self.partner = hub.partners[code]

    def code(self, verb: str, serial: str | None, **fields: Any) -> Code:
        return Code(int(self.partner.call(verb, serial, **fields).code))


@pytest.fixture(params=["XML", "JSON", "LOCAL"])
def door(request: pytest.FixtureRequest, hub: Hub) -> Iterator[Any]:
    if request.param == "LOCAL":
        made = LocalDoor(hub)
        yield made
        made.local.stop()
    else:
        yield WireDoor(hub, request.param)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_is_shut_takes_nothing_new_and_gives_back_what_it_took(hub, door, case: ShutCase):
    channel = "XML" if isinstance(door, WireDoor) and door.partner.dialect == "xml" else "JSON"
    (old, old_ref), (new, new_ref) = hub.bill(500), hub.bill(700)
    paid, back, late, again = (hub.serial() for _ in range(4))
    charge = {"biller": "WATER", "amount_fen": 500, "paid_at": NOW}
    assert door.code("charge", paid, account_no=old, lines=[(old_ref, 500)], **charge) is Code.OK
    before = hub.world.money()
    with shut(hub.world, case, hub.world.ids[channel], hub.world.ids["WATER"]):
        until_known(door, bool(case.old))
        fresh = {**charge, "account_no": new, "amount_fen": 700, "lines": [(new_ref, 700)]}
        assert door.code("query", None, biller="WATER", account_no=new) is case.new
        assert door.code("charge", late, **fresh) is case.new
        assert hub.world.money() == before
        assert door.code("confirm", None, original_serial=paid) is (case.old or Code.OK)
        taken = {"original_serial": paid, "amount_fen": 500}
        # On its day it is reversed; that it says so, is the verb's own answer.
        refund = case.old or Code.DAY_OPEN_USE_REVERSE
        assert door.code("refund", again, **taken) is refund
        assert door.code("reverse", back, **taken) is (case.old or Code.OK)
        if isinstance(door, WireDoor):
            file = case.old or Code.FILE_NOT_READY
            assert door.code("file", None, business_day=DAY) is file
    until_known(door, False)


def until_known(door: Any, is_shut: bool) -> None:
    """The doors read who may speak once a second; the verbs look at once."""
    ends = time.monotonic() + 10
    while (door.code("confirm", None, original_serial="NONE") is Code.PARTNER_SUSPENDED) != is_shut:
        assert time.monotonic() < ends
        time.sleep(0.1)
