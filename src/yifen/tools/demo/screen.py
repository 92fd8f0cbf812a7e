"""What the demo shows: progress lines, live counters, tables at the end."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress import Progress
from rich.table import Table

from yifen.core.facts.money import format_yuan
from yifen.hub.simulators.counters import Counters, added

LINE_EVERY_S = 2.0
PLAIN_WIDTH = 110
HEADS = ("渠道", "payments", "yuan", "/s", "reversed", "refused", "repeated", "lost", "undecided",
         "resolved")  # fmt: skip


class DemoScreen:
    """Lines with the seconds since the start; a live table where there is a terminal."""

    def __init__(self, began: float) -> None:
        self._began = began
        width = None if sys.stdout.isatty() else PLAIN_WIDTH
        self.console = Console(file=sys.stdout, highlight=False, width=width)
        self._live: Live | None = None
        self._last_line = 0.0
        self.parts: dict[str, float] = {}
        """How long each part took, in seconds, in their order."""

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def ends(self, part: str) -> None:
        """A part is over: it took what no part before it did."""
        self.parts[part] = round(self.seconds() - sum(self.parts.values()), 1)

    def say(self, text: str) -> None:
        """One progress line."""
        self.console.print(f"[dim]{self.seconds():6.1f} s[/dim]  {text}", soft_wrap=True)

    def traffic(self, names: Sequence[str], counters: Sequence[Counters], elapsed_s: float) -> None:
        """The counters as they stand: a table drawn over itself, or a line now and then."""
        if self.console.is_terminal:
            if self._live is None:
                self._live = Live(console=self.console, refresh_per_second=8)
                self._live.start()
            self._live.update(traffic_table(names, counters, elapsed_s))
        elif self._is_time():
            total = added(list(counters))
            self.say(f"{total.payments:,} payments, {format_yuan(total.amount_fen)} yuan, "
                     f"{sum(total.refused.values())} refused, {total.unknown} undecided")  # fmt: skip

    def traffic_ends(
        self, names: Sequence[str], counters: Sequence[Counters], elapsed_s: float
    ) -> None:
        """The last state stays on the screen."""
        if self._live is not None:
            self._live.update(traffic_table(names, counters, elapsed_s))
            self._live.stop()
            self._live = None
        else:
            self.console.print(traffic_table(names, counters, elapsed_s))
        self.console.print(refusal_table(added(list(counters))))

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar where there is a terminal, a line now and then elsewhere; call it for each."""
        with Progress(console=self.console, disable=not self.console.is_terminal) as bar:
            task, done = bar.add_task(what, total=total), 0

            def advance() -> None:
                nonlocal done
                done += 1
                bar.advance(task)
                if not self.console.is_terminal and self._is_time():
                    self.say(f"{what}: {done:,} of {total:,}")

            yield advance
        self.say(f"{what}: {done:,} of {total:,}")

    def _is_time(self) -> bool:
        """Once in LINE_EVERY_S seconds."""
        now = time.monotonic()
        if now - self._last_line < LINE_EVERY_S:
            return False
        self._last_line = now
        return True

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A plain table."""
        table = Table(*heads, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)


def traffic_table(names: Sequence[str], counters: Sequence[Counters], elapsed_s: float) -> Table:
    table = Table(title="payments through the gateway 缴费", title_justify="left")
    for head in HEADS:
        table.add_column(head, justify="left" if head == HEADS[0] else "right", no_wrap=True)
    for name, one in zip([*names, "total 合计"], [*counters, added(list(counters))], strict=True):
        table.add_row(
            name, f"{one.payments:,}", format_yuan(one.amount_fen),
            f"{one.payments / max(elapsed_s, 0.001):,.0f}", str(one.reversed),
            str(sum(one.refused.values())), str(one.repeats), str(one.lost), str(one.unknown),
            str(one.resolved), end_section=name == names[-1],
        )  # fmt: skip
    return table


def refusal_table(total: Counters) -> Table:
    table = Table("code", "times", "meaning", title="refused 拒绝", title_justify="left")
    for code, times in sorted(total.refused.items()):
        table.add_row(f"{code:04d} {code.name}", str(times), code.meaning.zh)
    return table
