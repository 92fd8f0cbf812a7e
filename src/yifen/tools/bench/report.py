"""What `yifen bench charge` tells: both numbers, their ratio, and whether the books agree."""

from collections.abc import Sequence

from msgspec import Struct
from rich.table import Table

from yifen.tools.bench.hub import BookedFigures
from yifen.tools.bench.load import ChargeRun, Load
from yifen.tools.bench.pgbench import PgbenchRun

RATE_GOAL, LATENCY_GOAL, MEDIAN_GOAL_MS, PGLEDGER_GOAL, GROWTH_GOAL, MEMORY_GOAL = 2.8, 10.0, 2.5, 5.0, 0.8, 1.2
FEW = 16  # connections of a small installation


class BenchRow(Struct, frozen=True):
    """A bench row as the design defines it; a goal of 0: none, printed beside."""

    name: str
    ours: float
    base: float
    ratio: float
    goal: float
    unit: str


class ChargeMeasures(Struct):
    """All that was measured; `paced`: at pgbench's own best, and at half of ours; `behind`: behind what is stored."""

    bases: list[PgbenchRun]
    ours: list[ChargeRun]
    paced: list[ChargeRun] = []
    json: ChargeRun | None = None
    tcp: ChargeRun | None = None
    desk: float = 0.0
    pgledger: PgbenchRun | None = None
    behind: list[ChargeRun] = []
    stored: int = 0

    @property
    def best(self) -> ChargeRun:
        return max(self.ours, key=lambda run: run.rate)

    @property
    def base(self) -> PgbenchRun:
        return max(self.bases, key=lambda run: run.rate)

    @property
    def one_client_ms(self) -> float:
        """Of the fewest clients measured."""
        fewest = min(run.clients for run in self.bases)
        return min(run.mean_ms for run in self.bases if run.clients == fewest)


class ChargeReport(BenchRow, frozen=True):
    """The row of the figure, the row of the latency, those beside them, and all that they come from."""

    latency: BenchRow
    beside: list[BenchRow]
    booked: int
    answered: int
    balanced: bool
    runs: list[dict[str, object]]

    @property
    def rows(self) -> list[BenchRow]:
        return [self, self.latency, *self.beside]

    @property
    def books_agree(self) -> bool:
        return self.booked == self.answered and self.balanced


def report_of(found: ChargeMeasures, load: Load, books: BookedFigures) -> ChargeReport:
    """Each side at its best."""
    ours, base = found.best.rate, found.base.rate
    runs: list[PgbenchRun | ChargeRun] = [*found.bases, *found.ours, *found.paced, *found.behind]
    runs += [run for run in (found.json, found.tcp, found.pgledger) if run is not None]
    at_base, at_half = (
        row(f"p99 of charges {rate} / pgbench with the fewest clients", run.p99_ms, found.one_client_ms,
             LATENCY_GOAL, "ms")
        for rate, run in zip(("at pgbench's best rate", "at half of our best"), found.paced, strict=True)
    )  # fmt: skip
    return ChargeReport(
        "signed XML charges over HTTP / pgbench TPC-B", round(ours, 1), round(base, 1),
        round(ours / base, 3), RATE_GOAL, "1/s", at_base, [at_half, *_beside(found, load)],
        books.payments, found.stored + load.answered, books.balanced,
        [dict_of(run) for run in runs],
    )  # fmt: skip


def _beside(found: ChargeMeasures, load: Load) -> list[BenchRow]:
    rows = [
        row(f"p50 of charges, {FEW} connections", run.p50_ms, MEDIAN_GOAL_MS, 1.0, "ms")
        for run in sorted(found.ours, key=lambda run: run.p50_ms) if run.connections == FEW
    ][:1]  # fmt: skip
    if found.json is not None:
        rows.append(row("signed JSON charges (hmac) / pgbench TPC-B", found.json.rate, found.base.rate, 0, "1/s"))
    if found.tcp is not None:
        rows.append(row("charges of the TCP dialect / pgbench TPC-B", found.tcp.rate, found.base.rate, 0, "1/s"))
    rows.append(row("charges at the desk, in process / pgbench TPC-B", found.desk, found.base.rate, 0, "1/s"))
    if found.pgledger is not None:
        rows.append(row("signed XML charges / transfers of pgledger", found.best.rate, found.pgledger.rate,
                         PGLEDGER_GOAL, "1/s"))  # fmt: skip
    if found.behind:
        behind = max(run.rate for run in found.behind)
        name = f"charges behind {found.stored:,} stored / behind none"
        rows.append(row(name, behind, found.best.rate, GROWTH_GOAL, "1/s"))
    (early, before), (late, after) = load.growth
    name = f"memory of the gateway after {late:,} charges / after {early:,}"
    rows.append(row(name, after, before, MEMORY_GOAL, "MB"))
    return rows


def row(name: str, ours: float, base: float, goal: float, unit: str) -> BenchRow:
    """A figure, rounded; one that could not be measured has the ratio 0."""
    return BenchRow(name, round(ours, 3), round(base, 3), round(ours / base, 3) if base else 0.0, goal, unit)


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
        f"round {run.round}  {run.door:<4} {pace} {run.connections:>5} connections  {run.rate:>8,.0f}/s  "
        f"p50 {run.p50_ms:.2f} p99 {run.p99_ms:.2f} ms  cpu s: {cpu}"
        + (f"  [red]{wrong}[/]" if wrong else "")
    )


def table(rows: Sequence[BenchRow]) -> Table:
    made = Table("figure", "ours", "base", "ratio", "goal")
    for one in rows:
        sign = "≤" if one.unit in ("ms", "s", "MB") else "≥"
        made.add_row(
            one.name, f"{one.ours:,} {one.unit}", f"{one.base:,} {one.unit}", f"{one.ratio:.2f}",
            f"{sign} {one.goal}" if one.goal else "",
        )  # fmt: skip
    return made


def verdict(report: ChargeReport) -> str:
    sums = "all sums agree" if report.balanced else "THE SUMS DIFFER"
    said = f"{report.answered:,} answered 0000, {report.booked:,} booked, {sums}"
    return said if report.books_agree else f"[red]THE BOOKS DISAGREE: {said}[/]"
