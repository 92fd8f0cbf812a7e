"""The simulators' small HTTP client against a server that keeps, closes, chunks and breaks."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from yifen.hub.simulators.lines import LineError, Lines
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply


def against(
    answer: Callable[[ListenerCall], Awaitable[ListenerReply]],
    use: Callable[[Lines], Awaitable[None]],
) -> None:
    async def run() -> None:
        listener = Listener(answer, "127.0.0.1", 0)
        await listener.open()
        lines = Lines(f"http://127.0.0.1:{listener.port}/base", 1.0)
        try:
            await use(lines)
        finally:
            await lines.close()
            await listener.close()
            await asyncio.sleep(0)

    asyncio.run(run())


def test_requests_arrive_whole_and_one_connection_serves_them_in_turn() -> None:
    calls: list[ListenerCall] = []

    async def answer(call: ListenerCall) -> ListenerReply:
        calls.append(call)
        return ListenerReply(202, (("x-a", "b"),), call.body[::-1])

    async def use(lines: Lines) -> None:
        for number in range(3):
            response = await lines.post("/p", {"x-n": str(number)}, b"abc" * 50_000)
            assert (response.status, response.headers["x-a"]) == (202, "b")
            assert response.content == b"cba" * 50_000
        assert len(lines._idle) == 1

    against(answer, use)
    assert [(call.path, call.headers["x-n"]) for call in calls] == [
        ("/base/p", "0"), ("/base/p", "1"), ("/base/p", "2"),
    ]  # fmt: skip


def test_a_connection_without_an_answer_is_an_error_and_not_kept() -> None:
    async def answer(call: ListenerCall) -> ListenerReply:
        return ListenerReply(times=0)

    async def use(lines: Lines) -> None:
        with pytest.raises(LineError, match="IncompleteRead"):
            await lines.post("/p", {}, b"")
        assert lines._idle == []

    against(answer, use)


def test_no_answer_in_time() -> None:
    async def answer(call: ListenerCall) -> ListenerReply:
        return ListenerReply(late_s=1.5)

    async def use(lines: Lines) -> None:
        with pytest.raises(LineError, match="no answer in 1 s"):
            await lines.post("/p", {}, b"")

    against(answer, use)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
         b"\r\n", b"abcde"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"SSH-2.0-x\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", None),
    ],
)  # fmt: skip
def test_what_a_foreign_server_may_send(sent: bytes, got: bytes | None) -> None:
    async def run() -> bytes | None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(sent)
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            lines = Lines(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", 2)
            try:
                return (await lines.post("/", {}, b"")).content
            except LineError:
                return None
            finally:
                await lines.close()

    assert asyncio.run(run()) == got
