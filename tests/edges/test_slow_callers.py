"""Slow and endless callers against the real gateway and the real pages: others are served meanwhile."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.edges.slow import HEAD_BEGUN, answered_s, body_begun, heard_until_end, held, is_open
from tests.edges.smuggling import TRIES
from tests.running import Gateway, Web
from yifen.core.facts.processes import WEB
from yifen.core.facts.settings import FRONTS

FAST_S = 1.0


@pytest.fixture(scope="module", params=FRONTS)
def gateway(request: pytest.FixtureRequest, new_database: NewDatabase, new_gateway: NewGateway) -> Gateway:
    """With either front."""
    return new_gateway(new_database(), YIFEN_FRONT=request.param)


@pytest.fixture(scope="module")
def web(new_database: NewDatabase) -> Iterator[Web]:
    with Web(new_database().environment(WEB)) as running:
        yield running


def is_fast(found: tuple[int, float]) -> bool:
    status, seconds = found
    return status == 200 and seconds < FAST_S


def test_1100_slow_bodies_hold_no_gateway(gateway: Gateway):
    with held(gateway.port, 1100, body_begun("/json/v1/charge")):
        assert is_fast(answered_s(gateway.port, "/health"))


def test_1100_slow_heads_hold_no_gateway(gateway: Gateway):
    with held(gateway.port, 1100, HEAD_BEGUN):
        assert is_fast(answered_s(gateway.port, "/health"))


def test_one_address_keeps_512_connections_and_the_newest_of_them(gateway: Gateway):
    """Granian's are told apart by the look that saw them first, every second: within one their order is not known."""
    with held(gateway.port, 300, HEAD_BEGUN) as old:
        time.sleep(2.2)
        with held(gateway.port, 400, HEAD_BEGUN) as new:
            deadline = time.monotonic() + 5
            while sum(map(is_open, old)) > 112 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert [is_open(one) for one in new] == [True] * 400
            assert sum(map(is_open, old)) == 112


def test_a_slow_body_is_refused_by_number_and_cut(gateway: Gateway, request: pytest.FixtureRequest):
    with held(gateway.port, 1, body_begun("/json/v1/charge")) as (one,):
        if "granian" in request.node.name:  # which answers, and waits for the rest of the body that nobody reads
            one.settimeout(15)
            started = time.monotonic()
            told, seconds = one.recv(65536), time.monotonic() - started
        else:
            told, seconds = heard_until_end(one, 15)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"1007"' in told
    assert 4 < seconds < 9


def test_nothing_is_smuggled_and_nobody_is_answered_twice(gateway: Gateway):
    for name, sent in TRIES.items():
        with held(gateway.port, 1, sent) as (one,):
            one.shutdown(socket.SHUT_WR)
            told, _ = heard_until_end(one, 15)
        assert told.count(b"HTTP/1.1 ") <= 1, name
        assert b"smuggled" not in told, name


def test_a_slow_head_is_cut(gateway: Gateway):
    with held(gateway.port, 1, HEAD_BEGUN) as (one,):
        told, seconds = heard_until_end(one, 20)
    assert (told, 8 < seconds < 14) == (b"", True)


def test_a_body_that_drips_is_cut_though_it_never_stops(gateway: Gateway):
    with held(gateway.port, 1, body_begun("/xml/v1/charge", 60_000)) as (one,):
        started = time.monotonic()
        with suppress(OSError):
            while is_open(one) and time.monotonic() < started + 20:
                one.sendall(b"x" * 20)
                time.sleep(0.2)
        assert 4 < time.monotonic() - started < 9


def test_60_slow_bodies_stop_no_page(web: Web):
    with held(web.port, 60, body_begun("/sign-in/")):
        time.sleep(0.5)
        assert is_fast(answered_s(web.port, "/sign-in/"))


def test_one_address_has_at_most_64_requests_of_a_page_under_way(web: Web):
    with held(web.port, 64, body_begun("/sign-in/")) as made:
        time.sleep(0.5)
        assert answered_s(web.port, "/sign-in/")[0] == 429
        made.pop().close()
        time.sleep(0.5)  # far from the grace of the others
        assert is_fast(answered_s(web.port, "/sign-in/"))


def test_a_slow_form_is_cut(web: Web):
    with held(web.port, 1, body_begun("/sign-in/")) as (one,):
        told, seconds = heard_until_end(one, 15)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert 4 < seconds < 9


def test_16_who_do_not_read_a_file_stop_no_page(web: Web):
    path = "/static/instaui_echarts/echarts.esm.min.js"
    script = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    assert answered_s(web.port, path)[0] == 200
    with held(web.port, 40, script):
        time.sleep(0.5)
        assert is_fast(answered_s(web.port, "/sign-in/"))
