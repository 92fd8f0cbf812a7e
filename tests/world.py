"""A small network by plain SQL: book, billers, channels, keys, payables; and the calls of the hub.

Everything goes through one connection as the app role, so a test may roll all of it back.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from yifen.core.facts.bank_accounts import sealed_account
from yifen.core.facts.buckets import account_bucket, payment_bucket, serial_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import OWNER
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.partners.roster import key_context
from yifen.core.wire.content import content_hash
from yifen.core.wire.messages import Charge, Line, Refund, Reverse
from yifen.hub.payments import payables
from yifen.hub.payments.calls import CALLS, Booked, ChargeWork, ResultWork, ReturnWork, unpack
from yifen.hub.payments.payables import NewPayable

CHINA = timezone(timedelta(hours=8))
DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MONEY_TABLES = (
    "ledger_book", "ledger_account", "ledger_balance", "ledger_head", "ledger_transfer",
    "ledger_batch", "ledger_day_balance", "ledger_day_head", "payable", "payment_counter",
    "payment", "payment_return", "biller_call", "payment_event", "daily_file",
)  # fmt: skip
BALANCES_SQL = """
SELECT a.code, sum(debit_pending_fen)::bigint, sum(debit_posted_fen)::bigint,
       sum(credit_pending_fen)::bigint, sum(credit_posted_fen)::bigint
FROM ledger_balance b JOIN ledger_account a USING (account_id) GROUP BY a.code"""


APP, PAGES = "yifen_app", "yifen_pages"


class Database(NamedTuple):
    """One database by its addresses. `app_url` is of the tests alone: a member of the roles of all
    processes, that may become the owner to set something up."""

    app_url: str
    owner_url: str
    super_url: str
    buckets: int

    @property
    def name(self) -> str:
        return urlsplit(self.app_url).path.lstrip("/")

    def url(self, role: str) -> str:
        """Of a process's role, or the owner's."""
        return self.owner_url if role == OWNER else self.app_url.replace(APP, role, 1)

    def environment(self, role: str = OWNER, **settings: str) -> dict[str, str]:
        """Of a process of Yifen that works on it, as this role."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("YIFEN_")}
        return {
            **ours,
            "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src"),
            "YIFEN_KEY_RING": os.environ["YIFEN_KEY_RING"],
            "YIFEN_DATABASE_URL": self.url(role),
            "YIFEN_BUCKETS": str(self.buckets),
            "YIFEN_OUTBOUND_ALLOW": "127.0.0.0/8",  # where the other sides are
            **settings,
        }


def the_ring() -> KeyRing:
    """Of all tests."""
    return read_ring(os.environ["YIFEN_KEY_RING"], Path())


def sealed_no(account_no: str) -> str:
    """Somebody's account at a bank as tables keep it."""
    return sealed_account(the_ring(), account_no)


def sealed_key(code: str, version: int, material: bytes) -> bytes:
    """A partner's key as its row keeps it."""
    return the_ring().seal(material, key_context(code, version))


def with_steps(database: Database) -> Database:
    """The same, where the app role may post to the ledger beside all payments."""
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("GRANT EXECUTE ON FUNCTION ledger_post_v1 TO yifen_app")
    return database


