"""Files sent, batches run by the worker, the counter in between; in one hand."""

from itertools import count
from typing import Any

from tests.counter.standing import NOW, person
from tests.mandates.bench import CHANNEL, HOLDER, MandateBench
from tests.settlement.bank_side import Serving
from tests.web import site
from tests.web.province import Province

_FILES = count(1)


class DebitBench(MandateBench):
    """`finance` sends files, `checker` lets go with him."""

    def __init__(self, place: Province, serving: Serving) -> None:
        super().__init__(place, serving)
        self.finance = person("deb-f", self.county, "finance")
        self.checker = person("deb-c", self.county, "supervisor")
        self.rule()

    def rule(self, layout: str = "set", **fields: Any) -> None:
        """The biller's, from long ago."""
        said = {"opens_at": "00:00", "closes_at": "23:59", "late": "frozen", "again_most": 2} | fields
        self.owner("DELETE FROM debit_rule r WHERE NOT EXISTS (SELECT FROM debit_batch b WHERE b.rule_id = r.rule_id)")
        self.owner("INSERT INTO debit_rule (biller_id, from_on, layout, opens_at, closes_at, late, again_most,"
                   " proposal_id) SELECT %s, '2026-01-01'::date + count(*)::integer, %s, %s, %s, %s, %s, 1"
                   " FROM debit_rule",
                   self.biller, layout, *(said[name] for name in ("opens_at", "closes_at", "late", "again_most")))

    @property
    def session(self) -> str:
        return str(site.access(self.finance).session)

    def payer(self, fen: int, **bills_fen: int) -> tuple[str, str]:
        """A customer with bills, who agreed that a card with so much pays them: (customer, card)."""
        customer, card = self.customer(**bills_fen), self.card(fen)
        self.sign(customer, card, batch=True)
        return customer, card

    def written(self, rows: list[Any], layout: str = "set", head: dict[str, str] | None = None) -> bytes:
        """A file of (customer, account, fen[, ref[, name]])."""
        from yifen.trades.debits.layouts import LAYOUTS
        from yifen.trades.debits.layouts.forms import FiledRow

        asked = [FiledRow(place, row[0], row[1], row[4] if len(row) > 4 else HOLDER, row[3] if len(row) > 3 else "",
                          row[2], None, b"") for place, row in enumerate(rows, 1)]  # fmt: skip
        said = head or {"month": "202611", "batch": "0001", "MsgId": "M1", "CreDtTm": "2026-11-23T00:00:00"}
        return b"".join(LAYOUTS[layout].write(said, asked))

    def send(self, data: bytes, name: str = "") -> int:
        """As the page takes it; answers the batch."""
        from yifen.trades.debits import files

        return files.take_in(self.web, self.ring, self.session, self.biller, name or f"DK{next(_FILES):04d}.txt", data,
                             self.clock())  # fmt: skip

    def sides(self) -> Any:
        from yifen.trades.debits.running import DebitSides

        return DebitSides(self.cores(self.worker), self.hub)

    def run(self, batch: int, *meets: str, turns: int = 1) -> str:
        """The worker, until nothing can be done now; answers the state."""
        from yifen.trades.debits.running import advance

        with self.meeting(*meets):
            for _ in range(turns):
                state = advance(self.sides(), batch, self.clock)
                if turns > 1:
                    self.clock.turn(61)
        return state

    def checked(self, batch: int) -> str:
        """Only as far as its checks."""
        from yifen.trades.debits import files, running

        while (found := files.find(self.worker, batch)).state == "checking":
            running.check(self.worker, self.ring, found, self.clock())
        return found.state

    def let_go(self, batch: int) -> None:
        """Two people."""
        from yifen.trades.debits import deciding

        site.agree(self.checker, deciding.propose_let_go(site.access(self.finance), batch, "照扣", NOW), NOW)

    def items(self, batch: int) -> list[tuple[str, int | None, int]]:
        """(state, code, fen) in the order of the file."""
        return self.rows(  # type: ignore[return-value]
            "SELECT state, code, amount_fen FROM debit_item WHERE batch_id = %s ORDER BY place", batch)

    def result(self, batch: int) -> bytes:
        from yifen.trades.debits import files

        return b"".join(files.result(self.web, self.ring, batch))

    def paid(self, customer: str) -> list[tuple[Any, ...]]:
        """The payments of a customer: fen, payer's state, channel."""
        return self.rows("SELECT y.amount_fen, y.payer_state::text, c.code FROM payment y JOIN partner c"
                         " ON c.id = y.channel_id WHERE y.account_no = %s ORDER BY y.payment_id", customer)

    def charged(self, customer: str, ref: str, fen: int) -> Any:
        """A bill paid on another channel: the code."""
        from yifen.core.wire.messages import Charge, Line

        message = Charge(serial=f"CH{next(_FILES)}", biller=self.code, account_no=customer, amount_fen=fen,
                         lines=[Line(payable=ref, amount_fen=fen)], paid_at=self.clock())  # fmt: skip
        return self.hub.charge_all(self.place.own.channel_code, [message])[0]

    def kept(self) -> int:
        """How many bills are kept for anybody."""
        return int(self.rows("SELECT count(*) FROM payable WHERE kept_for IS NOT NULL")[0][0])

    def altered(self) -> list[str]:
        from yifen.trades.debits.proof import altered

        return super().altered() + altered(self.worker)


__all__ = ["CHANNEL", "DebitBench"]
