"""A world that can be settled: agreements, merchants, payees and a bank, by plain SQL."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.world import DAY, NOON, World, sealed_no
from yifen.trades.settlement.operations.settle import Settled, settle

NEXT = DAY + timedelta(days=1)
LONG_BEFORE = date(2020, 1, 1)
WHOLE = ((0, 10_000, 0),)  # one per cent of everything


class Squared(World):
    """The world of tests/world.py with the rows of settlement."""

    def agreement(
        self, biller: str, tiers: tuple[tuple[int, int, int], ...] = WHOLE, **fields: Any
    ) -> int:
        """Tiers: (from, ppm, fen each). Fields: valid_from, mode, period, measure, min_fen, …"""
        row = {"biller_id": self.ids[biller], "valid_from": LONG_BEFORE, "mode": "net",
               "period": "day", "measure": "amount", "min_fen": 0, "cap_fen": None,
               "lag_days": 1, "make_up_days": True, "payout": False}  # fmt: skip
        number = int(self._insert("agreement", row | fields, "id"))
        for start, ppm, each in tiers:
            self._insert("agreement_tier", {"agreement_id": number, "from_measure": start,
                                            "rate_ppm": ppm, "each_fen": each})  # fmt: skip
        return number

    def merchant(
        self, biller: str, parent: str | None = None, level: str = "store", pooled: bool = False
    ) -> None:
        self._insert("merchant", {
            "biller_id": self.ids[biller], "parent_id": self.ids[parent] if parent else None,
            "level": level, "pooled": pooled,
        })  # fmt: skip

    def share(self, merchant: str, beneficiary: str, ppm: int) -> None:
        self._insert("merchant_split", {
            "merchant_id": self.ids[merchant], "beneficiary_id": self.ids[beneficiary],
            "share_ppm": ppm,
        })  # fmt: skip

    def bank(self, code: str = "ABC", endpoint: str = "") -> int:
        """A bank of ours; its account is 1002.CODE."""
        account = self.account(f"1002.{code}")
        self._insert("bank", {
            "partner_id": self.partner(code), "account_no": "9551000000000001",
            "account_name": "益分清算", "account_id": account, "endpoint": endpoint,
        })  # fmt: skip
        return self.ids[code]

    def payee(self, biller: str, bank: str = "ABC", account_no: str = "6222000000000001") -> None:
        self._insert("payee", {
            "biller_id": self.ids[biller], "bank_id": self.ids[bank], "account_no": sealed_no(account_no),
            "account_name": f"单位{biller}", "bank_code": "102100099996",
            "bank_name": "中国工商银行总行清算中心",
        })  # fmt: skip

    def pay(self, biller: str, amount_fen: int, account_no: str = "P1", **fields: Any) -> str:
        """A payment of just that much; answers its serial."""
        number = self.value("SELECT count(*) FROM payment_serial")
        ref, serial = f"R{number}", f"S{number}"
        self.owe(biller, account_no, ref, amount_fen)
        booked = self.charge(serial, {ref: amount_fen}, biller=biller, account_no=account_no,
                             **fields)  # fmt: skip
        assert booked.code == 0
        return serial

    def settle(self, biller: str, day: date = DAY, now: datetime = NOON, **fields: Any) -> Settled:
        return settle(self.conn, self.ids[biller], day, now, **fields)

    def shows(self, document_id: int) -> None:
        """The bank's statement has the line that this document expects, found by a run."""
        file_id = self.value(
            "INSERT INTO recon_file SELECT nextval('recon_file_no'), e.partner_id, e.business_day,"
            " 1 + (SELECT count(*) FROM recon_file), 'camt', 's.xml', sha256(e.serial::bytea), 1, 1,"
            " e.amount_fen, 0, now(), 'test' FROM recon_expected e WHERE document_id = %s"
            " RETURNING file_id", document_id)  # fmt: skip
        self.run("INSERT INTO recon_file_part SELECT %s, 0, 1, serial::bytea FROM recon_expected"
                 " WHERE document_id = %s", file_id, document_id)  # fmt: skip
        self.run("INSERT INTO recon_row (file_id, line_no, kind, serial, amount_fen, fee_fen)"
                 " SELECT %s, 1, kind, serial, amount_fen, 0 FROM recon_expected"
                 " WHERE document_id = %s", file_id, document_id)  # fmt: skip
        self.set_up("UPDATE recon_expected SET done = true, file_id = %s, line_no = 1"
                 " WHERE document_id = %s", file_id, document_id)  # fmt: skip

    def keeps(self, channel: str, fee_fen: int, day: date = DAY) -> None:
        """The channel's file of the day has a line that says so."""
        file_id = self.made(
            "INSERT INTO recon_file SELECT nextval('recon_file_no'), %s, %s, 1, 'hub', 'f', sha256('f'), 1, 1, 0,"
            " -%s, now(), 'test' RETURNING file_id", self.ids[channel], day, fee_fen)  # fmt: skip
        self.set_up("INSERT INTO recon_file_part VALUES (%s, 0, 1, 'f')", file_id)
        self.set_up("INSERT INTO recon_row (file_id, line_no, kind, serial, amount_fen, fee_fen)"
                    " VALUES (%s, 1, 'sale', 'FEE', 0, -%s)", file_id, fee_fen)  # fmt: skip

    def again(self, biller: str, now: datetime) -> Any:
        """Code and amount of what two people send again to the payee from where it came back."""
        self.two_people("payouts.again", biller, {"biller": self.ids[biller]}, self.ids[biller])
        return self.rows("SELECT code, document_id, amount_fen FROM payout_again_v1(%s, %s, %s)",
                         self.ids[biller], NEXT, now)[0]  # fmt: skip

    def parts(self, document_id: int | None) -> dict[tuple[str, str], int]:
        """(biller, reason) → fen."""
        rows = self.rows(
            "SELECT p.code, s.reason, s.amount_fen FROM settlement_part s"
            " JOIN partner p ON p.id = s.biller_id WHERE s.document_id = %s", document_id)  # fmt: skip
        return {(code, reason): fen for code, reason, fen in rows}

    def free(self) -> dict[str, int]:
        """Posted credits less debits of every account that is not at zero."""
        return {code: row[3] - row[1] for code, row in self.balances().items() if row[3] != row[1]}
