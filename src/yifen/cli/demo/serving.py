"""The demo stays up: what can be called, by whom, and where to read on; until Ctrl-C."""

import time

from yifen.cli.demo.screen import Screen
from yifen.cli.demo.stage import Stage
from yifen.cli.sample_network import Network

LOOK_S = 0.5


def stay(found: Stage, network: Network, screen: Screen) -> None:
    """Returns when the user has had enough. EdgeError when a child ends by itself."""
    rows = [
        (member.identity.partner, member.name, member.identity.dialect,
         member.identity.key.keyid, member.identity.key.algorithm)
        for member in (*network.channels, *network.billers)
    ]  # fmt: skip
    screen.table("partners 合作方", ("code", "name", "dialect", "key id", "algorithm"), rows)
    for what, where in (
        ("gateway, JSON", f"{found.base_url}/json/v1/query, charge, confirm, reverse, refund, file"),
        ("gateway, XML", f"{found.base_url}/xml/v1/…"),
        ("their keys", str(found.folder / "keys.json")),
        ("logs", str(found.folder)),
        ("database", "made anew by every demo; your own data: ./yifen migrate, ./yifen serve"),
        ("read on", "README.md, docs/"),
    ):
        screen.console.print(f"  {what:14} {where}", soft_wrap=True)
    account = next(order for order in network.orders if order.biller == "WATER01")
    screen.console.print(f"  {'try account':14} {account.account_no} at {account.biller}")
    screen.say("still serving; Ctrl-C ends it")
    try:
        while True:
            found.children.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        screen.say("ending")
