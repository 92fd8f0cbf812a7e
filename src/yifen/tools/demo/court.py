"""The court of the demo: money comes by a channel, by its POS terminal and by the bank's statement; two people claim
what is unidentified; what there is then, to the fen."""

import asyncio
import io
import secrets
import socket
import time
from datetime import datetime, timedelta
from typing import Any

from yifen.core.embedded.cluster import write_private
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.facts.days import ZONE
from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import POS
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.core.wire.messages import Charge, Line, Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.simulators.door import HubDoor
from yifen.hub.simulators.terminal import PosIdentity, SimulatedTerminal
from yifen.tools.demo import court_payouts
from yifen.tools.demo.children import START_S_MAX, Child, tail
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import signed_in
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.till import TillDay
from yifen.tools.demo.traffic import clock
from yifen.trades.cases import sample_court as cases

HOST, CHANNEL = "127.0.0.1", "PHONE"
BY_CHANNEL_FEN, BY_TERMINAL_FEN = 120_000, 350_050
NAMES = ("cases", "unknown", "interest", "fee", "coming", "main", "gap")
_SQL = queries(__package__)


def start_acquirer(found: Stage) -> tuple[Child, str, dict[str, str]]:
    """`./yifen sim acquirer`; where it listens, and the keys: its own, and the terminal's."""
    port, key_file = remembered_or_free(found.folder / "acquirer.port"), found.folder / "acquirer.key"
    keys = {"acquirer": secrets.token_hex(32), "terminal": secrets.token_hex(16)}
    write_private(key_file, keys["acquirer"])
    write_private(found.folder / "terminal.key", keys["terminal"])
    child = found.children.start("acquirer", ["sim", "acquirer", "--port", str(port), "--key", f"@{key_file}"],
                                 found.env())  # fmt: skip
    return child, f"{HOST}:{port}", keys


def start_door(found: Stage) -> Child:
    """`./yifen pos`, beside the gateway."""
    found.ports["pos"] = remembered_or_free(found.folder / "pos.port")
    return found.children.start("pos", ["pos", "--host", HOST, "--port", str(found.ports["pos"])], found.env(POS))


def work(found: Stage, network: SampleNetwork, door: Child, conn: Conn, screen: DemoScreen) -> TillDay:
    """Three ways in, and a receipt that nobody knows; what channels booked of it. Django must be set up,
    as the owner."""
    accounts = dict(conn.execute(_SQL["court_accounts"], {"court": cases.COURT}).fetchall())
    numbers = sorted(accounts)
    listening(found, door)
    asyncio.run(paid(found, network, accounts[numbers[0]]))
    asyncio.run(sold(found, accounts[numbers[1]]))
    booked(network, accounts[numbers[2]], numbers[3], conn)
    court_payouts.applied(numbers[2], numbers[3])
    screen.say(f"the court has {len(accounts)} cases; money came by a channel, by its POS terminal and by the bank's"
               " statement, one receipt was claimed, one is unidentified; a judge applied for payouts, people agreed to"
               " them")  # fmt: skip
    return TillDay(2, BY_CHANNEL_FEN + BY_TERMINAL_FEN)


