"""Our own HTTP front over real sockets, in this process: what it bounds, and what it never takes for two things."""

import asyncio
import gc
import re
import socket
import ssl
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.edges.smuggling import ONE_REQUEST, OURS, TRIES
from yifen.core.facts.settings import SettingError, read_settings
from yifen.core.incoming import bodies, front, http1
from yifen.core.incoming.front import Front
from yifen.core.incoming.greeting import TlsListening
from yifen.core.incoming.http1 import HttpConnection

BODY_MAX = 200_000
STAYS = "…".encode()


class Served:
    """An application that says what it heard, and the way to it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.scopes: list[dict[str, Any]] = []
        self.gone = 0
        self.hold = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        self.scopes.append(scope)
        try:
            status, body = 200, await bodies.whole({} if scope["path"] == "/parts" else scope, receive, BODY_MAX)
        except bodies.TooLarge:
            status, body = 413, b"too large"
        except bodies.Gone:
            self.gone += 1
            return
        if scope["path"] == "/hold":
            await self.hold.wait()
        if scope["path"] == "/fault":
            raise RuntimeError("a fault")
        is_long = scope["path"] in ("/long", "/at-once")
        answer = b"x" * 3_000_000 if is_long else b"%s %d" % (scope["path"].encode(), len(body))
        await send({"type": "http.response.start", "status": status,
                    "headers": [(b"content-length", b"%d" % len(answer))]})  # fmt: skip
        if scope["path"] == "/half":
            await send({"type": "http.response.body", "body": answer[:1], "more_body": True})
            return
        if scope["path"] == "/at-once":
            await send({"type": "http.response.body", "body": answer})
            return
        for start in range(0, len(answer), 100_000):
            await send({"type": "http.response.body", "body": answer[start : start + 100_000], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def ask(self, *parts: bytes, pause_s: float = 0.0, waits_s: float = 0.0) -> bytes:
        """All that is told. Who asks then stops sending, or waits so long for the server to close."""
        async with self.connected() as (reader, writer):
            with suppress(ConnectionError, RuntimeError):  # he was cut meanwhile
                for part in parts:
                    writer.write(part)
                    await asyncio.sleep(pause_s)
                if not waits_s:
                    writer.write_eof()
            heard = b""
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(waits_s or 20):
                    while part := await reader.read(65536):
                        heard += part
                    return heard
            return heard + STAYS

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1000)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    port: int
    front: Front


@asynccontextmanager
async def served(tls: ssl.SSLContext | None = None, most: int = 0) -> AsyncIterator[Served]:
    application = Served()
    application.front = Front(application, ("127.0.0.1", 1), tls is not None, most)  # type: ignore[arg-type]
    sock = socket.create_server(("127.0.0.1", 0))
    application.port = sock.getsockname()[1]
    listening = TlsListening(application.front, sock, tls, 100) if tls else (
        await asyncio.get_running_loop().create_server(lambda: HttpConnection(application.front), sock=sock)
    )  # fmt: skip
    try:
        yield application
    finally:
        listening.close()
        application.hold.set()
        await application.front.stop()


def on_front(work: Callable[[Served], Awaitable[None]]) -> None:
    async def run() -> None:
        async with served() as application:
            await work(application)

    uvloop.run(run())


def statuses(told: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", told)]


def test_nothing_is_smuggled() -> None:
    async def run(application: Served) -> None:
        tries = TRIES | OURS
        found = {name: statuses(await application.ask(sent)) for name, sent in tries.items()}
        assert found == {name: [400] for name in tries}
        assert application.paths == ["/post"] * application.gone  # whose body was found to be none
        application.paths.clear()
        for name, sent in ONE_REQUEST.items():
            assert statuses(await application.ask(sent)) == [200], name
        assert application.paths == ["/post"] * len(ONE_REQUEST)
        sent = OURS["RTSP that says 1.1"]
        assert statuses(await application.ask(*[sent[n : n + 1] for n in range(40)], sent[40:], pause_s=0.001)) == [400]
        good = ONE_REQUEST["a body that looks like a request"]
        assert statuses(await application.ask(*[good[n : n + 1] for n in range(40)], good[40:], pause_s=0.001)) == [200]
        assert b"x-late" not in dict(application.scopes[-1]["headers"])

    on_front(run)


def test_heads_are_bounded_in_size_and_count() -> None:
    async def run(application: Served) -> None:
        begin = b"GET /ok HTTP/1.1\r\nHost: h\r\n"
        assert statuses(await application.ask(begin + b"X: y\r\n" * 99 + b"\r\n")) == [200]
        for sent in (
            begin + b"X: y\r\n" * 101 + b"\r\n", begin + b"X: " + b"y" * 33_000 + b"\r\n\r\n",
            b"GET /" + b"y" * 33_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
            b"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 101
            + b"X: " + b"y" * 33_000 + b"\r\n\r\n",
        ):  # fmt: skip
            assert statuses(await application.ask(sent)) == [431]
        for endless in (begin + b"X: ", b"GET /", b"\r\n",
                        b"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
                        b"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;"):  # fmt: skip
            more = b"\r\n" if endless == b"\r\n" else b"y"
            told = await application.ask(endless, *[more * 5_000] * 16, pause_s=0.005, waits_s=20)
            assert statuses(told)[:1] in ([431], []), endless  # or it was cut before he read
        assert application.paths == ["/ok", "/p", "/p", "/p"]

    on_front(run)


def test_requests_at_once_are_answered_in_order_and_bounded() -> None:
    async def run(application: Served) -> None:
        told = await application.ask(b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % number for number in range(40)))
        assert application.paths == [f"/{number}" for number in range(16)]
        assert statuses(told) == [200] * 16
        assert told.count(b"connection: close") == 1
        assert told.index(b"connection: close") > told.index(b"/14 0")
        application.paths.clear()
        told = await application.ask(b"".join(b"GET /%b HTTP/1.1\r\nHost: h\r\n\r\n" % name for name in (b"a", b"b"))
                                     + b"no HTTP\r\n\r\n")  # fmt: skip
        assert (statuses(told), application.paths) == ([200, 200, 400], ["/a", "/b"])

    on_front(run)


def test_who_takes_no_answer_is_made_no_second_one() -> None:
    async def run(application: Served) -> None:
        async with application.connected() as (reader, writer):
            writer.write(b"GET /at-once HTTP/1.1\r\nHost: h\r\n\r\n" * 12 + b"GET /last HTTP/1.1\r\nHost: h\r\n\r\n")
            await asyncio.sleep(0.3)
            assert len(application.paths) <= 5  # the first lie in the system's own buffers
            (connection,) = application.front.connections
            assert 0 < connection._transport.get_write_buffer_size() < 3_000_200
            heard = bytearray()
            while not heard.endswith(b"/last 0"):
                heard += await reader.read(1_000_000)
            assert statuses(bytes(heard)) == [200] * 13
            assert application.paths == ["/at-once"] * 12 + ["/last"]

    on_front(run)


def test_bodies_come_in_parts_wait_for_a_word_and_are_bounded() -> None:
    async def run(application: Served) -> None:
        head = b"POST /parts HTTP/1.1\r\nHost: h\r\nContent-Length: 150000\r\n\r\n"
        told = await application.ask(head, b"y" * 100_000, b"y" * 50_000, b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n",
                                     pause_s=0.01)  # fmt: skip
        assert b"/parts 150000" in told
        assert b"/next 0" in told
        told = await application.ask(b"POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2"
                                     b"\r\n\r\n", b"ab", pause_s=0.02)  # fmt: skip
        assert (statuses(told), told.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")) == ([100, 200], True)
        told = await application.ask(b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n",
                                     *[b"y" * 100_000] * 50)  # fmt: skip
        assert statuses(told) == [413]
        assert b"connection: close" in told
        application.paths.clear()
        told = await application.ask(b"POST /half-a-body HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
        assert statuses(told) == [400]
        told = await application.ask(b"POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                                     b"2\r\nab\r\nzz\r\n", pause_s=0.02)  # fmt: skip
        assert statuses(told) == [400]
        assert (application.paths, application.gone) == (["/half-a-body", "/p"], 2)

    on_front(run)


def test_what_is_kept_and_what_is_closed() -> None:
    async def run(application: Served) -> None:
        for sent, kept in {
            b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n": True,
            b"GET /a HTTP/1.0\r\n\r\n": False,
            b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n": False,
            b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n": False,
            b"GET http://h/a?q HTTP/1.1\r\nHost: h\r\n\r\n": True,
            b"GET /%61 HTTP/1.1\r\nHost: h\r\n\r\n": True,
            b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n": True,
        }.items():
            told = await application.ask(sent, waits_s=0.3 if kept else 20)
            assert (statuses(told), told.endswith(STAYS)) == ([200], kept), sent
            assert told.removesuffix(STAYS).endswith(b"\r\n\r\n/a 0")
            assert (b"connection: close" in told) is not kept
        assert application.scopes[4]["query_string"] == b"q"
        told = await application.ask(b"HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n")
        assert told.count(b"/a 0") == 0
        assert told.endswith(b"/b 0")
        asks = b"POST /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nxy"
        application.paths.clear()
        last = asks[40:] + b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n"
        told = await application.ask(asks * 2 + asks[:40], last, pause_s=0.02)
        assert (statuses(told), application.paths) == ([200] * 4, ["/a", "/a", "/a", "/b"])
        assert told.count(b"/a 2") == 3
        told = await application.ask(asks * 40)
        assert (statuses(told), len(application.paths)) == ([200] * 16, 20)
        assert statuses(await application.ask(b"GET /fault HTTP/1.1\r\nHost: h\r\n\r\n")) == [500]
        told = await application.ask(b"GET /half HTTP/1.1\r\nHost: h\r\n\r\n")
        assert told.endswith(b"\r\n\r\n/")  # and cut: he sees that it is not whole

    on_front(run)


def test_who_is_slow_is_cut_and_who_takes_his_answer_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "HEAD_S", 0.2)
    monkeypatch.setattr(http1, "TAKEN_S_MAX", 0.6)
    monkeypatch.setattr(http1, "LINGER_S", 0.2)
    monkeypatch.setattr(front, "SWEEP_S", 0.05)

    async def run(application: Served) -> None:
        for sent in (b"", b"GET /a HTTP/1.1\r\nHost: h\r\nX: ", b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
                     b"POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + b"y" * 250_000):  # fmt: skip
            assert not (await application.ask(sent, waits_s=20)).endswith(STAYS), sent
        async with application.connected() as (reader, writer):
            writer.write(b"GET /long HTTP/1.1\r\nHost: h\r\n\r\n")
            await asyncio.sleep(0.4)  # longer than a head may take
            assert len(await reader.readexactly(3_000_000)) == 3_000_000

    on_front(run)


def test_who_hung_up_is_not_waited_for_and_who_only_stopped_sending_is_answered() -> None:
    async def run(application: Served) -> None:
        async with application.connected() as (reader, writer):
            writer.write(b"GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
            writer.write_eof()
            while not application.paths:
                await asyncio.sleep(0.01)
            application.hold.set()
            assert (await reader.read()).endswith(b"/hold 0")
        application.hold.clear()
        async with application.connected() as (_, writer):
            writer.write(b"GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
            while len(application.paths) < 2:
                await asyncio.sleep(0.01)
        application.hold.set()
        async with asyncio.timeout(5):
            while application.front.connections:
                await asyncio.sleep(0.01)

    on_front(run)


def test_one_that_stops_answers_whom_it_heard_and_closes_the_others() -> None:
    async def run(application: Served) -> None:
        async with application.connected() as (idle, _), application.connected() as (reader, writer):
            writer.write(b"GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
            while not application.paths:
                await asyncio.sleep(0.01)
            stopping = asyncio.create_task(application.front.stop())
            assert await idle.read() == b""
            assert not stopping.done()
            application.hold.set()
            told = await reader.read()
            assert (statuses(told), b"connection: close" in told) == ([200], True)
            await stopping

    on_front(run)


def test_a_process_holds_no_more_connections_than_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "room", lambda: 2)

    async def run(application: Served) -> None:
        async with application.connected(), application.connected():
            while len(application.front.connections) < 2:
                await asyncio.sleep(0.01)
            assert statuses(await application.ask(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")) == []
        while application.front.connections:
            await asyncio.sleep(0.01)
        assert statuses(await application.ask(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")) == [200]

    on_front(run)


def test_a_caller_keeps_his_newest_connections_and_no_other_loses_one() -> None:
    async def run() -> None:
        async with served(most=2) as application:
            other = await asyncio.open_connection("127.0.0.1", application.port, local_addr=("127.0.0.2", 0))
            mine = [await asyncio.open_connection("127.0.0.1", application.port) for _ in range(3)]
            assert await mine[0][0].read() == b""
            for reader, writer in (*mine[1:], other):
                writer.write(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
                assert (await reader.readuntil(b"/a 0")).startswith(b"HTTP/1.1 200 ")
            for _, writer in (*mine, other):
                writer.transport.abort()
            while application.front.connections:
                await asyncio.sleep(0.01)
            assert not application.front._of

    uvloop.run(run())


def test_what_went_leaves_nothing_that_waits_for_the_garbage_collector() -> None:
    """Which settles after a start, and looks seldom: one caller's heads of 31 KB once stayed by the gigabyte."""
    head = b"GET /a HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 31_000 + b"\r\n\r\n"

    async def run(application: Served) -> None:
        gc.collect()
        gc.disable()
        try:
            held: list[weakref.ref[HttpConnection]] = []
            for sent in (head * 3, head[:100], b"POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"):
                async with application.connected() as (reader, writer):
                    writer.write(sent)
                    if sent == head * 3:
                        for _ in range(3):
                            await reader.readuntil(b"/a 0")
                    await asyncio.sleep(0.02)
                    held += map(weakref.ref, application.front.connections)
                    assert sent == head[:100] or not next(iter(application.front.connections))._raw
                await asyncio.sleep(0.05)
            assert [one() for one in held] == [None] * 3
        finally:
            gc.enable()

    on_front(run)


