"""The demo stays up: what can be called, by whom, and where to read on; until Ctrl-C."""

import os
import time
from pathlib import Path
from threading import Event

from yifen.core.facts.settings import DOCS_FOLDER, ROOT
from yifen.tools.demo import trickle
from yifen.tools.demo.reach import PHONE
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_rows import BANKS
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.town import VENDING, Card
from yifen.tools.site.build import SiteError, build
from yifen.trades.agency import sample_core
from yifen.trades.billing.sample import PREPAID_ACCOUNT
from yifen.trades.cases import sample_court as court
from yifen.trades.cases.rules import with_check

LOOK_S = 0.5


def stay(found: Stage, network: SampleNetwork, cards: list[Card], seed: int, screen: DemoScreen) -> None:
    """Who may call, then `linger`."""
    rows = []
    for member in (*network.channels, *network.billers):
        key = member.identity.key
        rows.append((member.code, member.name, member.identity.dialect, key.keyid, key.algorithm))
    screen.table(
        "logins 登录", ("login", "name", "role", "where"),
        [(one.login, one.name, one.role, one.where) for one in network.logins],
    )  # fmt: skip
    data = Path(os.environ["YIFEN_DATA"]).parent  # the demo has a folder of its own in it
    where = "" if data == ROOT / "var" else f"YIFEN_DATA={data} "
    screen.console.print(
        f"  password of all of them: [bold]{network.logins[0].password}[/bold]; the six digits:"
        f" {where}./yifen sim authenticator LOGIN", soft_wrap=True,
    )  # fmt: skip
    screen.table("partners 合作方", ("code", "name", "dialect", "key id", "algorithm"), rows)
    screen.table(
        "cards for a deduction 卡扣, known to " + ", ".join(row.code for row in BANKS),
        ("card", "holder", "biller", "account"), cards,
    )  # fmt: skip
    last = {order.biller: order.account_no for order in network.orders}
    screen.console.print(
        "  accounts to try, the next day is open: "
        + ", ".join(f"{account} at {biller}" for biller, account in sorted(last.items())),
        soft_wrap=True,
    )
    screen.console.print(
        f"  a prepaid meter: {PREPAID_ACCOUNT} at {VENDING}; who pays on its balance gets a token", soft_wrap=True,
    )  # fmt: skip
    screen.console.print(f"  {at_the_core()}", soft_wrap=True)
    screen.console.print(f"  {at_the_terminal(found)}", soft_wrap=True)
    screen.console.print(
        f"  a payer who bound accounts and wants reminders: {PHONE} (the page shows the code); a sandbox: WXPAY-T,"
        " its developer: wxdev", soft_wrap=True,
    )  # fmt: skip
    ending = Event()
    trickle.start(network, found.base_url, seed, ending.is_set)
    screen.say("building the documentation; the addresses follow")
    linger(
        found, screen, ("pages of payers", f"{found.web_url}/"),
        ("console and desk", f"{found.web_url}/sign-in/"),
        ("documentation 文档", built_docs(found)),
        ("secrets of these keys", str(found.folder / "keys.json")),
    )  # fmt: skip
    ending.set()


def at_the_core() -> str:
    """What may be typed at the desk where the county's core pays: the first cheque and the first slip are used."""
    ways = [(one, f"PIN {one.pin}" if one.pin else f"cheques {sorted(one.cheques)[1]}…")
            for one in sample_core.accounts("") if one.pin or one.cheques]  # fmt: skip
    paying = "; ".join(f"{one.account_no} {one.name}, {how}" for one, how in ways)
    return f"at the desk, paid by accounts of the county's core: {paying}; slips for 4628: {sample_core.UNIT}, JK000002"


def at_the_terminal(found: Stage) -> str:
    """The court's POS terminal, and a case that nobody has paid."""
    account_no = with_check(f"{court.PREFIX}{9:06d}", "luhn")
    return (f"the court's POS terminal, paying a case: ./yifen sim pos --port {found.ports['pos']} --terminal"
            f" {court.TERMINAL} --merchant {court.MERCHANT} --key @{found.folder / 'terminal.key'}"
            f" --account {account_no} --script sign-on,query,sale:12.30,settle")  # fmt: skip


def built_docs(found: Stage) -> str:
    """Where the documentation is read, built for this demo; what is wrong with it ends no demo."""
    try:
        build(found.folder / DOCS_FOLDER)
    except SiteError as error:
        return str(error)
    return f"{found.web_url}/docs/"


def linger(found: Stage, screen: DemoScreen, *more: tuple[str, str]) -> None:
    """Addresses; returns when the user has had enough. EdgeError when a child ends by itself."""
    for what, where in (
        (
            "gateway, JSON",
            f"{found.base_url}/json/v1/query, charge, confirm, reverse, refund, file",
        ),
        ("gateway, XML", f"{found.base_url}/xml/v1/ the same"),
        ("the hub's public key", f"{found.base_url}/keys"),
        *more,
        ("logs", str(found.folder)),
        ("data", "made anew by every demo; for data that stay: ./yifen migrate, init, serve, web"),
        ("read on", "README.md, README.zh.md, docs/"),
    ):
        screen.console.print(f"  {what:22} {where}", soft_wrap=True)
    screen.say("still serving; Ctrl-C ends it")
    try:
        while True:
            found.children.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        screen.say("ending")
