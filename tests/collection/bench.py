"""County 青溪 with its core and power company as the agency's tests have it, and large users who bank there: contracts,
demands, the days that pass, the worker. Committed in a database of its own."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

from tests.agency.bench import Agency
from tests.corebank.bench import COMPANY
from tests.settlement.bank_side import Serving
from tests.web import site
from tests.web.province import Province
from tests.world import DAY
from yifen.core.facts.buckets import account_bucket
from yifen.hub.payments import payables
from yifen.hub.payments.payables import NewPayable

PAYER, PDF = "青溪造纸厂", b"%PDF-1.4 signed"
MONDAY, THURSDAY, FRIDAY = DAY, DAY + timedelta(days=3), DAY + timedelta(days=4)
_NUMBERS = count(1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """By the clock of the book."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


class Collect(Agency):
    """Who does what, by the operations themselves."""

    def __init__(self, place: Province, serving: Serving) -> None:
        super().__init__(place, serving)
        self.staff, self.finance, self.second = (
            place.users[name] for name in ("biller_staff", "finance", "supervisor")
        )
        self.ready()
        self.to(at(MONDAY, 10))

    def to(self, moment: datetime) -> datetime:
        """Time passes, and the business day with it."""
        self.clock.now = moment
        with psycopg.connect(self.place.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute(
                "UPDATE ledger_book SET current_day = %s WHERE book_id = 1", ((moment + timedelta(hours=8)).date(),)
            )
        return moment

    # --- bills, contracts -----------------------------------------------------------------------

    def owe(self, account_no: str = "", mode: str = "exact", **bills_fen: int) -> str:
        """Bills of a large user; answers his account number."""
        account_no = account_no or f"99{next(_NUMBERS):06d}"
        rows = [
            NewPayable(
                self.biller, account_no, ref, f"电费{ref}", mode, fen, None, 1, 10**12, date(2026, 11, 1 + place)
            )
            for place, (ref, fen) in enumerate(bills_fen.items())
        ]
        bucket = account_bucket(self.biller, account_no, self.place.database.buckets)
        with psycopg.connect(self.place.database.owner_url) as conn:
            conn.execute(
                payables.PAYERS_SQL, payables.pack_payers(self.ring, bucket, [(self.biller, account_no, PAYER)])
            )
            conn.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, rows))
        return account_no

    def contract(
        self,
        account_no: str,
        kind: str = "entrusted",
        bank_account: str = COMPANY,
        payer: str = PAYER,
        medium: str = "sms",
        **fields: Any,
    ) -> int:
        """Signed by two people of the bank; answers its id."""
        from yifen.face.plain import plain_connection
        from yifen.trades.collection.contracts import ContractForm, propose

        number = f"HT-{next(_NUMBERS)}"
        form = ContractForm(
            self.biller,
            number,
            account_no,
            payer,
            bank_account,
            kind,
            medium,
            {"sms": "13800001234", "mail": "cw@mill.example"}.get(medium, ""),
            MONDAY,
            None,
            PDF,
        )
        with plain_connection() as conn:
            row = propose(site.access(self.finance), self.cores(conn), form._replace(**fields), self.clock())
        site.agree(self.second, row, self.clock())
        return int(self.rows("SELECT max(contract_id) FROM collection_contract")[0][0])

    # --- demands --------------------------------------------------------------------------------

    def bills(self, contract: int) -> dict[str, Any]:
        from yifen.trades.collection import orders

        return {bill.ref: bill for bill in orders.open_bills(self.web, orders.contract(self.web, contract))}

    def propose(self, contract: int, *refs: str, **fens: int) -> Any:
        from yifen.face.plain import plain_connection
        from yifen.trades.collection import orders

        bills = self.bills(contract)
        asked = {bills[ref].payable_id: fens.get(ref, bills[ref].due_fen) for ref in (refs or [*fens] or list(bills))}
        with plain_connection() as conn:
            return orders.demand(site.access(self.staff), conn, contract, asked, self.clock())

    def demand(self, contract: int, *refs: str, **fens: int) -> int:
        """Made by the biller, taken in by the bank; answers its id."""
        site.agree(self.finance, self.propose(contract, *refs, **fens), self.clock())
        return int(self.rows("SELECT max(order_id) FROM collection_order")[0][0])

    def token(self, order: int) -> str:
        from yifen.trades.collection.orders import token

        return token(self.ring, self.one(order, "proposal_id"))

    def link(self, order: int, agrees: bool, reason: str = "", places: list[int] | None = None) -> None:
        from yifen.trades.collection.orders import PayerSaid, by_link

        by_link(self.web, self.token(order), PayerSaid(agrees, places, reason, b""), self.clock())

    def paper(
        self, order: int, agrees: bool, reason: str = "", places: list[int] | None = None, checker: Any = None
    ) -> None:
        from yifen.trades.collection.orders import PayerSaid, propose_answer

        answer = PayerSaid(agrees, places, reason, PDF + str(order).encode())
        row = propose_answer(site.access(self.finance), self.one(order, "serial"), answer, self.clock())
        site.agree(checker or self.second, row, self.clock())

    # --- the worker -----------------------------------------------------------------------------

    def outside(self, conn: Any = None, hub: Any = None) -> Any:
        from yifen.face.shell.hub import local_hub
        from yifen.trades.collection.notice import tell
        from yifen.trades.collection.settle import Outside

        def told(order: int, now: datetime) -> None:
            with site.as_process("yifen_worker"):
                tell(self.ring, order, now)

        return Outside(self.cores(conn or self.worker), hub or local_hub(), told)

    def settle(self, meets: str = "ok") -> None:
        """Whatever is due now, until nothing is."""
        from yifen.trades.collection.settle import settle

        with self.meeting(meets):
            while settle(self.outside(), self.clock()):
                self.clock.turn(1)

    def until_rest(self, hours: int = 30) -> None:
        """The worker, hour by hour, with the core's own job beside it."""
        from yifen.hub.corebank.operations import settle_due

        for _ in range(hours):
            settle_due(self.cores(self.worker), self.clock())
            self.settle()
            if not self.rows("SELECT 1 FROM collection_order WHERE state IN ('paying', 'paid', 'backing')"):
                return
            self.clock.turn(3600)

    # --- what is there ----------------------------------------------------------------------------

    def one(self, order: int, what: str) -> Any:
        return self.rows(f"SELECT {what} FROM collection_order WHERE order_id = %s", order)[0][0]

    def states(self, order: int) -> tuple[str, int | None]:
        return self.rows("SELECT state, code FROM collection_order WHERE order_id = %s", order)[0]  # type: ignore[return-value]

    def kept(self, account_no: str) -> list[str]:
        """Bills of an account that nobody else may pay."""
        return [
            row[0]
            for row in self.rows(
                "SELECT ref FROM payable WHERE biller_id = %s AND account_no = %s"
                " AND kept_for IS NOT NULL ORDER BY ref",
                self.biller,
                account_no,
            )
        ]

    def paid(self, account_no: str) -> dict[str, int]:
        return dict(
            self.rows(
                "SELECT ref, paid_fen FROM payable WHERE biller_id = %s AND account_no = %s ORDER BY ref",
                self.biller,
                account_no,
            )
        )

    def words(self, order: int) -> list[tuple[str, str, int]]:
        return self.rows("SELECT what, how, fen FROM collection_word WHERE order_id = %s ORDER BY word_id", order)  # type: ignore[return-value]

    def moved(self, order: int) -> list[tuple[str, int]]:
        """The core's own lines of it, and of its undo."""
        serial = self.one(order, "move_serial")
        return self.posted(serial) + self.posted(f"{serial}U")

    def altered(self) -> list[str]:
        from yifen.hub.corebank.proof import altered as moves_altered
        from yifen.hub.payments.verify import verify  # noqa: F401
        from yifen.trades.collection.proof import altered

        return altered(self.worker) + moves_altered(self.worker)
