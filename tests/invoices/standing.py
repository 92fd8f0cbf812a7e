"""Papers 凭证 of a test: a kind of its own, keepers at the union, the county and its branch, and a counter."""

from itertools import count
from typing import Any

import psycopg

from tests.counter.standing import NOW, Counter, person, signature
from tests.web import site
from tests.web.province import Province

_numbers = count(1)
FIRST = 12_345


class Papers:
    """One kind of paper: 8 digits, prefix of its own."""

    def __init__(self, place: Province) -> None:
        from yifen.trades.invoices import stock

        self.place, self.number = place, next(_numbers)
        self.counter = Counter(place)
        self.teller, self.supervisor = self.counter.teller, place.users["supervisor"]
        branch = place.own.branch
        self.keepers = [person(f"k{self.number:03d}{place_no}", at, "supervisor")
                        for place_no, at in enumerate((place.own.county, place.own.county, branch, branch))]
        head = person(f"h{self.number:03d}", place.own.county, "institution_admin")
        self.head = head
        new = stock.NewKind(place.own.biller, "电费发票", f"37{self.number:010d}", 8, "a5")
        self.kind = self.do(stock.new_kind, head, new)

    # --- acts, each by its own login --------------------------------------------------------------

    def do(self, act: Any, who: Any, *given: Any, **more: Any) -> Any:
        """By a session, in one transaction as a page's."""
        from django.db import transaction

        from yifen.face.plain import plain_connection

        with transaction.atomic(), plain_connection() as conn:
            return act(conn, site.access(who).session, *given, NOW, **more)

    def receive(self, first: int = FIRST, last: int = FIRST + 99, faulty: Any = ()) -> Any:
        """The county's store has them, as two of its keepers counted."""
        from yifen.trades.invoices import receiving

        asked = receiving.receive(site.access(self.keepers[0]), self.kind, span(first, last),
                                  [span(*pair) for pair in faulty], "第一批", NOW)  # fmt: skip
        return site.agree(self.keepers[1], asked, NOW)

    def destroy(self, first: int, last: int) -> Any:
        from yifen.trades.invoices import receiving

        asked = receiving.destroy(site.access(self.keepers[0]), self.kind, span(first, last), "年度销毁", NOW)
        return site.agree(self.keepers[1], asked, NOW)

    def give(self, who: Any, to: int, first: int, last: int, to_user: Any = None, own: bool = False,
             void: bool = False) -> Any:  # fmt: skip
        from yifen.trades.invoices import stock

        given = stock.GivenPapers(self.kind, span(first, last), to, to_user and to_user.pk, own, void)
        return self.do(stock.give, who, given)

    def take(self, who: Any, transfer: int, first: int, last: int) -> Any:
        from yifen.trades.invoices import stock

        return self.do(stock.take, who, transfer, span(first, last))

    def roll(self, first: int = FIRST, last: int = FIRST + 99) -> None:
        """Received by the county, handed to the branch, handed to the teller."""
        self.receive(first, last)
        branch = self.place.own.branch
        self.take(self.keepers[2], self.give(self.keepers[0], branch, first, last), first, last)
        self.take(self.teller, self.give(self.keepers[2], branch, first, last, self.teller), first, last)

    def mark(self, act: str, who: Any, first: int, last: int, holder: Any = None) -> None:
        from yifen.trades.invoices import stock

        self.do(stock.mark, who, act, self.kind, span(first, last), holder and holder.pk, "撕破")

    def count(self, who: Any, cadence: str, holder: Any, *pairs: Any) -> Any:
        from yifen.trades.invoices import stock

        return self.do(stock.count, who, cadence, self.kind, holder and holder.pk, [span(*pair) for pair in pairs])

    def print(self, payment: int, number: int, what: str = "first") -> int:
        from yifen.trades.invoices import printing

        return printing.print_paper(site.access(self.teller), payment, what, number, NOW)

    def reprint(self, payment: int, number: int, checker: Any = None) -> int:
        from yifen.trades.invoices import printing

        signed = signature(checker or self.supervisor)
        return printing.reprint(site.access(self.teller), payment, number, signed, "卡纸", NOW)

    # --- what is there ------------------------------------------------------------------------------

    def read(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.place.database.super_url) as conn:
            return conn.execute(statement, values).fetchall()

    def ranges(self) -> list[Any]:
        """(first, last, state, institution, user), neighbours of one hand and state as one."""
        return self.read(
            "SELECT lower(s), upper(s) - 1, x.state, x.institution_id, x.user_id FROM (SELECT r.state,"
            " r.institution_id, r.user_id, range_agg(int8range(r.first_no, r.last_no, '[]')) AS spans"
            " FROM invoice_range r WHERE r.kind_id = %s GROUP BY 1, 2, 3) x, unnest(x.spans) s ORDER BY 1",
            self.kind)  # fmt: skip

    def states(self) -> list[Any]:
        return [row[:3] for row in self.ranges()]

    def altered(self) -> list[str]:
        from yifen.trades.invoices.proof import altered

        with psycopg.connect(self.place.database.owner_url) as conn:
            return altered(conn)


def span(first: int, last: int) -> Any:
    from yifen.trades.invoices.rules import NumberSpan

    return NumberSpan(first, last)
