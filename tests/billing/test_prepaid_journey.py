"""From a payer's phone, and from a counter, to the token: the pages, the worker's own role, vending over HTTP."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.billing.sale_proposals import PREPAID
from tests.billing.vending_side import SECRET
from tests.desk.standing import Desk, text
from tests.desk.test_papers import words
from tests.payer.phone import Phone
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.processes import WORKER
from yifen.core.wire.keys import Key
from yifen.core.wire.token_port import token_shown
from yifen.hub.simulators.vending import SimulatedVending
from yifen.trades.billing.prepaid.port import key_context

ACCOUNTS = iter(range(1, 99))


def prepaid(place: Province, account: str) -> str:
    """A customer of the county's biller with a balance, by rows."""
    bucket, number = account_bucket(place.own.biller, account, place.database.buckets), next(ACCOUNTS)
    facts = {"biller": place.own.biller, "account": account, "bucket": bucket, "id": (920 + number) * 1000 + bucket}
    with psycopg.connect(place.database.owner_url) as conn:
        for statement in PREPAID:
            conn.execute(statement, facts)
        conn.execute("INSERT INTO payer SELECT %s, %s, %s, name FROM payer WHERE biller_id = %s LIMIT 1"
                     " ON CONFLICT DO NOTHING", (bucket, place.own.biller, account, place.own.biller))  # fmt: skip
    return account


@contextmanager
def vending(place: Province, clock: Any) -> Iterator[SimulatedVending]:
    """The company's, on this machine."""
    key = Key(partner=place.own.biller_code, version=1, algorithm="hmac-sha256", secret=SECRET.encode())
    system, loop = SimulatedVending(key, clock, orders=["lost"]), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(system.open(), loop).result(5)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("INSERT INTO billing_vending VALUES (%s, %s, %s, 1) ON CONFLICT (biller_id) DO UPDATE SET"
                     " endpoint = excluded.endpoint, sealed = excluded.sealed, version = 1", (
                         place.own.biller, f"http://127.0.0.1:{port}",
                         the_ring().seal(SECRET.encode(), key_context(place.own.biller))))  # fmt: skip
    yield system
    asyncio.run_coroutine_threadsafe(system.listener.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def worked(place: Province, patch: pytest.MonkeyPatch) -> None:
    """Both tasks of the worker, with its rights."""
    from yifen.trades.billing.prepaid import jobs

    with patch.context() as env:
        env.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
        jobs.sell(lambda: False)
        jobs.tokens(lambda: False)


def asked_again_now(place: Province) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_sale SET token_at = token_at - interval '1 minute' WHERE token_state = 'asked'")


def test_a_payer_pays_ahead_and_gets_the_token_on_the_page_of_his_order(
    place: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import override_settings

    from yifen.core.access.edge import now

    account, phone = prepaid(place, "PPAY1"), Phone()
    with override_settings(YIFEN_PAY_METHODS=("simulated",)), vending(place, now) as system:
        order = phone.start(place.own.biller_code, account, "PREPAID", PREPAID="100.00")
        phone.at_cashier(order, "pay")
        phone.look(order)
        assert "购电 正在处理，请稍后再看" in phone.page(order)
        worked(place, monkeypatch)  # the first answer is lost
        assert "已购 电费 200 kWh · ¥100.00 卡密 正在生成，请稍后再看" in phone.page(order)
        assert 'http-equiv="refresh"' in phone.get(f"/order/{order}/").content.decode()
        asked_again_now(place)
        worked(place, monkeypatch)
        (made,) = system.made.values()
        assert (made.order.meter, made.order.quantity_milli, made.order.amount_fen) == ("MPPAY1", 200_000, 10_000)
        assert f"已购 电费 200 kWh · ¥100.00 卡密 {token_shown(made.token)}" in phone.page(order)
        assert 'http-equiv="refresh"' not in phone.get(f"/order/{order}/").content.decode()
        stranger = Phone()
        assert token_shown(made.token) not in stranger.page(order)  # who only has the link


def test_the_counter_shows_the_token_and_why_a_sold_payment_is_not_reversed(
    place: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.access.edge import now

    desk = Desk(place)
    desk.open()
    prepaid(place, desk.account_no)
    entry = desk.prepare(PREPAID=10_000)
    desk.confirm(entry)
    poll = {"HTTP_HX_REQUEST": "true"}
    assert "HX-Refresh" not in desk.confirm(entry, "told", **poll)  # being made
    with vending(place, now) as system:
        system.orders.clear()
        worked(place, monkeypatch)
        (made,) = system.made.values()
    assert desk.confirm(entry, "told", **poll)["HX-Refresh"] == "true"
    assert token_shown(made.token) in text(desk.client.get(f"/desk/entry/{entry.pk}/"))
    receipt = words(desk.client.post(f"/desk/entry/{entry.pk}/receipt/"))
    assert "电费200kWh" in receipt
    assert token_shown(made.token).replace(" ", "") in receipt
    page = desk.get("4625", number=entry.serial)  # before a supervisor is asked
    assert "supervisor_code" not in page.content.decode()
    refused = text(page)
    for shown in ("7011", "余额 ¥0.00，本笔现可退 ¥0.00", "电费 200 kWh · ¥100.00",
                  "已折成数量售出，卡密一经发出不能收回：只能退预存款的余额"):  # fmt: skip
        assert shown in refused, shown


def test_workers_that_sell_the_same_balance_at_once_sell_it_once(place: Province) -> None:
    from yifen.core.access.edge import now
    from yifen.trades.billing.prepaid import selling

    desk = Desk(place)
    desk.open()
    prepaid(place, desk.account_no)
    entry = desk.prepare(PREPAID=10_000)
    desk.confirm(entry)
    with psycopg.connect(place.database.owner_url) as conn:
        bucket, payable = conn.execute("SELECT bucket, payable_id FROM payable WHERE account_no = %s"
                                       " AND ref = 'PREPAID'", [desk.account_no]).fetchone() or (0, 0)  # fmt: skip

    def sell(_: int) -> int:
        with psycopg.connect(place.database.url(WORKER), autocommit=True) as conn:
            return selling.sell(conn, bucket, payable, now())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sell, range(8))) == [0] * 8
    with psycopg.connect(place.database.owner_url) as conn:
        assert conn.execute("SELECT qty_milli, amount_fen FROM billing_sale WHERE account_no = %s",
                            [desk.account_no]).fetchall() == [(200_000, 10_000)]  # fmt: skip
