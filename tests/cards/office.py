"""A bureau with its issuing bank BANK1 and cards in a small network: words signed and taken as the door and the worker
do, all else by the functions."""

from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from tests.budget.bureau import CODE, Bureau
from tests.world import DAY, World, the_ring
from yifen.core.plugs import result_code
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.trades.cards.doors import signing, taking
from yifen.trades.cards.words import xml_words
from yifen.trades.cards.words.wording import CardSaid, CardWord, SwipeSaid

SECRET = b"a shared secret of the bank 0001"
CARD = "6283880000000001"


class CardOffice(Bureau):
    """P01 holds CARD, confirmed at 101001, which has 1,000,000 fen of quota (IND1). Z01 approves at the root."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.serials = 0
        self.bank = world.partner("BANK1")
        world.set_up(
            "INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint)"
            " VALUES (%s, '9551000000000009', '发卡行', %s, '')",
            self.bank,
            world.account("1002.BANK1"),
        )
        world.key("BANK1", 1, "hmac-sha256", SECRET)
        assert self.agreed("cards.issuer", "cards_issuer_v1", {"bank_id": self.bank}) == "OK"
        assert self.grant("IND1", 1_000_000) == "OK"
        assert self.arrive("IND1", 1_000_000) == "OK"
        assert self.take(cards=[self.card()]) == []
        assert self.confirm() == "OK"

    # --- what the bank says ----------------------------------------------------------------------

    def card(self, kind: str = "new", minutes: int = 0, card_no: str = CARD, **fields: Any) -> CardSaid:
        """A change, so many minutes after the bank's first word."""
        said = {
            "kind": kind,
            "at": self.world.now - timedelta(hours=3) + timedelta(minutes=minutes),
            "card_no": card_no,
        }
        if kind == "new":
            said |= {"staff_no": "P01", "name": "姓名P01", "unit": "101001", "limit_fen": 5_000_000}
        return CardSaid(**(said | fields))

    def swipe(self, number: str, fen: int = 120_000, kind: str = "cleared", **fields: Any) -> SwipeSaid:
        said = {
            "kind": kind,
            "card_no": CARD,
            "number": number,
            "swiped_at": self.world.now - timedelta(hours=1),
            "amount_fen": fen,
            "reference": f"R{number}",
            "posted_on": None if kind == "auth" else DAY,
            "merchant": "青溪宾馆",
            "mcc": "7011",
        }
        return SwipeSaid(**(said | fields))

    def push(self, body: bytes, name: str | None = None, secret: bytes = SECRET, at: datetime | None = None) -> None:
        """Signed, and kept as the door does."""
        now = at or self.world.now
        key = Key(partner="BANK1", version=1, algorithm="hmac-sha256", secret=secret)
        headers = http_signed.sign_request("POST", signing.PUSH, body, key, int(now.timestamp()), name)
        taking.take(self.world.conn, the_ring(), headers, body, now)

    def take(self, cards: list[CardSaid] = [], swipes: list[SwipeSaid] = []) -> list[str]:  # noqa: B006
        """Of one message, the codes of its refused rows."""
        self.serials += 1
        self.push(xml_words.written(CardWord(serial=f"W{self.serials}", bureau=CODE, cards=cards, swipes=swipes)))
        return self.taken()

    def taken(self) -> list[str]:
        """By the worker: the codes of the rows of the newest word that were refused, or of the whole word."""
        taking.take_all(self.world.conn, the_ring(), lambda: self.world.now)
        word, code = self.world.rows("SELECT word_id, code FROM card_word_end ORDER BY word_id DESC LIMIT 1")[0]
        if code:
            return [result_code(code).name]
        return [
            result_code(one).name
            for (one,) in self.world.rows(
                "SELECT code FROM card_word_row WHERE word_id = %s AND code <> 0 ORDER BY row_no", word
            )
        ]

    # --- what people do --------------------------------------------------------------------------

    def confirm(self, login: str = "c01", unit: str = "101001", yes: bool = True, card: int | None = None) -> str:
        return self.code(
            "SELECT cards_confirm_v1(%s, %s, %s, %s, %s)",
            login,
            card or self.card_id(),
            self.unit(unit),
            yes,
            self.world.now,
        )

    def mark(self, number: str, mark: str = "official", unit: str | None = "101001", login: str = "p01") -> str:
        unit_id = self.unit(unit) if unit and mark == "official" else None
        return self.code(
            "SELECT cards_mark_v1(%s, %s, %s, %s, %s)", login, self.swipe_id(number), mark, unit_id, self.world.now
        )

    def swiped(self, number: str, fen: int = 120_000, **fields: Any) -> int:
        """Told, taken in and marked official."""
        assert self.take(swipes=[self.swipe(number, fen, **fields)]) == []
        assert self.mark(number) == "OK"
        return self.swipe_id(number)

    def line(self, number: str | None, fen: int, **fields: Any) -> dict[str, Any]:
        said: dict[str, Any] = {"swipe": self.swipe_id(number) if number else None, "fen": fen, "item": "08"}
        return said | fields

    def ask(
        self,
        *lines: dict[str, Any],
        login: str = "p01",
        unit: str = "101001",
        kind: str = "claim",
        of: int | None = None,
        purpose: str = "出差桂林",
        person: int | None = None,
    ) -> tuple[str, int | None]:
        code, claim, _line, _left = self.asked(
            *lines, login=login, unit=unit, kind=kind, of=of, purpose=purpose, person=person
        )
        return code, claim

    def asked(
        self,
        *lines: dict[str, Any],
        login: str = "p01",
        unit: str = "101001",
        kind: str = "claim",
        of: int | None = None,
        purpose: str = "出差桂林",
        person: int | None = None,
    ) -> tuple[Any, ...]:
        """(code, claim, line that failed, what quota is left there)."""
        code, claim, line, left = self.world.rows(
            "SELECT code, claim_id, line_no, left_fen FROM cards_ask_v1(%s, %s, %s, %s, %s, %s, %s, %s)",
            login,
            self.unit(unit),
            person,
            kind,
            of,
            purpose,
            Jsonb(list(lines)),
            self.world.now,
        )[0]
        return result_code(code).name, claim, line, left

    def sign(self, claim: int | None, *logins: str, yes: bool = True) -> list[str]:
        """Each in turn, who sees what stands there."""
        return [
            self.code(
                "SELECT cards_sign_v1(%s, %s, cards_shown_v1(%s), %s, %s, %s)",
                login,
                claim,
                claim,
                yes,
                "" if yes else "发票不清",
                self.world.now,
            )
            for login in logins
        ]

    def approved(self, *lines: dict[str, Any], **more: Any) -> int:
        code, claim = self.ask(*lines, **more)
        assert code == "OK", code
        assert claim is not None
        assert self.sign(claim, "c01", "h01") == ["OK", "OK"]
        return claim

    # --- what the treasury does ------------------------------------------------------------------

    def repayment(self, claim: int, line: int = 1) -> int:
        return int(
            self.world.value(
                "SELECT repayment_id FROM card_repayment WHERE claim_id = %s AND line_no = %s", claim, line
            )
        )

    def vouch(self, *repayments: int, number: str = "V1") -> str:
        return self.as_trade("SELECT cards_vouch_v1(%s, %s, %s)", list(repayments), number, self.world.now)

    def repaid(self, repayment: int, result: str = "paid", serial: str = "B1") -> str:
        return self.as_trade("SELECT cards_repaid_v1(%s, %s, %s, %s)", repayment, result, serial, self.world.now)

    def returned(self, repayment: int, fen: int, year: int = DAY.year, cleared: bool = False) -> str:
        return self.as_trade(
            "SELECT cards_return_v1(%s, %s, %s, %s, %s)", repayment, fen, year, cleared, self.world.now
        )

    def leavers(self) -> int:
        return int(self.world.value("SELECT cards_leavers_v1(%s, %s)", self.id, self.world.now))

    # --- what stands there -----------------------------------------------------------------------

    def card_id(self, card_no: str = CARD) -> int:
        return int(
            self.world.made("SELECT card_id FROM card WHERE lookup = ANY(%s)", taking.lookups(the_ring(), card_no))
        )

    def state(self, card_no: str = CARD) -> str:
        return str(self.world.value("SELECT state FROM card WHERE card_id = %s", self.card_id(card_no)))

    def swipe_id(self, number: str) -> int:
        return int(self.world.made("SELECT max(swipe_id) FROM card_swipe WHERE number = %s", number))

    def mine(self, login: str = "p01", swipe: int | None = None) -> list[tuple[Any, ...]]:
        """(number, mark, left) as its holder's session reads them, the oldest first."""
        rows = self.world.rows(
            "SELECT swipe_id, mark, left_fen FROM cards_mine_v1(%s, %s, NULL, 200) ORDER BY 1", login, swipe
        )
        with self.world.as_owner():
            numbers = dict(self.world.rows("SELECT swipe_id, number FROM card_swipe"))
        return [(numbers[one], mark, left) for one, mark, left in rows]

    def official(self) -> list[tuple[Any, ...]]:
        return self.world.rows(
            "SELECT amount_fen, refunded_fen, claimed_fen, left_fen FROM card_official ORDER BY swipe_id"
        )

    def ledger(self) -> dict[str, int]:
        """Debit less credit of the bureau's accounts, by their first four digits, where not zero."""
        return {
            code[:4]: posted[1] - posted[3] for code, posted in self.world.balances().items() if posted[1] != posted[3]
        }

    def postings(self, claim: int) -> list[tuple[str, int]]:
        return self.world.rows(
            "SELECT kind, amount_fen FROM card_entry WHERE claim_id = %s ORDER BY document_id DESC", claim
        )
