"""The desk of the demo's county union, from outside: its core, and what is left at the end of the day, held against the
ledger and the core. What its teller does is `teller`."""

import json
import secrets
import time
from operator import add
from typing import NamedTuple

from yifen.core.embedded.cluster import write_private
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.facts.money import format_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.tools.demo.children import Child, get
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_rows import BILLERS
from yifen.tools.demo.stage import Stage
from yifen.trades.agency import sample_core
from yifen.trades.invoices.sample_tax import PLATFORM

ISSUE_S_MAX = 30.0
_SQL = queries(__package__)


class TillDay(NamedTuple):
    """What the teller booked, for who adds up the day."""

    payments: int = 0
    amount_fen: int = 0
    reversed: int = 0

    def and_of(self, other: "TillDay") -> "TillDay":
        """Both together."""
        return TillDay(*map(add, self, other))


def start_core(found: Stage) -> tuple[Child, str, str]:
    """`./yifen sim core` with who banks there; where it listens, and the secret that it shares with the hub."""
    port, key_file = remembered_or_free(found.folder / "core.port"), found.folder / "core.key"
    secret = secrets.token_hex(16)
    write_private(key_file, secret)
    company = next(row.name for row in BILLERS if row.code == sample_core.BILLER)
    words = ["--port", str(port), "--code", sample_core.CORE, "--key", f"@{key_file}"]
    for one in sample_core.accounts(company):
        words += ["--account", ":".join((one.account_no, one.name, one.kind, str(one.balance_fen), one.pin, one.phone))]
        if one.cheques:
            words += ["--cheques", f"{one.account_no}:{min(one.cheques)}:{len(one.cheques)}"]
    return found.children.start("core", ["sim", "core", *words], found.env()), f"http://127.0.0.1:{port}", secret


def start_tax(found: Stage) -> tuple[Child, str, str]:
    """`./yifen sim tax`, which issues for the power company; as `start_core`."""
    port, key_file = remembered_or_free(found.folder / "tax.port"), found.folder / "tax.key"
    secret = secrets.token_hex(16)
    write_private(key_file, secret)
    words = ["--port", str(port), "--code", PLATFORM, "--key", f"@{key_file}"]
    return found.children.start("tax", ["sim", "tax", *words], found.env()), f"http://127.0.0.1:{port}", secret


def figures(conn: Conn, core_url: str, tax_url: str) -> tuple[Result, list[str]]:
    """How many numbers were used, are void, are left; electronic invoices that are issued, which the platform has too;
    the cash of each drawer, which is the ledger's and the core's; what is left on transit accounts. And what does not
    agree."""
    numbers = dict(conn.execute(_SQL["numbers"]).fetchall())
    at_core = json.loads(get(f"{core_url}/balances"))
    drawers, problems = [], []
    for till, opening, counted, booked in conn.execute(_SQL["drawers"]).fetchall():
        box = at_core.get(f"{sample_core.CASH}-{till}", 0)
        drawers.append({"till": till, "fen": counted})
        if not counted - opening == booked == box:
            problems.append(f"{till}: {counted - opening} fen in the drawer, {booked} in the ledger, {box} at the core")
    transit = at_core[sample_core.TRANSIT]
    if transit:
        problems.append(f"{transit} fen are left on the transit account {sample_core.TRANSIT}")
    asked, issued = electronic(conn)
    if len(issued) < asked or issued != json.loads(get(f"{tax_url}/issued")):
        problems.append(f"{asked} electronic invoices were asked for, {len(issued)} issued: not as the platform says")
    told = {"used": numbers.get("used", 0), "voided": numbers.get("void", 0), "left": numbers.get("hand", 0),
            "electronic": len(issued)}  # fmt: skip
    return {"invoices": told, "drawers": drawers, "transit_fen": transit}, problems


def electronic(conn: Conn) -> tuple[int, dict[str, str]]:
    """How many were asked for, and the number of each by its order, once the worker has brought them to their end."""
    until = time.monotonic() + ISSUE_S_MAX
    while True:
        rows = conn.execute(_SQL["electronic"]).fetchall()
        issued = {order: number for order, number in rows if number}
        if len(issued) == len(rows) or time.monotonic() > until:
            return len(rows), issued
        time.sleep(0.5)


def told(result: Result) -> str:
    """The same for people."""
    numbers = result["invoices"]
    tills = ", ".join(f"{one['till']} {format_yuan(one['fen'])}" for one in result["drawers"])
    return (f"invoices 发票: {numbers['used']} used, {numbers['voided']} void, {numbers['left']} left,"
            f" {numbers['electronic']} electronic 数电票; drawers 尾箱: {tills};"
            f" transit accounts 过渡户: {format_yuan(result['transit_fen'])}")  # fmt: skip