def test_codings_that_nobody_here_unpacks_are_refused() -> None:
    async def run(application: Served) -> None:
        for coding in (b"gzip, chunked", b",chunked"):
            told = await application.ask(
                b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n"
            )
            assert statuses(told) == [501]
        told = await application.ask(
            b"POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", waits_s=1
        )
        assert statuses(told) == [200]  # and no 100, which HTTP/1.0 does not know

    on_front(run)


def certificate(folder: Path) -> ssl.SSLContext:
    """One of our own, in files."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    made = made.not_valid_before(since).not_valid_after(since.replace(year=2126))
    (folder / "cert").write_bytes(made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(plain)
    return front.tls_of(folder / "cert", folder / "key")  # type: ignore[return-value]


def test_who_never_begins_a_handshake_is_counted_all_the_same(tmp_path: Path) -> None:
    tls = certificate(tmp_path)
    files = Path("/proc/self/fd")

    async def once(application: Served) -> int:
        silent = [await asyncio.open_connection("127.0.0.1", application.port) for _ in range(8)]
        for reader, _ in silent[:3]:
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 5) == b""
        assert len(application.front.connections) == 5
        ours = ssl.create_default_context(cafile=str(tmp_path / "cert"))
        ours.check_hostname = False
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", application.port, ssl=ours, local_addr=("127.0.0.2", 0)
        )
        writer.write(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await reader.readuntil(b"/a 0")).startswith(b"HTTP/1.1 200 ")
        plain = await asyncio.open_connection("127.0.0.1", application.port)
        plain[1].write(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n" * 3)  # no TLS: an alert, and closed
        with suppress(ConnectionError):
            assert b"HTTP" not in await asyncio.wait_for(plain[0].read(), 5)
        for _, one in (*silent, plain, (reader, writer)):
            one.transport.abort()
        while application.front.connections:
            await asyncio.sleep(0.01)
        assert not application.front._of
        await asyncio.sleep(0.05)
        return len(list(files.iterdir())) if files.exists() else 0

    async def run() -> None:
        async with served(tls, most=5) as application:
            held = [await once(application) for _ in range(3)]
            assert held[1] == held[2]  # files; the first opens what stays

    uvloop.run(run())


def test_it_speaks_tls_of_today(tmp_path: Path) -> None:
    tls = certificate(tmp_path)

    async def run() -> None:
        async with served(tls) as application:
            ours = ssl.create_default_context(cafile=str(tmp_path / "cert"))
            ours.check_hostname = False
            reader, writer = await asyncio.open_connection("127.0.0.1", application.port, ssl=ours)
            writer.write(b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            assert statuses(await reader.read()) == [200]
            assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
            writer.close()
            assert application.scopes[0]["scheme"] == "https"
            ours.maximum_version = ssl.TLSVersion.TLSv1_2
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.open_connection("127.0.0.1", application.port, ssl=ours)

    uvloop.run(run())


def test_an_operator_may_choose_the_other_front() -> None:
    assert read_settings({}).front == "own"
    assert read_settings({"YIFEN_FRONT": "granian"}).front == "granian"
    with pytest.raises(SettingError, match="YIFEN_FRONT must be own or granian, not 'nginx'"):
        read_settings({"YIFEN_FRONT": "nginx"})
