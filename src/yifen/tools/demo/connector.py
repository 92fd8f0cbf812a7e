"""The cable TV of the demo, whose only interface is its database: a channel asks and pays, and what stands in its own
tables is laid beside the ledger."""

import asyncio
import sqlite3
from contextlib import closing

from yifen.core.facts.money import format_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.core.wire.messages import Charge, Line, Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.simulators.door import HubDoor
from yifen.tools.demo.closing import Conn, Result, one
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.till import TillDay
from yifen.tools.demo.traffic import clock
from yifen.trades.connector.calling import source_folder
from yifen.trades.connector.example import ACCOUNT, BILLER, FILE

CHANNEL = "PHONE"
_SQL = queries(__package__)
_BOOKED, _WRITTEN = _SQL["connector_booked"], _SQL["connector_written"]


def work(found: Stage, network: SampleNetwork, screen: DemoScreen) -> TillDay:
    """One payment of both bills; Django must be set up, as the owner."""
    from yifen.core.partners.models import Partner
    from yifen.trades.reconciliation.models import Profile

    Profile.objects.create(partner=Partner.objects.get(code=BILLER), party="biller", truth="ours")
    fen = asyncio.run(paid(found, network))
    screen.say(f"cable TV has a database and nothing else: {CHANNEL} asked what is owed there and paid it")
    return TillDay(1, fen)


async def paid(found: Stage, network: SampleNetwork) -> int:
    """EdgeError: it was refused."""
    member = next(one for one in network.quiet if one.code == CHANNEL)
    door = HubDoor(found.base_url, member.identity, clock)
    try:
        owed = (await door.ask(Query(biller=BILLER, account_no=ACCOUNT))).reply
        if not isinstance(owed, QueryReply) or not owed.payables:
            raise EdgeError(f"the cable TV's database does not tell what {ACCOUNT} owes: {owed}")
        lines = [Line(payable=bill.payable, amount_fen=bill.due_fen) for bill in owed.payables]
        fen = sum(line.amount_fen for line in lines)
        answer = await door.ask(Charge(
            serial="CATV0001", biller=BILLER, account_no=ACCOUNT, amount_fen=fen, lines=lines, quote=owed.quote,
            paid_at=clock().replace(microsecond=0)))  # fmt: skip
        if answer.reply is None:
            raise EdgeError(f"the cable TV's database was not paid: {answer.code.name}")
    finally:
        await door.close()
    return fen


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """What its own tables say, against the ledger; a difference is a problem."""
    with closing(sqlite3.connect(source_folder() / FILE)) as theirs:
        number, fen = map(int, theirs.execute(_WRITTEN).fetchone())
    booked = one(conn, _BOOKED, {"biller": BILLER})
    told = {"receipts": number, "written_fen": fen, "booked_fen": booked[0]}
    problems = [] if fen == booked[0] else [f"the cable TV's database has {fen} fen, the ledger {booked[0]}"]
    return {"connector": told}, problems


def told(result: Result) -> str:
    """The same for people."""
    row = result["connector"]
    return (f"utility's own database 数据库接口: cable TV 有线电视: receipts 已写入 {row['receipts']},"
            f" {format_yuan(row['written_fen'])}; booked 入账 {format_yuan(row['booked_fen'])}")  # fmt: skip
