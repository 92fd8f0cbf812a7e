"""A channel passes every clause in its sandbox, and nobody of the hub lifts a hand: the sandbox leaves
it not knowing, and cuts its own day. Strangers write in its name meanwhile."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.conftest import NewGateway
from tests.jobs.running import work
from tests.onboarding.test_way_in import keyed, row
from tests.onboarding.trying import (
    WRITTEN_S,
    a_day_of_trying,
    clock,
    cut,
    forged,
    open_day,
    rows,
    tried,
)
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB
from yifen.core.wire.keys import hmac_sign
from yifen.core.wire.messages import Query
from yifen.core.wire.structured_text import bytes_text
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.identity import Identity


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture(scope="module")
def hub_url(place: Province, new_gateway: NewGateway) -> str:
    return new_gateway(place.database).url


@pytest.fixture(scope="module", params=["xml", "json"])
def identity(request: pytest.FixtureRequest, place: Province, admin: Any, hub_url: str) -> Identity:
    return tried(place, admin, request.param)


LAST_CUT = """SELECT max(made_at) FROM daily_file f JOIN partner p ON p.id = f.partner_id
WHERE p.book_id = 900"""


def verdicts(place: Province, admin: Any, code: str) -> tuple[dict[str, str], Any]:
    from yifen.trades.onboarding.models import ConformanceRun

    with site.as_process(WEB):  # which may ask, and not say what came of it
        assert admin.post(f"/console/partners/{code}/certify/").status_code == 302
    work(place.database)
    run = ConformanceRun.objects.filter(partner=row(code)).order_by("-pk").first()
    return {c["id"]: c["verdict"] for c in run.report["clauses"] if c["verdict"] != "pass"}, run


def test_every_clause_runs_and_passes_and_then_it_may_go_live(place, admin, hub_url, identity):
    from yifen.trades.onboarding.operations.go_live import missing

    async def first_day() -> None:
        door = HubDoor(hub_url, identity, clock)
        day = open_day(place)
        codes = await a_day_of_trying(door, identity.dialect)
        assert codes == [Code.OK] * 4 + [Code.PROCESSING, Code.OK, Code.OK]
        await forged(hub_url, identity)
        with pytest.raises(Lost, match="FILE_NOT_READY"):
            await door.fetch(day)
        await asyncio.sleep(WRITTEN_S)  # the recorder writes every second
        real = rows(place, "SELECT book_id, current_day FROM ledger_book WHERE book_id <> 900")
        last = rows(place, LAST_CUT)[0][0]
        assert cut(place, max(clock(), last + timedelta(minutes=5)) if last else clock()) == 1
        assert open_day(place) == day + timedelta(days=1)
        assert rows(place, "SELECT book_id, current_day FROM ledger_book WHERE book_id <> 900") == real
        assert b"TRIAL" in await door.fetch(day)
        await door.close()

    asyncio.run(first_day())
    time.sleep(WRITTEN_S)
    code = identity.partner
    found, run = verdicts(place, admin, code)
    assert (found, run.ok, run.report["passed"]) == ({}, True, 15)
    assert " 2 more came in the channel's name without proof and do not count." in run.report["note_en"]
    shown = admin.get(f"/console/conformance/{run.pk}/").content.decode()
    assert "未能证明出自该渠道，不计入" in shown
    assert missing(row(code.removesuffix("-T")), clock()) == []
    assert_forged_are_explained(place, identity)


def assert_forged_are_explained(place: Province, identity: Identity) -> None:
    """What strangers sent has beside it what would have fitted; what was taken has nothing."""
    found = rows(place, "SELECT fault->>'sent', fault->>'expected', fault->>'base' FROM wire_message m"
                 f" JOIN partner p ON p.id = m.partner_id WHERE p.code = '{identity.partner}' AND fault IS NOT NULL"
                 " AND NOT proved AND m.code = 2005")  # fmt: skip
    assert len(found) == 2
    for sent, expected, base in found:
        assert sent not in (None, expected)
        if identity.dialect == "json":
            assert bytes_text(hmac_sign(identity.key, base.encode())) == expected
        else:
            assert (len(expected), base) == (40, None)
    assert rows(place, "SELECT count(*) FROM wire_message m WHERE m.code = 0 AND m.fault IS NOT NULL") == [(0,)]


def test_a_stale_message_is_the_channels_own_fault(place, admin, hub_url, identity):
    """Its signature fits, so it counts, in either dialect."""
    late = HubDoor(hub_url, identity, lambda: clock() - timedelta(hours=1))

    async def ask() -> None:
        with suppress(Lost):  # in JSON it is told without a signature
            assert (await late.ask(Query(biller="TRIAL", account_no="1001"))).code is Code.MESSAGE_STALE
        await late.close()

    asyncio.run(ask())
    time.sleep(WRITTEN_S)
    found = rows(place, "SELECT p.code, m.proved FROM wire_message m JOIN partner p ON p.id = m.partner_id"
                 " WHERE m.code = 2006")  # fmt: skip
    assert (identity.partner, True) in found
    assert (identity.partner, False) not in found


def test_what_was_done_with_the_keys_before_is_judged_no_more(place, admin, hub_url, identity):
    code = identity.partner
    keyed(admin, code, algorithm=identity.key.algorithm)
    assert "3207" in admin.post(f"/console/partners/{code}/certify/", follow=True).content.decode()


def test_the_gateway_answers_its_public_keys_as_pem(hub_url):
    found = requests.get(f"{hub_url}/keys", timeout=10).json()["keys"]
    assert [key["algorithm"] for key in found] == ["ed25519", "sm2-sm3"]
    assert all(key["pem"].startswith("-----BEGIN PUBLIC KEY-----\n") for key in found)
