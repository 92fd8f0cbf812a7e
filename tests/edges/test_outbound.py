"""The one way out: which addresses are called, and what of an answer is taken."""

import ast
import asyncio
import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.checkout.serving import Heard, Said, serving
from tests.test_tidy import PYTHON_FILES, SOURCE
from tests.trees import tree_of
from yifen.core.facts.addresses import address_of, caller_of, may_call, networks
from yifen.core.facts.settings import SettingError, read_settings
from yifen.core.wire import outbound
from yifen.core.wire.outbound import ALLOW, NoReply, Unread, Unsent, call

SAID = Said(200, b"hello", {"Content-Type": "text/plain"})


# --- which addresses ---------------------------------------------------------------------------

INSIDE = ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "10.1.2.3", "172.16.0.9", "192.168.1.9",
          "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "224.0.0.1",  # noqa: S104
          "::1", "::", "fe80::1", "fd00:ec2::254", "::ffff:10.1.2.3", "64:ff9b::a9fe:a9fe",
          "2002:7f00:1::1", "ff02::1", "64:ff9b:1::a9fe:a9fe", "::127.0.0.1", "::ffff:0:7f00:1", "fec0::1",
          "192.88.99.1"]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_what_only_we_can_reach_is_refused(host):
    address = address_of(host)
    assert address is not None
    assert not may_call(address, ())


@pytest.mark.parametrize("host", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8"])
def test_the_open_internet_may_be_called(host):
    assert may_call(address_of(host), ())


def test_an_operator_allows_networks_by_name():
    allowed = networks("10.8.0.0/16, 127.0.0.1")
    found = {host: may_call(address_of(host), allowed)
             for host in ("10.8.3.4", "10.9.3.4", "127.0.0.1", "127.0.0.2")}  # fmt: skip
    assert found == {"10.8.3.4": True, "10.9.3.4": False, "127.0.0.1": True, "127.0.0.2": False}


def test_a_setting_that_names_no_network_stops_the_start():
    with pytest.raises(SettingError, match=r"YIFEN_OUTBOUND_ALLOW: .*10.8.0.1/16"):
        read_settings({"YIFEN_OUTBOUND_ALLOW": "10.8.0.1/16"})


def test_a_caller_is_an_address_or_a_64():
    assert caller_of("2001:db8:1:2:aaaa::1") == caller_of("2001:db8:1:2:bbbb::9")
    assert caller_of("2001:db8:1:3::1") != caller_of("2001:db8:1:2::1")
    assert caller_of("::ffff:203.0.113.7") == caller_of("203.0.113.7") == "203.0.113.7"


# --- when connecting ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "localhost"])
def test_this_machine_hears_nothing_unless_it_is_allowed(monkeypatch, host):
    heard: list[Heard] = []
    with serving(lambda one: (heard.append(one), SAID)[1]) as url:
        url = url.replace("127.0.0.1", host)
        monkeypatch.setenv(ALLOW, "")
        with pytest.raises(Unsent, match=ALLOW):
            call("POST", url, {}, b"x", 5)
        assert heard == []
        monkeypatch.setenv(ALLOW, "127.0.0.0/8")
        assert call("POST", url, {}, b"x", 5).body == b"hello"
    assert heard[0].headers["Accept-Encoding"] == "identity"


def test_a_name_is_looked_up_once_and_that_address_is_called(monkeypatch):
    """The second look-up, which would lead elsewhere, never happens."""
    asked: list[str] = []

    async def lookup(_loop: object, host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        inside = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (inside, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    monkeypatch.setenv(ALLOW, "127.0.0.1")
    with serving(lambda _: SAID) as url:
        port = url.rpartition(":")[2]
        assert call("GET", f"http://biller.example:{port}/", {}, b"", 5).body == b"hello"
        assert asked == ["biller.example"]
        with pytest.raises(Unsent, match=r"biller.example is 127.0.0.2: not allowed"):
            call("GET", f"http://biller.example:{port}/", {}, b"", 5)


# --- what of an answer is taken ----------------------------------------------------------------


def test_a_packed_answer_is_refused_unopened():
    bomb = gzip.compress(bytes(64 << 20))
    for packing in ("gzip", "x-gzip", "br", "deflate, gzip"):
        said = Said(200, bomb, {"Content-Encoding": packing})
        with serving(lambda _, said=said: said) as url, pytest.raises(Unread, match="packed"):
            call("POST", url, {}, b"", 5)


def test_an_answer_has_a_size():
    larger = Said(200, bytes(outbound.ANSWER_BYTES_MAX + 1), {})
    with serving(lambda _: larger) as url, pytest.raises(Unread, match="more than 1048576 bytes"):
        call("POST", url, {}, b"", 5)
    with serving(lambda _: Said(200, bytes(outbound.ANSWER_BYTES_MAX), {})) as url:
        assert len(call("POST", url, {}, b"", 5).body) == outbound.ANSWER_BYTES_MAX


@contextmanager
def dripping(beginning: bytes, drop: bytes) -> Iterator[str]:
    """A server that says a little, again and again, and never ends."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        one, _ = listening.accept()
        with one:
            one.recv(65536)
            one.sendall(beginning)
            while True:
                try:
                    one.sendall(drop)
                except OSError:
                    return
                time.sleep(0.05)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        thread.join(5)
        listening.close()


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x"), (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n")],
    ids=["body", "head"],
)
def test_an_answer_that_never_ends_has_a_deadline(beginning, drop):
    started = time.monotonic()
    with dripping(beginning, drop) as url, pytest.raises(NoReply):
        call("POST", url, {}, b"", 0.6)
    assert 0.5 < time.monotonic() - started < 2


def test_a_redirect_leads_nowhere():
    said = Said(302, b"", {"Location": "http://127.0.0.1:1/"})
    with serving(lambda _: said) as url:
        assert call("POST", url, {}, b"", 5).status == 302


# --- nobody goes another way -------------------------------------------------------------------

CLIENTS = {"httpx", "requests", "urllib3", "urllib.request", "http.client", "aiohttp", "httpcore"}
BESIDE = ("core/wire/outbound.py", "tools/")  # the demo and the benches ask their own children


def test_nothing_else_calls_out():
    found = []
    for file in PYTHON_FILES:
        path, source = str(file.relative_to(SOURCE)), file.read_text()
        if path.startswith(BESIDE) or not any(name.split(".")[0] in source for name in CLIENTS):
            continue
        for node in ast.walk(tree_of(source)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [
                alias.name for alias in node.names] if isinstance(node, ast.Import) else []  # fmt: skip
            found += [(path, name) for name in names if name in CLIENTS or name.split(".")[0] in CLIENTS]
    assert found == []
