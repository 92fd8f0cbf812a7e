"""What `yifen bench charge` tells: both numbers, their ratio, and whether the books agree."""

from msgspec import Struct
from rich.table import Table

from yifen.tools.bench.hub import BookedFigures
from yifen.tools.bench.load import ChargeRun
from yifen.tools.bench.pgbench import PgbenchRun

RATE_GOAL, LATENCY_GOAL = 2.5, 10.0


class BenchRow(Struct, frozen=True):
    """A bench row as the design defines it."""

    name: str
    ours: float
    base: float
    ratio: float
    goal: float
    unit: str


class ChargeReport(BenchRow, frozen=True):
    """The row of the figure, the row of the latency, and all that they come from."""

    latency: BenchRow
    booked: int
    answered: int
    balanced: bool
    runs: list[dict[str, object]]

    @property
    def books_agree(self) -> bool:
        return self.booked == self.answered and self.balanced


def report_of(
    bases: list[PgbenchRun],
    ours: list[ChargeRun],
    paced: ChargeRun,
    answered: int,
    books: BookedFigures,
) -> ChargeReport:
    """Each side at its best."""
    best, base = max(run.rate for run in ours), max(run.rate for run in bases)
    runs: list[PgbenchRun | ChargeRun] = [*bases, *ours, paced]
    fewest = min(run.clients for run in bases)
    mean_ms = min(run.mean_ms for run in bases if run.clients == fewest)
    latency = BenchRow(
        "p99 of charges at half of that load / pgbench with the fewest clients",
        round(paced.p99_ms, 3), mean_ms, round(paced.p99_ms / mean_ms, 2), LATENCY_GOAL, "ms",
    )  # fmt: skip
    return ChargeReport(
        "signed XML charges over HTTP / pgbench TPC-B", round(best, 1), round(base, 1),
        round(best / base, 3), RATE_GOAL, "1/s", latency, books.payments, answered,
        books.balanced, [dict_of(run) for run in runs],
    )  # fmt: skip


def dict_of(run: PgbenchRun | ChargeRun) -> dict[str, object]:
    kind = "pgbench" if isinstance(run, PgbenchRun) else "charge"
    return {"kind": kind, **{name: getattr(run, name) for name in run.__struct_fields__}}


def line_of(run: PgbenchRun | ChargeRun) -> str:
    """One measurement, as soon as it is done."""
    cpu = ", ".join(f"{name} {used:.1f}" for name, used in run.cpu.items())
    if isinstance(run, PgbenchRun):
        return (
            f"round {run.round}  pgbench {run.clients:>4} clients      {run.rate:>8,.0f}/s  "
            f"mean {run.mean_ms:.2f} ms  cpu s: {cpu}"
        )
    pace = "paced " if run.paced else "charge"
    wrong = {**run.others, **({"lost": run.lost} if run.lost else {})}
    return (
        f"round {run.round}  {pace} {run.connections:>5} connections  {run.rate:>8,.0f}/s  "
        f"p50 {run.p50_ms:.2f} p99 {run.p99_ms:.2f} ms  cpu s: {cpu}"
        + (f"  [red]{wrong}[/]" if wrong else "")
    )


def table(report: ChargeReport) -> Table:
    made = Table("figure", "ours", "base", "ratio", "goal")
    for row, sign in ((report, "≥"), (report.latency, "≤")):
        made.add_row(
            row.name, f"{row.ours:,} {row.unit}", f"{row.base:,} {row.unit}", f"{row.ratio:.2f}",
            f"{sign} {row.goal}",
        )  # fmt: skip
    return made


def verdict(report: ChargeReport) -> str:
    sums = "all sums agree" if report.balanced else "THE SUMS DIFFER"
    said = f"{report.answered:,} answered 0000, {report.booked:,} booked, {sums}"
    return said if report.books_agree else f"[red]THE BOOKS DISAGREE: {said}[/]"
