"""Who stands at the counter, and what a test puts on it."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

from tests.web import site
from tests.web.province import Province
from tests.world import LONG_AGO, sealed_key, the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.hub.payments import payables
from yifen.hub.payments.payables import NewPayable

_numbers = count(1)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def person(login: str, institution: int, role: str) -> Any:
    """Somebody with a role, a second factor and a password."""
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.models import User, UserRole

    user = User.objects.create(login=login, name=f"用户{login}", institution_id=institution,
                               must_change_password=False, created_at=NOW)  # fmt: skip
    user.set_password(site.PASSWORD)
    user.save()
    UserRole.objects.create(user=user, role=role)
    make_authenticator(user, confirmed=True)
    return user


def signature(checker: Any) -> Any:
    """Of one who types his own password at the teller's screen."""
    from yifen.core.access.hashers import Argon2Proof
    from yifen.core.access.second import Signature

    return Signature(checker, Argon2Proof().proof(site.PASSWORD, checker.password))


def day_before(place: Province, shift: Any) -> None:
    """A shift of a business day that is closed; nobody but the owner of the server makes one so."""
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE counter_shift SET business_day = business_day - 1 WHERE id = %s", (shift.pk,))
    shift.refresh_from_db()


def opened_with(place: Province, teller: Any, opening_fen: int, now: datetime) -> Any:
    """A drawer that had cash before these books began, which the owner alone may say."""
    from yifen.trades.counter.operations import shifts

    with site.as_owner(place.database):
        return shifts._opened(teller, opening_fen, now)


