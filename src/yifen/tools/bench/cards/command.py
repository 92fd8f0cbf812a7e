"""`yifen bench cards`: how long lists, search, a bank's file, a claim, reports and proof take behind a year of
swipes."""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from yifen.core import runtime
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger import verify as ledger
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench import stored
from yifen.tools.bench.cards import storing
from yifen.tools.bench.cards.storing import CardYear
from yifen.tools.bench.charge import stored_count

CASHIER, OFFICER, HOLDER, UNIT = "cash1", "fin1", "hold1", "N00010"  # a unit whose swipes are official
TIMES, FILE_LINES, NAME = 5, 10_000, "0310-PURCH-450300000"
LISTS = (("card_officials", ""), ("card_officials", "left=left"), ("card_officials", "q=商户4711"), ("card_claims", ""),
         ("card_places", ""), ("card_places", "q=0007"), ("figure_swipe_rows", ""))  # fmt: skip
REPORTS: dict[str, dict[str, Any]] = {
    "spending by unit": {"rows": ["unit"], "measures": ["spending", "repaid", "quota_used"]},
    "spending by item and month": {"rows": ["item"], "column": "month", "measures": ["spending"]},
    "swipes of a month by class": {"rows": ["mcc"], "measures": ["swiped", "swipes"], "period": "last_month"},
    "swipes of a year by month": {"rows": ["month"], "measures": ["swiped", "swipes"]},
    "due by unit": {"rows": ["unit"], "measures": ["to_repay", "overdue"]},
}
PEOPLE = ((CASHIER, "unit_cashier", UNIT, ""), (OFFICER, "budget_bureau", "450300000", ""),
          (HOLDER, "card_holder", UNIT, "N9"))  # fmt: skip
Asking = Callable[[], object]
WORDLESS = "came with no word"  # what is made in SQL
_SQL = queries(__package__)
_CARDS, _DOORS = queries("yifen.trades.cards"), queries("yifen.trades.cards.doors")


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--cards",
        type=stored_count,
        default=200_000,
        metavar="N",
        help="公务卡张数（默认 200k）\ncards (default 200k)",
    )
    add("--swipes", type=stored_count, default=2_000_000, metavar="N",
        help="一年的消费笔数（默认 2M；20M 约需 20 分钟、25 GB）\n"
             "swipes of a year (default 2M; 20M take about 20 minutes and 25 GB)")  # fmt: skip
    add(
        "--units",
        type=stored_count,
        default=1_000,
        metavar="N",
        help="预算单位数（默认 1k）\nunits (default 1k)",
    )
    add(
        "--json",
        action="store_true",
        help="末行输出一个 JSON 对象\none JSON object as the last line",
    )


def run(args: argparse.Namespace) -> int:
    console = Console()
    with stored.scratch_hub() as (found, _network):
        from yifen.face.lists.paging import TooMuch  # Django is set up by now

        settings = runtime.settings_of()
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        year = _bureau(args)
        with psycopg.connect(
            found.url, autocommit=True, options="-c synchronous_commit=off"
        ) as conn:
            began = time.monotonic()
            storing.found(conn, year)
            storing.store(conn, ring, year, lambda words: console.print(f"[dim]{words}[/]"))
            made = time.monotonic() - began
            for login, role, unit, person in PEOPLE:
                storing.reader(conn, year, login, role, unit, person)
            rows = {}
            for name, (ask, times) in askings(conn, ring, year).items():
                try:
                    rows[name] = _median_ms(ask, times)
                except TooMuch:  # the page says so, and asks for a shorter period
                    rows[name] = -1.0
                console.print(f"[dim]{name}: {rows[name]:,.1f} ms[/]")
    table = Table(
        "", "ms (-1: too much)", title=f"{args.cards:,} cards, {args.swipes:,} swipes; made in {made:.0f} s"
    )
    for name, taken in rows.items():
        table.add_row(name, f"{taken:,.1f}")
    console.print(table)
    if args.json:
        print(
            json.dumps(
                {"cards": args.cards, "swipes": args.swipes, "made_s": round(made), "ms": rows}
            )
        )
    return 0


def _bureau(args: argparse.Namespace) -> CardYear:
    """The bureau's partner and its bank's, with a key."""
    from django.db import transaction

    from yifen.core.directory.models import Institution
    from yifen.core.partners import operations as partners
    from yifen.trades.settlement.models import Bank

    now = bench_hub.now_utc()
    with transaction.atomic():
        union = Institution.objects.get(code="BENCH")
        bureau = partners.register_partner(union, 1, "FIN01", "财政局")
        partners.make_biller(bureau, "finance")
        bank = partners.register_partner(union, 1, "BANK1", "发卡行", json=True)
        Bank.objects.create(partner=bank, account_no="9551000000000009", account_name="发卡行",
                            account_id=partners.open_account("bank", 1, "BANK1", "发卡行"), endpoint="")  # fmt: skip
        settings = runtime.settings_of()
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        partners.issue_key(ring, bank, 1, "hmac-sha256", bench_hub.KEY, now)
    return CardYear(bureau.pk, bank.pk, args.cards, args.swipes, args.units, now)