def listening(found: Stage, door: Child) -> None:
    """Until the door takes a line. EdgeError with the end of its log when it does not."""
    until = time.monotonic() + START_S_MAX
    while time.monotonic() < until:
        found.children.check(door)
        try:
            socket.create_connection((HOST, found.ports["pos"]), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise EdgeError(f"the POS door does not listen\n{tail(door.log)}")


async def paid(found: Stage, network: SampleNetwork, account_no: str) -> None:
    """By a channel, through the gateway."""
    member = next(one for one in network.quiet if one.code == CHANNEL)
    door = HubDoor(found.base_url, member.identity, clock)
    try:
        told = (await door.ask(Query(biller=cases.COURT, account_no=account_no))).reply
        if not isinstance(told, QueryReply):
            raise EdgeError(f"the court's case {account_no} is not known to {CHANNEL}: {told}")
        line = Line(payable=told.payables[0].payable, amount_fen=BY_CHANNEL_FEN)
        await door.ask(Charge(serial="COURT0001", biller=cases.COURT, account_no=account_no, amount_fen=BY_CHANNEL_FEN,
                              lines=[line], quote=told.quote, paid_at=clock().replace(microsecond=0)))  # fmt: skip
    finally:
        await door.close()


async def sold(found: Stage, account_no: str) -> None:
    """By the terminal: it signs on, asks whose it is, sells, settles. EdgeError: it was refused."""
    key = bytes.fromhex((found.folder / "terminal.key").read_text())
    terminal = SimulatedTerminal(PosIdentity(cases.TERMINAL, cases.MERCHANT, key), HOST, found.ports["pos"])
    try:
        said = [await terminal.sign_on(), await terminal.query(account_no),
                await terminal.sale(account_no, BY_TERMINAL_FEN), await terminal.settle()]  # fmt: skip
    finally:
        await terminal.close()
    answers = [one.fields["39"] if one else "no answer" for one in said]
    if answers != ["00"] * 4:
        raise EdgeError(f"the POS terminal was answered {answers}")


def booked(network: SampleNetwork, account_no: str, number: str, conn: Conn) -> None:
    """The bank's statement, agreed to by two people; of the two receipts without a case the one whose memo says
    `number` is claimed for it."""
    from django.db import transaction

    from yifen.core.partners.models import Partner
    from yifen.trades.cases import claiming, statements
    from yifen.trades.cases.reading import found_number
    from yifen.trades.cases.sample import agreed

    now = clock()
    people = {login.login: login for login in network.logins}
    clerk, head = (signed_in(people[name], now) for name in (cases.CLERK, cases.PRESIDENT))
    court = Partner.objects.get(code=cases.COURT).pk
    with transaction.atomic():
        file = statements.take_in(clerk, court, statement(now, account_no, number), "statement.csv", cases.CLERK, now)
    agreed(head, statements.propose(clerk, file, now), now)
    ((entry, fen),) = conn.execute(_SQL["court_unknown"], {"serial": "COURT-2"}).fetchall()
    part = claiming.ClaimPart(found_number(court, number).case_id, fen, "附言中有案号，回单一份")
    agreed(head, claiming.propose(clerk, entry, [part], now), now)


def statement(now: datetime, account_no: str, number: str) -> io.BytesIO:
    """As the bank writes it: (yuan, sub-account number, its own kind, payer, memo)."""
    lines: tuple[tuple[int, str, str, str, str], ...] = (
        (8_000_000, account_no, "", "钱志强", "还款"), (2_500_000, "", "", "孙丽华", f"付{number}案款"),
        (66_600, "", "", "某某商行", "货款"), (1_234, "", "利息", "", ""), (-500, "", "手续费", "", ""))  # fmt: skip
    text, balance = "账号,交易时间,流水号,收入,支出,余额,子账号,业务类型,对方户名,附言\n", 0
    for turn, (fen, account, business, payer, memo) in enumerate(lines, 1):
        balance += fen
        at = (now - timedelta(minutes=30 - turn)).astimezone(ZONE)
        sides = f"{format_yuan(fen)}," if fen > 0 else f",{format_yuan(-fen)}"
        text += (f"{cases.MAIN},{at:%Y-%m-%d %H:%M:%S},COURT-{turn},{sides},{format_yuan(balance)},{account},"
                 f"{business},{payer},{memo}\n")  # fmt: skip
    return io.BytesIO(text.encode())


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """The proof of the court as of now, when its payouts have left; a difference is a problem."""
    payouts = court_payouts.ended(conn)
    row: Any = conn.execute(_SQL["court_figures"], {"court": cases.COURT}).fetchone()
    told = {f"{name}_fen": fen for name, fen in zip(NAMES, row, strict=True)}
    problems = [f"the court's proof is apart by {told['gap_fen']} fen"] if told["gap_fen"] else []
    return {"court": told | payouts}, problems


def told(result: Result) -> str:
    """The same for people; what is on the sub-accounts last."""
    court = {name: format_yuan(result["court"][f"{name}_fen"]) for name in NAMES}
    return (f"{court_payouts.told(result['court'])}\n"
            f"court 案款: sub-accounts 子账号 {court['cases']}; unidentified 不明款 {court['unknown']}; interest 利息"
            f" {court['interest']}, fees 手续费 {court['fee']}; on its way 在途 {court['coming']}; main account 专户"
            f" {court['main']}; difference 差额 {court['gap']}")  # fmt: skip