class Counter:
    """One teller of county 青溪, a supervisor, and an account number with fresh bills."""

    def __init__(self, place: Province) -> None:
        self.place, self.number = place, next(_numbers)
        self.teller = person(f"t{self.number:03d}", place.own.branch, "teller")
        self.supervisor = place.users["supervisor"]
        self.account_no = f"88{self.number:06d}"
        self.owe(B1=10_000, B2=2_345)

    @property
    def hub(self) -> Any:
        from yifen.face.shell.hub import local_hub

        return local_hub()

    def owe(self, biller_id: int | None = None, mode: str = "exact", name: str = "欧阳小明",
            min_fen: int = 1, max_fen: int = 10**15 - 1, **bills_fen: int) -> None:  # fmt: skip
        """Bills of this counter's account number."""
        biller_id = biller_id or self.place.own.biller
        rows = [
            NewPayable(biller_id, self.account_no, ref, f"电费{ref}", mode, fen, None, min_fen,
                       max_fen, date(2026, 11, 30))
            for ref, fen in bills_fen.items()
        ]  # fmt: skip
        bucket = account_bucket(biller_id, self.account_no, self.place.database.buckets)
        payers = payables.pack_payers(the_ring(), bucket, [(biller_id, self.account_no, name)])
        with psycopg.connect(self.place.database.owner_url) as conn:
            conn.execute(payables.PAYERS_SQL, payers)
            conn.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, rows))

    def remote_biller(self) -> str:
        """A biller of this county whose own system does not answer."""
        code = f"GAS{self.number:03d}"
        with psycopg.connect(self.place.database.owner_url) as conn:
            (partner,) = conn.execute(
                "INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json,"
                " encoding, unit) VALUES (%s, '青溪燃气', %s, 1, false, true, true, 'UTF-8', 'fen')"
                " RETURNING id", (code, self.place.own.county),
            ).fetchone()  # fmt: skip
            (transit,) = conn.execute(
                "SELECT ledger_open_account_v1(1, %s, '过渡账户', 'liability',"
                " 'credit_covers_debit'::ledger_limit)", (f"2241.{code}",),
            ).fetchone()  # fmt: skip
            conn.execute(
                "INSERT INTO biller (partner_id, category, transit_id, endpoint, dialect,"
                " timeout_s, calls_max) VALUES (%s, 'gas', %s, 'http://127.0.0.1:9', 'xml', 1, 4)",
                (partner, transit),
            )  # fmt: skip
            conn.execute(
                "INSERT INTO admission (channel_id, biller_id, clearing_id, active)"
                " SELECT d.id, %s, ledger_open_account_v1(1, '1121.DESK', '清算', 'asset',"
                " 'none'::ledger_limit), true FROM partner d WHERE d.code = 'DESK'", (partner,),
            )  # fmt: skip
            conn.execute(
                "INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
                " VALUES (%s, 1, 'sha1', %s, %s)",
                (partner, sealed_key(code, 1, bytes(16)), LONG_AGO),
            )  # fmt: skip
        self.owe(partner, G1=3_000)
        self.settle_roster()
        return code

    def settle_roster(self) -> None:
        """The hub of the pages knows what was just registered."""
        self.hub.stop()

    def decide(self, payment_id: int, outcome: str) -> None:
        """The biller's own system answers at last."""
        from yifen.hub.payments.calls import RESULT_SQL, ResultWork, pack_results

        work = ResultWork(payment_id, outcome)
        params = pack_results(payment_id % 1000, NOW, [work], self.place.database.buckets)
        with psycopg.connect(self.place.database.app_url) as conn:
            conn.execute(RESULT_SQL, params)

    def payments(self) -> list[tuple[int, str, str]]:
        """(fen, payer state, biller state) of what was paid for this account number."""
        with psycopg.connect(self.place.database.app_url) as conn:
            return conn.execute(
                "SELECT amount_fen, payer_state::text, biller_state::text FROM payment"
                " WHERE account_no = %s ORDER BY payment_id", (self.account_no,),
            ).fetchall()  # fmt: skip

    # --- the operations ------------------------------------------------------------------------

    def open(self, opening_fen: int = 50_000) -> Any:
        from yifen.trades.counter.operations.shifts import open_shift

        if opening_fen > 0 and not self.teller.shifts.exists():
            return opened_with(self.place, self.teller, opening_fen, NOW)
        return open_shift(self.teller, opening_fen, NOW)

    def order(self, kind: str = "cash", tendered_fen: int | None = None, biller: str = "",
              from_account: str = "", **bills_fen: int) -> Any:  # fmt: skip
        from yifen.trades.counter.models import PayKind
        from yifen.trades.counter.orders import DeskOrder, EntryLine, PayMeans

        bills_fen = bills_fen or {"B1": 10_000, "B2": 2_345}
        lines = tuple(EntryLine(ref, f"电费{ref}", fen) for ref, fen in bills_fen.items())
        return DeskOrder("4623", biller or self.place.own.biller_code, self.account_no, "**小明", lines,
                     PayMeans(PayKind(kind), tendered_fen, from_account))  # fmt: skip

    def serial(self) -> str:
        """As the form shows it."""
        from yifen.trades.counter import queries

        shift = queries.open_shift_of(self.teller)
        assert shift is not None
        return queries.next_serial(shift)

    def prepare(self, serial: str = "", **order: Any) -> Any:
        from yifen.trades.counter.operations.collect import prepare

        return prepare(self.teller, serial or self.serial(), self.order(**order), NOW)

    def send(self, entry: Any) -> Any:
        from yifen.trades.counter.operations.collect import send

        return send(self.hub, self.teller, entry.pk, NOW)

    def collect(self, serial: str = "", **order: Any) -> Any:
        return self.send(self.prepare(serial, **order))

    def reverse(self, entry: Any, checker: Any = None, reason: str = "收错户", back: Any = ()) -> Any:
        from yifen.trades.counter.operations.reverse import reverse

        signed = signature(checker or self.supervisor)
        return reverse(self.hub, site.access(self.teller), entry.pk, signed, reason, NOW, back)

    def yesterday(self, entry: Any) -> Any:
        """The payment of this entry, as if it were of a day that is closed."""
        entry.refresh_from_db()
        entry.business_day -= timedelta(days=1)
        entry.save()
        with psycopg.connect(self.place.database.super_url) as conn:
            conn.execute("UPDATE payment SET business_day = business_day - 1 WHERE payment_id = %s",
                         (entry.payment_id,))  # fmt: skip
        return entry

    def refund(self, entry: Any, fen: int, serial: str = "", checker: Any = None, hub: Any = None,
               back: Any = ()) -> Any:  # fmt: skip
        from yifen.trades.counter import queries
        from yifen.trades.counter.operations.refund import refund

        return refund(hub or self.hub, site.access(self.teller), serial or queries.next_refund(entry), fen,
                      entry.pk, signature(checker or self.supervisor), "多收", NOW, back)  # fmt: skip

    def find(self, entry: Any) -> Any:
        from yifen.trades.counter.operations.find import find

        entry.refresh_from_db()
        return find(self.hub, entry, NOW)

    def close(self, counted: dict[int, int], checker: Any = None, reason: str = "") -> Any:
        from yifen.trades.counter.operations.shifts import close_shift

        return close_shift(site.access(self.teller), counted, NOW, checker and signature(checker), reason)
