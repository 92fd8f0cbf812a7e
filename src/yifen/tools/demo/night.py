"""The demo's night: the channel's own file lands, and the end of day goes through its steps."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import monotonic, sleep

import msgspec

from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.gaps import gaps
from yifen.hub.landing import INBOX
from yifen.hub.night import NightOutside
from yifen.hub.simulators.channel import SimulatedChannel
from yifen.hub.simulators.record import PaymentRecord
from yifen.night import runner
from yifen.night.codes import NightCode
from yifen.night.commands.eod import outside
from yifen.night.runner import Ended, Ran
from yifen.night.words import reason_text, step_text
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_rows import BOOK_ID
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.trades.reconciliation.sample import CHANNEL, COLUMNS

SUMS_SQL = queries(__package__)["night_figures"]
NAMES = ("matched", "differences", "settled_fen", "commission_fen", "paid_out_fen")
WAIT_S = 60


def run(
    found: Stage,
    network: SampleNetwork,
    channels: list[SimulatedChannel],
    conn: Conn,
    screen: DemoScreen,
) -> tuple[Result, list[str]]:
    """Figures of the night, and what went wrong. The file repeats one line: a duplicate 重复, whose
    money goes to suspense."""
    record = next(channel.record for member, channel in zip(network.channels, channels, strict=True)
                  if member.code == CHANNEL)  # fmt: skip
    folder = found.folder / INBOX / CHANNEL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{CHANNEL}_{network.day:%Y%m%d}.txt").write_bytes(file_of(record))
    steps: list[Ended] = []
    with outside(found.settings, found.database.urls[NIGHT]) as around:
        still = replace(around, quiet_s=0)  # the file is whole already
        began = datetime.now(UTC)
        ran = _ran(conn, network.day, still, steps)
    screen.table(
        "end of day 日终", ("step", "state", "seconds", "result"),
        [(f"{step_text(one.step, 'zh')} {one.step}", one.state,
          f"{one.took.total_seconds():.2f}", said(one)) for one in steps],
    )  # fmt: skip
    row = conn.execute(SUMS_SQL, {"day": network.day, "began": began}).fetchone()
    assert row is not None
    lacks = msgspec.to_builtins(gaps(conn, BOOK_ID, network.day))
    return {"day_end": ran.state, **dict(zip(NAMES, row, strict=True)), "gaps": lacks}, problems(ran)


def _ran(conn: Conn, day: date, around: NightOutside, steps: list[Ended]) -> Ran:
    """The worker looks for nights every minute, too: while it does, the demo waits."""
    ends = monotonic() + WAIT_S
    while True:
        try:
            return runner.run(conn, BOOK_ID, day, around, datetime.now(UTC), tell=steps.append)
        except Refused as refused:
            if refused.code is not NightCode.DAY_END_RUNNING or monotonic() > ends:
                raise
            sleep(0.2)


def file_of(record: PaymentRecord) -> bytes:
    """The channel's record as a file of its own form; its first line stands twice."""
    lines = []
    for serial, entry in record.entries.items():
        if entry.state in ("booked", "reversed"):
            lines.append(f"{serial}|S|{entry.amount_fen}|{entry.account_no}|")
        if entry.state == "reversed":
            lines.append(f"{entry.reversed_by}|V|{entry.amount_fen}|{entry.account_no}|{serial}")
    head = "|".join(name for name, *_ in COLUMNS)
    return "".join(f"{line}\n" for line in [head, *lines[:1], *lines]).encode()


def said(ended: Ended) -> str:
    """A step's figures in one line."""
    sums = ended.result.get("sums", {})
    return ended.error or ", ".join(
        f"{name.removesuffix('_fen')} {format_yuan(value)}" if name.endswith("_fen")
        else f"{name} {value:,}" for name, value in sums.items() if value
    )  # fmt: skip


def problems(ran: Ran) -> list[str]:
    """Why the day is not closed."""
    if ran.state == "closed":
        return []
    return [ran.error or f"the day end is {ran.state}",
            *(reason_text(reason, "en") for reason in ran.reasons)]  # fmt: skip
