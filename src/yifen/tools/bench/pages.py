"""`yifen bench pages`: what the pages ask the database for, behind few and behind many stored payments.

Every list of the registry that stands by itself (first page and count), and the search by account and by serial,
as a platform administrator sees them.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec
from rich.console import Console

from yifen.core.runtime import EdgeError
from yifen.hub.simulators.load_requests import scattered
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.report import BenchRow, row, table

FEW, TIMES = 100_000, 5
Asking = Callable[[], object]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--stored", type=stored_count, default=1_000_000, metavar="N",
        help="库中付款笔数（默认 1M），与 10 万笔时对比\n"
             "payments in the database (default 1M), beside 100,000")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if args.stored <= FEW:
        raise EdgeError(f"--stored must be more than {FEW:,}")
    console, now = Console(), bench_hub.now_utc()
    with stored.scratch_hub(2 * stored.MONTHS) as (found, network):
        asked = _askings()
        stored.store(found, network, FEW, now, console, closed=True)
        few = {name: _median_ms(ask) for name, ask in asked.items()}
        stored.store(found, network, args.stored - FEW, now, console, FEW, closed=True)
        many = {name: _median_ms(ask) for name, ask in asked.items()}
    rows = [row(name, many[name], few[name], 0, "ms") for name in sorted(asked, key=many.__getitem__, reverse=True)]
    console.print(table(rows))
    if args.json:
        print(json.dumps(msgspec.to_builtins(_summary(rows))))
    return 0


def _summary(rows: list[BenchRow]) -> dict[str, Any]:
    """The slowest, and all."""
    return {**msgspec.to_builtins(rows[0]), "rows": msgspec.to_builtins(rows)}


def _askings() -> dict[str, Asking]:
    """Each by its name, for one administrator."""
    from django.http import QueryDict

    from yifen.core.access.edge import Access
    from yifen.core.access.operations import create_user
    from yifen.core.directory.models import Institution
    from yifen.face.lists import counting, showing
    from yifen.face.lists.paging import page
    from yifen.face.lists.registry import lists_by_name
    from yifen.face.search.asked import asked
    from yifen.face.search.views import hits

    union = Institution.objects.get(code="BENCH")
    access = Access(create_user("bench", "Bench", union, ["platform_admin"], "bench-no-login-1", bench_hub.now_utc()))

    def of_list(listing: Any) -> Asking:
        form = showing.form_of(listing, QueryDict(""), access)
        form.is_valid()
        ask = showing.ask_of(listing, QueryDict(""), access, form)
        return lambda: (page(listing, ask), counting.counted(listing, ask))

    found = {
        f"list {listing.name}": of_list(listing) for listing in lists_by_name().values()
        if listing.bind is None and not listing.only_exported
    }  # fmt: skip
    account, serial = (asked(scattered(stored.FIRST + FEW // 2, digits)) for digits in (10, 20))
    return {
        **found,
        "search by account number": lambda: hits(access, account),
        "search by serial": lambda: hits(access, serial),
    }


def _median_ms(ask: Asking) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