def askings(conn: Any, ring: KeyRing, year: CardYear) -> dict[str, tuple[Asking, int]]:
    """Each by its name, and how often it is asked."""
    from yifen.core.access.edge import Access
    from yifen.core.access.models import User
    from yifen.trades.cards.books import proof

    of = {
        login: Access(User.objects.get(login=login), login) for login in (CASHIER, OFFICER, HOLDER)
    }
    lists = {
        f"{login}: {name}{' ' + asked if asked else ''}": (_of_list(name, of[login], asked), TIMES)
        for login in (CASHIER, OFFICER) for name, asked in LISTS
    }  # fmt: skip
    reports = {
        f"{login}: {name}": (_of_report(of[login], year.now.date(), name, asked), 3)
        for login in (CASHIER, OFFICER) for name, asked in REPORTS.items()
    }  # fmt: skip
    return {
        "holder: my swipes": (lambda: _rows(conn, _SQL["mine"], (HOLDER, None)), TIMES),
        "holder: one swipe": (lambda: _rows(conn, _SQL["mine"], (HOLDER, 7)), TIMES),
        "holder: my claims": (
            lambda: _rows(conn, _CARDS["my_claims"], {"session": HOLDER, "login": HOLDER}),
            TIMES,
        ),
        **lists,
        "claim: the indicator that pays": (
            lambda: _rows(conn, _SQL["matched"], year._asdict() | {"unit": UNIT}),
            TIMES,
        ),
        f"bank: files of {FILE_LINES:,} swipes": (_word(conn, ring, year), 1),
        "worker: is there a word?": (lambda: _rows(conn, _DOORS["words_to_take"], ()), TIMES),
        "worker: who left": (lambda: _rows(conn, _CARDS["leavers"], (year.bureau, year.now)), 1),
        **reports,
        "verify: official cards": (lambda: _nothing(one for one in proof.altered(conn) if WORDLESS not in one), 1),
        "verify: the ledger's chain": (lambda: _nothing(ledger.verify(conn).problems), 1),
    }


def _rows(conn: Any, statement: str, values: Any) -> list[Any]:
    return list(conn.execute(statement, values).fetchall())


def _nothing(problems: Iterable[str]) -> None:
    if found := list(problems):
        raise runtime.EdgeError(f"verify: {found[:2]}")


def _of_list(name: str, access: Any, asked: str) -> Asking:
    from django.http import QueryDict

    from yifen.face.lists import counting, showing
    from yifen.face.lists.paging import page
    from yifen.face.lists.registry import lists_by_name

    listing, query = lists_by_name()[name], QueryDict(asked)
    form = showing.form_of(listing, query, access)
    form.is_valid()
    ask = showing.ask_of(listing, query, access, form)
    return lambda: (page(listing, ask), counting.counted(listing, ask))


def _of_report(access: Any, today: date, name: str, asked: dict[str, Any]) -> Asking:
    from yifen.core.facts.refused import Refused
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import telling
    from yifen.trades.figures.asking import read_ask
    from yifen.trades.figures.reach import reach

    ask = read_ask({"period": "this_year", **asked})

    def told() -> object:
        with plain_connection(600) as conn:
            try:
                return telling.told(conn, ask, today, reach(conn, access))
            except Refused as refused:
                raise runtime.EdgeError(f"{name}: {refused}") from None

    return told


def _word(conn: Any, ring: KeyRing, year: CardYear) -> Asking:
    """The bank's file, signed and taken as the door and the worker do."""
    from yifen.core.wire import http_signed
    from yifen.core.wire.keys import Key
    from yifen.trades.cards.doors import signing, taking
    from yifen.trades.cards.words import fixed_words
    from yifen.trades.cards.words.wording import ROWS_MOST

    day = year.now.date()
    plain = {"date": f"{day:%Y%m%d}", "message": "0200", "clear_date": f"{day:%Y%m%d}", "sign": "D",
             "fen": "000000012300", "mcc": "7011", "merchant": "青溪宾馆",
             "time": f"{day:%m%d}000100", "currency": "156"}  # fmt: skip
    lines = (
        plain | {"trace": f"{n:06d}", "reference": f"{n:012d}", "card": f"16{storing.card_no(1 + n % year.cards)}"}
        for n in range(FILE_LINES)
    )  # fmt: skip
    written = [fixed_words.line(one, fixed_words.PURCH) for one in lines]
    files = [b"".join(written[at : at + ROWS_MOST]) for at in range(0, FILE_LINES, ROWS_MOST)]
    key = Key(partner="BANK1", version=1, algorithm="hmac-sha256", secret=bench_hub.KEY)

    def take() -> None:
        for turn, body in enumerate(files):
            at, name = int(year.now.timestamp()), f"{NAME}-{turn}"
            taking.take(
                conn, ring, http_signed.sign_request("POST", signing.PUSH, body, key, at, name), body, year.now
            )
            taking.take_all(conn, ring, lambda: year.now)
            if _rows(conn, _SQL["taken"], ()) != [(0, 0)]:
                raise runtime.EdgeError("the bank's file was not taken whole")

    return take


def _median_ms(ask: Asking, times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return round(sorted(taken)[len(taken) // 2], 1)