class World:
    """A book `hub` open on DAY at NOON, and whatever a test puts into it."""

    def __init__(self, conn: psycopg.Connection[Any], buckets: int = 1) -> None:
        self.conn, self.buckets, self.now = conn, buckets, NOON
        self.ids: dict[str, int] = {}
        self.set_up("SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', %s)", DAY)
        self.institution = self.value(
            "INSERT INTO institution (level, code, name) VALUES ('union', '00', '省联社')"
            " RETURNING id"
        )

    def on(self, conn: psycopg.Connection[Any]) -> Self:
        """The same one as this connection meets it: in a copy of its database, or behind a savepoint."""
        other = copy(self)
        other.conn, other.ids = conn, dict(self.ids)
        return other

    # --- plain SQL -----------------------------------------------------------------------------

    def rows(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.conn.execute(statement, params).fetchall()

    def value(self, statement: str, *params: Any) -> Any:
        return self.rows(statement, *params)[0][0]

    def run(self, statement: str, *params: Any) -> None:
        self.conn.execute(statement, params)

    def set_up(self, statement: str, *params: Any) -> None:
        """As the owner, for what no process may."""
        with self.as_owner():
            self.run(statement, *params)

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """What is set up once, in the same transaction."""
        self.run(f"SET ROLE {OWNER}")
        try:
            yield
        finally:
            if self.conn.info.transaction_status != TransactionStatus.INERROR:
                self.run("RESET ROLE")  # else it ends with the transaction

    def made(self, statement: str, *params: Any) -> Any:
        """A value that the owner set up."""
        with self.as_owner():
            return self.value(statement, *params)

    # --- who is there --------------------------------------------------------------------------

    def partner(self, code: str, **fields: Any) -> int:
        """Fields: suspended, xml, json, encoding, unit; both dialects unless said otherwise."""
        row = {"suspended": False, "xml": True, "json": True, "encoding": "UTF-8", "unit": "fen"}
        row |= {"code": code, "name": f"单位{code}", "institution_id": self.institution}
        row |= {"book_id": 1, **fields}
        self.ids[code] = self._insert("partner", row, "id")
        return self.ids[code]

    def channel(
        self,
        code: str,
        payment_max: int | None = None,
        day_max: int | None = None,
        hours: tuple[str | None, str | None] = (None, None),
        **fields: Any,
    ) -> int:
        partner = self.partner(code, **fields)
        self._insert(
            "channel",
            {"partner_id": partner, "payment_fen_max": payment_max, "day_fen_max": day_max,
             "opens_at": hours[0], "closes_at": hours[1]},
        )  # fmt: skip
        return partner

    def biller(self, code: str, endpoint: str = "", **fields: Any) -> int:
        """Fields: quote_ttl_s, dialect, timeout_s, calls_max. Its transit account is 2241.CODE."""
        partner = self.partner(code)
        transit = self.account(f"2241.{code}", "liability", "credit_covers_debit")
        row = {"partner_id": partner, "category": "water", "transit_id": transit}
        row |= {"quote_ttl_s": None, "endpoint": endpoint, "dialect": "xml", "timeout_s": 1}
        self._insert("biller", row | {"calls_max": 16} | fields)
        return partner

    def admit(self, channel: str, biller: str, active: bool = True) -> None:
        """The channel's clearing account is 1121.CODE."""
        clearing = self.account(f"1121.{channel}", "asset")
        self._insert(
            "admission",
            {"channel_id": self.ids[channel], "biller_id": self.ids[biller],
             "clearing_id": clearing, "active": active},
        )  # fmt: skip

    def key(
        self,
        code: str,
        version: int,
        algorithm: str,
        material: bytes,
        valid_from: datetime = LONG_AGO,
        valid_until: datetime | None = None,
    ) -> None:
        sealed = sealed_key(code, version, material)
        self._insert(
            "partner_key",
            {"partner_id": self.ids[code], "version": version, "algorithm": algorithm,
             "secret": sealed, "valid_from": valid_from, "valid_until": valid_until},
        )  # fmt: skip

    def outage(self, biller: str, starts_at: datetime, ends_at: datetime) -> None:
        row = {"biller_id": self.ids[biller], "starts_at": starts_at, "ends_at": ends_at}
        self._insert("biller_outage", row | {"reason": "停机检修"})

    def account(self, code: str, side: str = "asset", limited: str = "none", book: int = 1) -> int:
        """A ledger account; a second call answers the same one."""
        opened = "SELECT ledger_open_account_v1(%s, %s, %s, %s, %s::ledger_limit)"
        with self.as_owner():
            return int(self.value(opened, book, code, f"账户{code}", side, limited))

    def people(self) -> None:
        """Who proposes and who decides, signed in: maker01 and checker01, by these names."""
        for login, role in (("maker01", "finance"), ("checker01", "supervisor")):
            self.run("INSERT INTO access_user (login, name, person, institution_id, is_active,"
                     " must_change_password, session_key, session_until, created_at, password)"
                     " VALUES (%s, %s, %s, %s, true, false, encode(sha256(%s::bytea), 'hex'), '2100-01-01', now(), '')"
                     " ON CONFLICT DO NOTHING", login, login, login, self.institution, login)  # fmt: skip
            self.run("INSERT INTO access_user_role (user_id, role) SELECT id, %s FROM access_user"
                     " WHERE login = %s ON CONFLICT DO NOTHING", role, login)  # fmt: skip

    def administrators(self) -> None:
        """The same two as platform administrators."""
        self.people()
        self.run("INSERT INTO access_user_role (user_id, role) SELECT id, 'platform_admin' FROM access_user"
                 " ON CONFLICT DO NOTHING")  # fmt: skip

    def proposed(
        self, act: str, subject: str, content: dict[str, Any] | None = None,
        partner: int | None = None, reason: str = "see the paper", now: datetime | None = None,
    ) -> int:  # fmt: skip
        """A proposal of maker01, whose pages showed nothing."""
        self.people()
        code, proposal = self.rows(
            "SELECT code, proposal FROM access_propose_v1('maker01', %s, %s, %s, '[]', sha256(''),"
            " %s, %s, %s, %s)", act, subject, Jsonb(content or {}), self.institution, partner, reason,
            now or self.now)[0]  # fmt: skip
        assert code == 0, code
        return int(proposal)

    def decided(
        self, proposal: int, yes: bool = True, answer: str = "", now: datetime | None = None
    ) -> int:
        """The word of checker01: 0, or the code that refuses it."""
        return int(self.value("SELECT access_decide_v1('checker01', %s, sha256(''), %s, %s, %s)",
                              proposal, yes, answer, now or self.now))  # fmt: skip

    def two_people(
        self, act: str, subject: str, content: dict[str, Any] | None = None,
        partner: int | None = None, **more: Any,
    ) -> int:  # fmt: skip
        """Proposed by one and agreed to by another, in the transaction that is open: the proposal."""
        proposal = self.proposed(act, subject, content, partner, **more)
        assert self.decided(proposal) == 0
        return proposal

    def owe(self, biller: str, account_no: str, ref: str, due_fen: int, mode: str = "exact",
            credit_id: int | None = None, min_fen: int = 1, max_fen: int = 10**15 - 1,
            name: str = "欧阳小明") -> None:  # fmt: skip
        """One payable, and its payer."""
        biller_id = self.ids[biller]
        bucket = account_bucket(biller_id, account_no, self.buckets)
        row = NewPayable(biller_id, account_no, ref, f"应缴{ref}", mode, due_fen, credit_id,
                         min_fen, max_fen)  # fmt: skip
        self.owes(bucket, [(biller_id, account_no, name)], [row])

    def owes(self, bucket: int, payers: list[tuple[int, str, str]], rows: list[NewPayable]) -> None:
        """Payers and payables of one bucket, as the owner sets them up."""
        with self.as_owner():
            self.run(payables.PAYERS_SQL, *payables.pack_payers(the_ring(), bucket, payers))
            self.run(payables.PAYABLES_SQL, *payables.pack_payables(bucket, rows))

    def network(self) -> "World":
        """Billers WATER (hosted), HEAT (hosted, quotes), GAS (its own system); channels WX, BANK
        (limits), COUNTER (9 to 17 o'clock), NIGHT (22 to 6) and STRANGER (not admitted); bills."""
        self.biller("WATER")
        self.biller("HEAT", quote_ttl_s=600)
        self.biller("GAS", endpoint="http://127.0.0.1:9")
        self.channel("WX")
        self.channel("BANK", payment_max=100_000, day_max=250_000)
        self.channel("COUNTER", hours=("09:00", "17:00"))
        self.channel("NIGHT", hours=("22:00", "06:00"))
        self.channel("STRANGER")
        for channel in ("WX", "BANK", "COUNTER", "NIGHT"):
            for biller in ("WATER", "HEAT", "GAS"):
                self.admit(channel, biller)
        for ref, due in (("B1", 1000), ("B2", 2000), ("B3", 99_999), ("B4", 100_001)):
            self.owe("WATER", "A1", ref, due)
        self.owe("WATER", "A1", "P1", 5000, "partial", min_fen=100)
        self.owe("WATER", "A1", "O1", 0, "open", min_fen=100, max_fen=200_000)
        self.owe("HEAT", "H1", "Q1", 4000)
        self.owe("HEAT", "H1", "Q2", 100)
        self.owe("GAS", "G1", "R1", 3000)
        self.owe("GAS", "G1", "R2", 500)
        self.owe("GAS", "G1", "RP", 5000, "partial", min_fen=100)
        self.owe("GAS", "G1", "RO", 0, "open", min_fen=100)
        return self

    def quote(self, quote: str, due: dict[str, int], expires_at: datetime, channel: str = "WX",
              biller: str = "HEAT", account_no: str = "H1") -> None:  # fmt: skip
        """What a query told this channel."""
        bucket = account_bucket(self.ids[biller], account_no, self.buckets)
        self.run(
            "SELECT payments_quote_v1(%s::smallint, %s, %s, %s, %s, %s::text[], %s::bigint[], %s)",
            bucket, quote, self.ids[channel], self.ids[biller], account_no, list(due),
            list(due.values()), expires_at,
        )  # fmt: skip

    def _insert(self, table: str, row: dict[str, Any], answer: str = "1") -> Any:
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING {answer}"
        with self.as_owner():
            return self.value(statement, *row.values())

    # --- the verbs -----------------------------------------------------------------------------

    def charge_work(
        self,
        serial: str,
        lines: dict[str, int],
        *,
        channel: str = "WX",
        biller: str = "WATER",
        account_no: str = "A1",
        **fields: Any,
    ) -> ChargeWork:
        """Fields: quote, business_day, paid_at, operator, amount_fen."""
        fields = {"paid_at": NOON, "amount_fen": sum(lines.values()), **fields}
        message = Charge(
            serial=serial,
            biller=biller,
            account_no=account_no,
            lines=[Line(payable=ref, amount_fen=fen) for ref, fen in lines.items()],
            **fields,
        )
        return ChargeWork(self.ids[channel], self.ids[biller], message, content_hash(message))

    def return_work(
        self, verb: str, serial: str, original: str, amount_fen: int, channel: str = "WX",
        reason: str | None = None,
    ) -> ReturnWork:  # fmt: skip
        kind = {"reverse": Reverse, "refund": Refund}[verb]
        message = kind(
            serial=serial, original_serial=original, amount_fen=amount_fen, reason=reason
        )
        return ReturnWork(self.ids[channel], message, content_hash(message))

    def call(self, works: Sequence[Any], bucket: int | None = None) -> list[Booked]:
        """One call of the function that this kind of work belongs to."""
        bucket = self.bucket_of(works[0]) if bucket is None else bucket
        statement, pack = CALLS[type(works[0])]
        params = pack(bucket, self.now, works, self.buckets)
        return unpack(self.conn.execute(statement, params).fetchall())

    def bucket_of(self, work: Any) -> int:
        """The lane that the hub would choose."""
        if isinstance(work, ResultWork):
            return payment_bucket(work.payment_id)
        if isinstance(work, ChargeWork):
            return account_bucket(work.biller_id, work.message.account_no, self.buckets)
        home = serial_bucket(work.partner_id, work.message.original_serial, self.buckets)
        routed = self.rows(
            "SELECT target_bucket FROM payment_serial"
            " WHERE bucket = %s AND partner_id = %s AND serial = %s",
            home, work.partner_id, work.message.original_serial,
        )  # fmt: skip
        return routed[0][0] if routed else home

    def charge(self, serial: str, lines: dict[str, int], **fields: Any) -> Booked:
        return self.call([self.charge_work(serial, lines, **fields)])[0]

    def reverse(self, serial: str, original: str, amount_fen: int, **fields: Any) -> Booked:
        return self.call([self.return_work("reverse", serial, original, amount_fen, **fields)])[0]

    def refund(self, serial: str, original: str, amount_fen: int, **fields: Any) -> Booked:
        return self.call([self.return_work("refund", serial, original, amount_fen, **fields)])[0]

    def result(self, payment_id: int, outcome: str, *more: Any) -> Booked:
        return self.call([ResultWork(payment_id, outcome, *more)])[0]

    def cut(self, day: date | None = None) -> date:
        """Close the open day; answers the next."""
        day = day or self.value("SELECT current_day FROM ledger_book WHERE book_id = 1")
        return self.value("SELECT ledger_cut_day_v1(1, %s)", day)

    # --- what stands there afterwards ----------------------------------------------------------

    def balances(self) -> dict[str, tuple[int, ...]]:
        """(debit pending, debit posted, credit pending, credit posted) of accounts not at zero."""
        return {row[0]: row[1:] for row in self.rows(BALANCES_SQL) if any(row[1:])}

    def money(self) -> dict[str, list[str]]:
        """Every row of every money table: what a refusal must leave exactly as it was."""
        found = {
            table: [row[0] for row in self.rows(f"SELECT t::text FROM {table} t ORDER BY 1")]
            for table in MONEY_TABLES
        }
        taken = "SELECT u::text FROM channel_usage u WHERE taken_fen <> 0 ORDER BY 1"
        return found | {"channel_usage": [row[0] for row in self.rows(taken)]}

    def serials(self, channel: str = "WX") -> dict[str, tuple[str, Code]]:
        """Serial → verb and stored code."""
        rows = self.rows(
            "SELECT serial, verb::text, code FROM payment_serial WHERE partner_id = %s",
            self.ids[channel],
        )
        return {serial: (verb, Code(code)) for serial, verb, code in rows}

    def payable(self, ref: str, biller: str = "WATER", account_no: str = "A1") -> tuple[Any, ...]:
        """(state, paid_fen, is held)."""
        return self.rows(
            "SELECT state::text, paid_fen, held_by IS NOT NULL FROM payable"
            " WHERE biller_id = %s AND account_no = %s AND ref = %s",
            self.ids[biller], account_no, ref,
        )[0]  # fmt: skip

    def states(self, payment_id: int) -> tuple[str, str]:
        """(payer state, biller state) of a payment."""
        return self.rows(
            "SELECT payer_state::text, biller_state::text FROM payment WHERE payment_id = %s",
            payment_id,
        )[0]

    def taken(self, channel: str, day: date = DAY) -> int:
        """What counts against the channel's daily limit."""
        rows = self.rows(
            "SELECT taken_fen FROM channel_usage WHERE channel_id = %s AND business_day = %s",
            self.ids[channel], day,
        )  # fmt: skip
        return rows[0][0] if rows else 0
