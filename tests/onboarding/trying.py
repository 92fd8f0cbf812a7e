"""A channel in its sandbox, from the page that gave it its secret to what it sends."""

import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from msgspec.structs import replace

from tests.onboarding.test_way_in import keyed, register
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import NIGHT
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Confirm, Line, Query, Reverse
from yifen.hub.payments.hub import ROSTER_EVERY_S
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.identity import Identity
from yifen.night.sandbox import cut_sandbox

WRITTEN_S = 2.5  # the recorder writes every second


def clock() -> datetime:
    return datetime.now(UTC)


def tried(place: Province, admin: Any, dialect: str) -> Identity:
    """A new channel's sandbox, with the secret from the page."""
    code, algorithm = f"TRY{dialect.upper()}", {"xml": "sha1", "json": "hmac-sha256"}[dialect]
    register(admin, place, code=code, dialect=dialect)
    data = {"algorithm": algorithm, "public": ""}
    text = admin.post(f"/console/partners/{code}-T/keys/", data).content.decode()
    secret = re.findall(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b", text)[0]
    material = secret.encode() if dialect == "xml" else bytes.fromhex(secret)
    key = Key(partner=f"{code}-T", version=1, algorithm=algorithm, secret=material)
    keyed(admin, code, algorithm=algorithm)
    time.sleep(ROSTER_EVERY_S + 0.7)  # the gateway looks every second
    return Identity(partner=f"{code}-T", dialect=dialect, key=key, reply_key=key)


def charge(account_no: str, serial: str, fen: int = 100) -> Charge:
    return Charge(serial=serial, biller="TRIAL", account_no=account_no, amount_fen=fen,
                  lines=[Line(payable="TOPUP", amount_fen=fen)],
                  paid_at=clock().replace(microsecond=0))  # fmt: skip


async def a_day_of_trying(door: HubDoor, tag: str) -> list[Code]:
    """What a careful channel does; the codes that it was answered."""
    one = charge("1001", f"{tag}1")
    vague = charge("1009", f"{tag}2", 200)
    said = [
        await door.ask(Query(biller="TRIAL", account_no="1001")),
        await door.ask(one), await door.ask(one),
        await door.ask(Reverse(serial=f"{tag}R", original_serial=one.serial, amount_fen=100)),
        await door.ask(vague), await door.ask(Confirm(original_serial=vague.serial)),
        await door.ask(vague),
    ]  # fmt: skip
    return [answer.code for answer in said]


async def forged(url: str, identity: Identity) -> None:
    """A stranger in its name, with a key of his own; two messages, and one that is none."""
    key = replace(identity.key, secret=b"a stranger's own key, not theirs")
    door = HubDoor(url, replace(identity, key=key), clock)
    for serial in ("F1", "F2"):
        with suppress(Lost):
            await door.ask(charge("1001", serial))
    await door._post(b"0" * 40 + b"<Request/>", {}, "query")
    await door.close()


def open_day(place: Province) -> Any:
    return rows(place, "SELECT current_day FROM ledger_book WHERE book_id = 900")[0][0]


def rows(place: Province, statement: str) -> list[Any]:
    with psycopg.connect(place.database.app_url) as conn:
        return conn.execute(statement).fetchall()


def cut(place: Province, at: datetime) -> int:
    with psycopg.connect(place.database.url(NIGHT), autocommit=True) as conn:
        return cut_sandbox(conn, at)
