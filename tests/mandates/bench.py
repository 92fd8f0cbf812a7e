"""County 青溪 with a core, a channel for debits and a channel that signs; a teller, a supervisor, payers with bills.
Committed in a database of its own."""

import json
import os
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.corebank.bench import CARD, KEY, TIMEOUT_S, core_accounts, install_core
from tests.counter.standing import NOW, person, signature
from tests.repair.bench import _environment
from tests.settlement.bank_side import Clock, Serving
from tests.web import site
from tests.web.province import Province
from tests.world import LONG_AGO, sealed_key, the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.hub.corebank.operations import Cores
from yifen.hub.corebank.port import port_of
from yifen.hub.payments import payables
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.payments.payables import NewPayable
from yifen.hub.simulators.core import CorePace, SimulatedCore
from yifen.hub.simulators.core_books import CoreAccount, CoreBooks

HOLDER, PHONE, ID_NO = "欧阳小明", "13800138000", "11010519491231002X"
SECRET = b"a channel's secret of 32 bytes!!"
CHANNEL = "DEBIT01"
_NUMBERS = count(1)


class MandateBench:
    """Who does what, by the operations themselves."""

    def __init__(self, place: Province, serving: Serving) -> None:
        self.place, self.serving, self.clock = place, serving, Clock(NOW)
        self.books = CoreBooks(core_accounts())
        self.books.accounts[CARD].phone = PHONE
        self.core = SimulatedCore(KEY, self.books, self.clock, pace=CorePace(2 * TIMEOUT_S, 60))
        endpoint = f"http://127.0.0.1:{serving.open(self.core)}"
        self.county, self.branch, self.biller = place.own.county, place.own.branch, place.own.biller
        self.code = place.own.biller_code
        self.core_id = install_core(place.database.owner_url, the_ring(), self.county, endpoint, self.biller)
        self.web = psycopg.connect(place.database.url("yifen_web"), autocommit=True)
        self.worker = psycopg.connect(place.database.url("yifen_worker"), autocommit=True)
        self.night = psycopg.connect(place.database.url("yifen_night"), autocommit=True)
        self.channel()
        with _environment(place.database):
            settings, self.ring = read_settings(), read_ring(os.environ["YIFEN_KEY_RING"], Path())
        url = place.database.url("yifen_worker")
        self.hub = LocalHub(lambda: Hub(settings, url, self.ring, self.clock))
        self.teller = person("mand-t", self.branch, "teller")
        self.supervisor = person("mand-s", self.branch, "supervisor")

    def close(self) -> None:
        self.hub.stop()
        self.serving.close(self.core)
        for conn in (self.web, self.worker, self.night):
            conn.close()

    def channel(self) -> None:
        """The county's own channel for debits, and a key of the county's own channel WX01."""
        with psycopg.connect(self.place.database.owner_url) as conn:
            row = conn.execute(
                "INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json, encoding, unit)"
                " VALUES (%s, '青溪代扣', %s, 1, false, false, false, 'UTF-8', 'fen') RETURNING id",
                (CHANNEL, self.county)).fetchone()  # fmt: skip
            assert row is not None
            self.channel_id = row[0]
            conn.execute("INSERT INTO channel (partner_id, hosted, kind) VALUES (%s, 'debit', 'other')", row)
            conn.execute(
                "INSERT INTO admission (channel_id, biller_id, clearing_id, active) SELECT %s, %s,"
                " ledger_open_account_v1(1, %s, '清算', 'asset', 'none'::ledger_limit), true",
                (row[0], self.biller, f"1121.{CHANNEL}"))  # fmt: skip
            conn.execute(
                "INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
                " VALUES (%s, 9, 'hmac-sha256', %s, %s)",
                (self.place.own.channel, sealed_key(self.place.own.channel_code, 9, SECRET), LONG_AGO))  # fmt: skip

    # --- who is there ------------------------------------------------------------------------------

    def cores(self, conn: Any) -> Cores:
        return Cores(conn, lambda core_id: port_of(conn, self.ring, core_id, self.clock, TIMEOUT_S), self.ring)

    def outside(self, conn: Any = None) -> Any:
        from yifen.trades.mandates.singles import DebitOutside

        return DebitOutside(self.hub, self.cores(conn or self.worker))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.web.execute(statement, values).fetchall()

    def owner(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.place.database.owner_url) as conn:
            conn.execute(statement, values)

    @contextmanager
    def meeting(self, *meets: str) -> Any:
        """What the core's next postings meet."""
        self.core.orders.extend(meets)
        try:
            yield
        finally:
            self.core.orders.clear()

    def customer(self, **bills_fen: int) -> str:
        """A new account number of the biller with these bills."""
        return self.owe(f"77{next(_NUMBERS):06d}", **bills_fen)

    def owe(self, account_no: str, **bills_fen: int) -> str:
        """These bills more."""
        rows = [NewPayable(self.biller, account_no, ref, f"电费{ref}", "exact", fen, None, 1, 10**15 - 1,
                           date(2026, 11, 30)) for ref, fen in bills_fen.items()]  # fmt: skip
        bucket = account_bucket(self.biller, account_no, self.place.database.buckets)
        with psycopg.connect(self.place.database.owner_url) as conn:
            payers = [(self.biller, account_no, HOLDER)]
            conn.execute(payables.PAYERS_SQL, payables.pack_payers(the_ring(), bucket, payers))
            conn.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, rows))
        return account_no

    def card(self, fen: int, **fields: Any) -> str:
        """A new card of the same holder at the core."""
        number = f"62220300{next(_NUMBERS):011d}"
        self.books.accounts[number] = CoreAccount(number, HOLDER, "personal", fen, phone=PHONE, **fields)
        return number

    # --- what they do ------------------------------------------------------------------------------

    def agreement(self, customer: str, account: str = CARD, **fields: Any) -> Any:
        from yifen.trades.mandates.rules import AccountHolder, SignedTerms, Terms

        holder = AccountHolder(fields.pop("name", HOLDER), "id_card", ID_NO, fields.pop("phone", PHONE))
        return SignedTerms(self.biller, customer, account, holder, Terms(**{"no_feel": True, "one_tap": True} | fields))

    def sign(self, customer: str, account: str = CARD, replaces: str = "", **fields: Any) -> Any:
        """4621 at the desk, the supervisor at the same screen."""
        from yifen.face.plain import plain_connection
        from yifen.trades.mandates import rules, signing

        with plain_connection() as conn:
            agreement, number = self.agreement(customer, account, **fields), rules.new_number(NOW)
            signed = signature(self.supervisor)
            return signing.sign(self.cores(conn), site.access(self.teller), agreement, number, signed, "客户申请", NOW,
                                replaces)  # fmt: skip

    def change(self, number: str, **fields: Any) -> Any:
        from yifen.face.plain import plain_connection
        from yifen.trades.mandates import signing
        from yifen.trades.mandates.rules import Terms

        with plain_connection() as conn:
            signed = signature(self.supervisor)
            return signing.change(conn, site.access(self.teller), number, Terms(**fields), signed, "改", NOW)

    def end(self, number: str) -> Any:
        from yifen.face.plain import plain_connection
        from yifen.trades.mandates import signing

        with plain_connection() as conn:
            return signing.end(conn, site.access(self.teller), number, signature(self.supervisor), "客户申请", NOW)

    def take(self, number: str, document: str, fen: int, kind: str = "batch") -> int:
        """As a trade above asks in its own function."""
        with psycopg.connect(self.place.database.owner_url) as conn:
            row = conn.execute("SELECT mandates_take_v1(m.mandate_id, %s, %s, %s, %s) FROM mandate m"
                               " WHERE m.number = %s", (document, fen, NOW, kind, number)).fetchone()  # fmt: skip
        assert row is not None
        return int(row[0])

    def untake(self, document: str) -> None:
        self.owner("SELECT mandates_untake_v1(%s)", document)

    def tap(self, number: str, fen: int, form: str = "", meets: tuple[str, ...] = ("ok",)) -> Any:
        """The payer's page: the debit after it was advanced once."""
        from yifen.trades.mandates import singles

        with self.meeting(*meets):
            one = singles.tap(self.outside(self.web), number, form or f"f{next(_NUMBERS)}", [], fen, self.clock())
            singles.advance(self.outside(self.web), one.single_id, self.clock())
        return singles.single(self.web, one.single_id)

    def word(self, path: str, serial: str, told: dict[str, Any], secret: bytes = SECRET) -> Any:
        """A partner's signed request, as the door takes it."""
        from yifen.trades.mandates.doors import words

        body = json.dumps(told).encode()
        key = Key(partner=self.place.own.channel_code, version=9, algorithm="hmac-sha256", secret=secret)
        headers = http_signed.sign_request("POST", path, body, key, int(self.clock().timestamp()), serial)
        heads = {name.lower(): value for name, value in headers.items()}
        return words.take(self.web, self.ring, path, heads, body, self.clock())[1]

    def work(self, turns: int = 1) -> None:
        """The worker's job; cores' own job too."""
        from yifen.hub.corebank.operations import settle_due
        from yifen.trades.mandates import asking, singles
        from yifen.trades.mandates.doors import words

        for _ in range(turns):
            asking.confirm_all(self.worker, self.ring, self.clock)
            words.take_all(self.outside(), self.clock)
            settle_due(self.cores(self.worker), self.clock())
            singles.settle(self.outside(), self.clock())
            if turns > 1:
                self.clock.turn(61)

    def left(self, number: str) -> int:
        """Of the month in which the bench is."""
        return int(self.rows("SELECT mandates_left_v1(m, mandates_day_v1(m.biller_id, %s)) FROM mandate m"
                             " WHERE m.number = %s", self.clock(), number)[0][0])  # fmt: skip

    def ledger(self, serial: str) -> list[tuple[str, str, int]]:
        """What the hub's ledger has of a debit's payment: debit, credit, fen."""
        return self.rows(
            "SELECT split_part(d.code, '.', 1), split_part(c.code, '.', 1), sum(t.amount_fen)::bigint"
            " FROM mandate_single s"
            " JOIN ledger_transfer t ON t.bucket = s.payment_id %% 1000 AND t.reference_id = s.payment_id"
            " JOIN ledger_account d ON d.account_id = t.debit_id JOIN ledger_account c ON c.account_id = t.credit_id"
            " WHERE s.serial = %s AND t.kind IN ('posted', 'post') GROUP BY 1, 2 ORDER BY 1", serial)  # fmt: skip

    def posted(self, serial: str) -> list[tuple[str, int]]:
        """The core's own lines of a serial."""
        return [(line.account_no, line.fen) for line in self.books.journal if line.serial == serial]

    def altered(self) -> list[str]:
        """What `verify` says of mandates and cores."""
        from yifen.hub.corebank.proof import altered as moves_altered
        from yifen.trades.mandates.proof import altered

        return moves_altered(self.worker) + altered(self.worker)


