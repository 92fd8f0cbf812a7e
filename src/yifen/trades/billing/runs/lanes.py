"""Pieces of a run on several connections at once: making them, and publishing those of different buckets, waits for
nobody."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Any

import psycopg

LANES = 2  # of the server's processors: the others are the charges'
Conn = psycopg.Connection[Any]


def each_once(
    url: str, pieces: Iterable[int], work: Callable[[Conn, int], None], ending: Callable[[], bool], lanes: int = LANES
) -> None:
    """`work` on every piece, in this order, each begun by one lane with a connection of its own. Raises what the first
    fault was, or InterruptedError when the process is to end; what had begun by then is done, and no more is begun."""
    left, turn, over = iter(pieces), Lock(), False

    def taken() -> int | None:
        """The next piece; none once it is over. Asked one lane at a time, for `ending` is one caller's."""
        nonlocal over
        with turn:
            piece = None if over else next(left, None)
            if piece is not None and ending():
                over = True
                raise InterruptedError("the rest of the bills comes at the next try")
            return piece

    def lane() -> None:
        nonlocal over
        with psycopg.connect(url, autocommit=True) as conn:
            while (piece := taken()) is not None:
                try:
                    work(conn, piece)
                except BaseException:
                    over = True
                    raise

    with ThreadPoolExecutor(lanes, "bills") as pool:
        begun = [pool.submit(copy_context().run, lane) for _ in range(lanes)]
    for one in begun:
        one.result()
