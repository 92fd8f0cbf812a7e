"""The id of a request 请求编号: in its answer, in every line of the log about it, in the jobs that it asked for
and in the calls that it made of others.

Taken over from a proxy of ours (YIFEN_REQUEST_IDS), else made here; from anybody else it would put his words
into our logs.
"""

import re
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from itertools import count
from secrets import token_hex
from types import coroutine
from typing import Any, TypeVar

HEADER = "X-Request-Id"
APART = "yifen.apart"  # in ASGI's scope: the request has a task, and so a context, of its own
SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_process, _numbers = token_hex(4), count()  # no secret: told apart is all that they must be
_current: ContextVar[str] = ContextVar("request_id", default="")
T = TypeVar("T")


def current() -> str:
    """Of the request or job that runs here; empty where none does."""
    return _current.get()


def taken(given: str, trusted: bool) -> str:
    """What a proxy of ours gave, if it may stand in a log; else a new one."""
    return given if trusted and SHAPE.fullmatch(given) else f"{_process}{next(_numbers):08x}"


@contextmanager
def under(request_id: str) -> Iterator[None]:
    """What runs inside belongs to this request."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def begin(request_id: str) -> None:
    """From now on, in this context, which nobody else has."""
    _current.set(request_id)


@coroutine
def apart(work: Coroutine[Any, Any, T], request_id: str) -> Generator[Any, Any, T]:
    """Awaits it as this request, in a context of its own: granian runs all requests in one, so that what
    one of them sets is seen by those that take turns with it."""
    context = copy_context()
    context.run(_current.set, request_id)
    step, given = work.send, None
    while True:
        try:
            waits_for = context.run(step, given)
        except StopIteration as done:
            found: T = done.value
            return found
        try:
            step, given = work.send, (yield waits_for)
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:
            step, given = work.throw, error
