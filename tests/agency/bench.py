"""County 青溪 of the small province with a core of its own: its power company has its pair and is admitted at the
counter, slips lie ready, a teller stands at his desk. Committed in a database of its own."""

from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg

from tests.corebank.bench import KEY, TIMEOUT_S, core_accounts, install_core
from tests.counter.standing import NOW, opened_with, person, signature
from tests.settlement.bank_side import Clock, Serving
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, the_ring
from yifen.core.facts.secrets import KeyRing
from yifen.hub.corebank.operations import Cores
from yifen.hub.corebank.port import port_of
from yifen.hub.simulators.core import CorePace, SimulatedCore
from yifen.hub.simulators.core_books import CoreBooks

MERCHANT, UNIT = "0006", "3701"
BANK, OTHER_BANK = "102451000018", "105451000023"
_NUMBERS = count(1)


class Agency:
    """Who does what, by the operations themselves."""

    def __init__(self, place: Province, serving: Serving) -> None:
        self.place, self.serving, self.clock = place, serving, Clock(NOW)
        self.ring: KeyRing = the_ring()
        self.books = CoreBooks(core_accounts())
        self.core = SimulatedCore(KEY, self.books, self.clock, pace=CorePace(2 * TIMEOUT_S, 60))
        endpoint = f"http://127.0.0.1:{serving.open(self.core)}"
        self.union, self.county, self.biller = place.union, place.own.county, place.own.biller
        self.core_id = install_core(place.database.owner_url, self.ring, self.county, endpoint, self.biller)
        self.web = psycopg.connect(place.database.url("yifen_web"), autocommit=True)
        self.night = psycopg.connect(place.database.url("yifen_night"), autocommit=True)
        self.worker = psycopg.connect(place.database.url("yifen_worker"), autocommit=True)
        self.county_admin, self.union_admin = place.own.user, place.users["platform_admin"]
        self.union_second = site.user("second96", self.union, "platform_admin")
        self.number = 0
        self.teller: Any = None
        self.supervisor = person("sup-agency", self.county, "supervisor")
        self.closer = person("sup-agency2", self.county, "supervisor")
        self.owner("INSERT INTO agency_bank VALUES (%s, '工行青溪支行'), (%s, '建行青溪支行')", BANK, OTHER_BANK)

    def close(self) -> None:
        self.serving.close(self.core)
        for conn in (self.web, self.night, self.worker):
            conn.close()

    def cores(self, conn: Any) -> Cores:
        return Cores(conn, lambda core_id: port_of(conn, self.ring, core_id, self.clock, TIMEOUT_S), self.ring)

    def owner(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.place.database.owner_url) as conn:
            conn.execute(statement, values)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.web.execute(statement, values).fetchall()

    # --- set up ---------------------------------------------------------------------------------

    def merchant(self, suspended: bool = False, name: str = "山东电力集团") -> None:
        from yifen.trades.agency.admission import MerchantForm, propose_merchant

        form = MerchantForm(MERCHANT, name, "电力", suspended)
        site.agree(self.union_second, propose_merchant(site.access(self.union_admin), form, NOW), NOW)

    def admit(self, channel: str = "counter", checker: Any = None, **fields: Any) -> None:
        from yifen.trades.agency.admission import AdmissionForm, propose

        form = AdmissionForm(MERCHANT, "collect", channel, "3709", 1, DAY - timedelta(days=30), None)._replace(**fields)
        site.agree(checker or self.union_admin, propose(site.access(self.county_admin), form, NOW), NOW)

    def paired(self) -> None:
        """As 4692 sets it, beside an agreement that leaves its money whole."""
        self.owner("UPDATE agreement SET mode = 'gross', payout = false WHERE biller_id = %s", self.biller)
        self.owner("UPDATE core_pair SET merchant = %s, unit = %s WHERE biller_id = %s", MERCHANT, UNIT, self.biller)

    def ready(self) -> "Agency":
        """All of it, once."""
        if not self.rows("SELECT 1 FROM agency_merchant"):
            self.merchant()
            self.admit()
            self.paired()
        return self

    # --- the desk --------------------------------------------------------------------------------

    def desk(self) -> Any:
        """A teller with an open shift; answers his place."""
        from yifen.trades.agency.deposits import DeskPlace
        self.teller = person(f"ag{next(_NUMBERS):03d}", self.place.own.branch, "teller")
        self.shift = opened_with(self.place, self.teller, 50_000, NOW)
        return DeskPlace(self.place.own.branch, self.shift.channel_id, self.shift.pk, self.teller.pk, self.teller.login,
                         DAY, site.access(self.teller).session)  # fmt: skip

    def slip(self, yuan: str = "1234.56", unit: str = UNIT) -> str:
        """A new slip of the company; answers its number."""
        from yifen.trades.agency.deposits import receive

        number = f"JK{next(_NUMBERS):06d}"
        body = f"核算单位,缴款编号,缴款金额,缴款人\n{unit},{number},{yuan},青溪供电所\n".encode("gb18030")
        assert receive(self.web, self.taker(), self.biller, body, NOW) == 1
        return number

    def taker(self) -> str:
        """A session of one who takes in slips."""
        return str(site.access(self.county_admin).session)

    def pay(self, place: Any, number: str, means: str = "cash", meets: str = "ok", **fields: Any) -> Any:
        from yifen.trades.agency.deposits import DepositOrder, pay

        with self.meeting(meets):
            return pay(self.cores(self.web), place, DepositOrder(UNIT, number, means, **fields), self.clock())

    @contextmanager
    def meeting(self, meets: str) -> Any:
        self.core.orders.append(meets)
        try:
            yield
        finally:
            self.core.orders.clear()

    def take_back(self, serial: str, meets: str = "ok") -> Any:
        from yifen.face.plain import plain_connection
        from yifen.trades.agency.deposits import take_back

        with self.meeting(meets), plain_connection() as conn:
            signed = signature(self.supervisor)
            return take_back(self.cores(conn), site.access(self.teller), serial, signed, "录错", NOW)

    def expected_fen(self) -> int:
        from yifen.trades.counter import queries

        self.shift.refresh_from_db()
        return queries.expected_fen(self.shift)

    def posted(self, serial: str) -> list[tuple[str, int]]:
        """The core's own lines of a serial."""
        return [(line.account_no, line.fen) for line in self.books.journal if line.serial == serial]

    def balance(self, account_no: str) -> int:
        return self.books.balances()[account_no]

    def ledger(self, code: str) -> int:
        """Credits less debits of an account of the hub."""
        return int(self.rows(
            "SELECT coalesce(sum(b.credit_posted_fen - b.debit_posted_fen), 0) FROM ledger_balance b"
            " JOIN ledger_account a USING (account_id) WHERE a.code = %s", code)[0][0])  # fmt: skip

    # --- the exchange ----------------------------------------------------------------------------

    def cheque(self, place: Any, number: str, fen: int, cheque_no: str = "", written: date = DAY,
               bank: str = BANK) -> int:  # fmt: skip
        from yifen.trades.agency.cheques import ChequeIn, accept

        cheque_no = cheque_no or f"{next(_NUMBERS):08d}"
        return accept(self.web, place, ChequeIn(UNIT, number, bank, "青溪纸业", cheque_no, written, fen), NOW)

    def open_session(self, opener: Any = None) -> int:
        """The next one; where the day has its nine, those before are made other days'."""
        from yifen.trades.agency.cheques import open_session

        if self.rows("SELECT count(*) FROM agency_session WHERE day > '2020-01-01'")[0][0] < 9:
            return open_session(self.web, site.access(opener or self.supervisor).session, NOW)
        with psycopg.connect(self.place.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("UPDATE agency_cheque c SET session_day = date '2000-01-01' + s.session_id::integer"
                         " FROM agency_session s WHERE s.closed_at IS NOT NULL"
                         " AND (s.institution_id, s.day, s.number) = (c.exchange_id, c.session_day, c.session_no)")
            conn.execute("UPDATE agency_session SET day = date '2000-01-01' + session_id::integer"
                         " WHERE closed_at IS NOT NULL")  # fmt: skip
        return open_session(self.web, site.access(opener or self.supervisor).session, NOW)

    def present(self) -> int:
        """In the session that is open, or in the next one."""
        from yifen.trades.agency.cheques import present

        if not self.rows("SELECT 1 FROM agency_session WHERE closed_at IS NULL"):
            self.open_session()
        return present(self.web, site.access(self.supervisor).session, NOW)

    def close_session(self, closer: Any = None, seen: Any = None) -> int:
        """The open one, or the next one, by another person than opened it."""
        from yifen.trades.agency.cheques import SeenCheques, close_session

        if not self.rows("SELECT 1 FROM agency_session WHERE closed_at IS NULL"):
            self.open_session()
        collects = "SELECT count(*), coalesce(sum(amount_fen), 0)::bigint FROM agency_collects_v1(%s)"
        shown = self.rows(collects, self.county)
        session = site.access(closer or self.closer).session
        return close_session(self.cores(self.web), self.county, session, seen or SeenCheques(*shown[0]), NOW)

    def come_back(self, cheque: int, why: str = "存款不足", by: Any = None) -> str:
        from yifen.trades.agency.cheques import come_back

        session = site.access(by or self.supervisor).session
        return come_back(self.cores(self.web), cheque, why, session, "sup-agency", NOW)

    def cheque_state(self, cheque: int) -> str:
        return str(self.rows("SELECT state FROM agency_cheque WHERE cheque_id = %s", cheque)[0][0])

