"""Ids of requests: each its own although the server runs all in one context, and wherever it leads."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from http.client import HTTPConnection

import pytest
import structlog

from tests.conftest import NewGateway
from tests.jobs import trying
from tests.jobs.conftest import queue  # noqa: F401 - a database with the tasks of trying
from tests.jobs.running import work
from tests.jobs.trying import TASKS
from tests.remote.scripted import remote
from tests.world import Database
from yifen.core import plugs
from yifen.core.facts import logs, request_ids
from yifen.core.facts.request_ids import apart, current, taken, under


def test_requests_that_take_turns_in_one_context_keep_their_ids() -> None:
    async def request(name: str) -> list[str]:
        seen = [current()]
        for _ in range(3):
            await asyncio.sleep(0)
            seen.append(current())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(1)
        return [*seen, current(), await asyncio.create_task(told())]

    async def told() -> str:
        return current()

    async def run() -> None:
        shared = copy_context()
        loop = asyncio.get_running_loop()

        async def awaited(name: str) -> list[str]:
            return await apart(request(name), name)

        both = [loop.create_task(awaited(name), context=shared) for name in ("one", "two")]
        assert [await task for task in both] == [["one"] * 6, ["two"] * 6]
        assert shared.run(current) == ""

    asyncio.run(run())


def test_only_a_proxy_of_ours_names_a_request_and_only_in_plain_letters() -> None:
    assert taken("trace-1.A_b", trusted=True) == "trace-1.A_b"
    made = {taken(given, trusted=True) for given in ("", "a b", "x" * 65, "a\nb", "-a", "日", "a'--")}
    made |= {taken("trace-1", trusted=False)}
    assert len(made) == 8
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in made)


def ids(port: int, given: list[str]) -> list[str | None]:
    """What one connection after the other is answered."""

    def ask(name: str) -> str | None:
        line = HTTPConnection("127.0.0.1", port, timeout=20)
        line.request("POST", "/json/v1/query", b"{}", {"X-Request-Id": name})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.headers["X-Request-Id"]

    with ThreadPoolExecutor(16) as many:
        return list(many.map(ask, given))


def test_the_gateway_answers_with_the_id_it_was_given_by_a_proxy(
    new_gateway: NewGateway, shared_database: Database
) -> None:
    names = [f"proxy-{number}" for number in range(48)]
    trusting = new_gateway(shared_database, YIFEN_REQUEST_IDS="1")
    assert ids(trusting.port, names) == names
    [made] = ids(trusting.port, ["a b"])
    assert made
    assert made != "a b"
    own = ids(new_gateway(shared_database).port, names)
    assert len(set(own)) == 48
    assert not set(own) & set(names)


def test_a_line_of_the_log_says_whose_request_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        with under("R-1"):
            structlog.get_logger().warning("a rung failed")
            structlog.get_logger().warning("another's", request_id="R-2")
        structlog.get_logger().warning("nobody's")
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line.get("request_id") for line in lines] == ["R-1", "R-2", None]


def test_a_job_belongs_to_the_request_that_asked_for_it(
    queue: Database, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    from yifen.core.jobs.defer import defer

    seen: list[tuple[int, str]] = []
    monkeypatch.setattr(trying, "good", lambda ending, number=0: seen.append((number, current())))
    monkeypatch.setattr(trying, "told", lambda number=0: seen.append((-number, current())))
    plugs.called.cache_clear()
    try:
        with under("R-7"):
            defer("test.good", number=1)
        defer("test.good", number=2)
        work(queue, TASKS)
    finally:
        plugs.called.cache_clear()
    assert seen[0] == (1, "R-7")
    assert seen[1][0] == 2
    assert len(seen[1][1]) == 16


def test_a_biller_is_told_the_id_of_the_request(database: Database) -> None:
    heard: list[str | None] = []

    async def run() -> None:
        async with remote(database, "json") as at:
            real = at.biller._listener._answer

            async def hearing(call):
                heard.append(call.headers.get("x-request-id"))
                return await real(call)

            at.biller._listener._answer = hearing
            with under("R-9"):
                await at.charge("S1", "M1")

    asyncio.run(run())
    assert heard == ["R-9"]


def test_pages_take_an_id_only_where_the_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse

    from yifen.face.shell.middleware import page_policy

    def answered(trusts: bool) -> tuple[str, str]:
        inside: list[str] = []
        monkeypatch.setattr(settings, "YIFEN_REQUEST_IDS", trusts)

        def page(request: HttpRequest) -> HttpResponse:
            inside.append(request_ids.current())
            return HttpResponse()

        request = HttpRequest()
        request.META["HTTP_X_REQUEST_ID"] = "proxy-5"
        answer = page_policy(page)(request)
        return inside[0], answer["X-Request-Id"]

    assert answered(True) == ("proxy-5", "proxy-5")
    inside, told = answered(False)
    assert inside == told != "proxy-5"
    assert request_ids.current() == ""
