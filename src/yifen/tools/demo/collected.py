"""The demo's collection orders 托收: the paper mill agreed to one, so the worker has the core pay it and the hub book
it, an ordinary payment of the counter's channel; the other waits for the mill's days."""

import time

from yifen.core.facts.money import format_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.till import TillDay

PAID_S_MAX = 30.0
_SQL = queries(__package__)


def work(conn: Conn, screen: DemoScreen) -> TillDay:
    """Wait for what is due now: on a day off that is nothing."""
    until = time.monotonic() + PAID_S_MAX
    while conn.execute(_SQL["collection_due"]).fetchall() and time.monotonic() < until:
        time.sleep(0.2)
    result, _ = figures(conn)
    booked = result["collection"]["booked"]
    screen.say(f"collection orders {told(result)}")
    return TillDay(booked["orders"], booked["fen"])


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """What is booked, what waits; one that is neither is a problem."""
    found = {name: {"orders": 0, "fen": 0} for name in ("booked", "told")}
    problems = []
    for state, orders, fen in conn.execute(_SQL["collections"]).fetchall():
        if state in found:
            found[state] = {"orders": orders, "fen": fen}
        else:
            problems.append(f"{orders} collection orders are {state}")
    return {"collection": found}, problems


def told(result: Result) -> str:
    """The same for people."""
    booked, waits = result["collection"]["booked"], result["collection"]["told"]
    return (f"托收: {booked['orders']} paid by the core and booked, {format_yuan(booked['fen'])};"
            f" {waits['orders']} within the payer's days, {format_yuan(waits['fen'])}")  # fmt: skip
