"""Ten partners of a book, each a channel with the one biller that it pays: what poisons one of them, and what
mends it."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.endofday.network import DAY, Network
from tests.world import sealed_no
from yifen.hub import landing
from yifen.night import files_in, inbox
from yifen.night.reports import partner_statement
from yifen.trades.reconciliation import files, runs
from yifen.trades.settlement.operations import settle

SICK = 4
CHANNELS, BILLERS = [f"C{n}" for n in range(10)], [f"B{n}" for n in range(10)]
CHANNEL, BILLER = CHANNELS[SICK], BILLERS[SICK]
REAL = {"open": files.open_file, "pdf": partner_statement.as_pdf, "run": runs.reconcile,
        "move_aside": inbox.move_aside, "_take": inbox._take, "_landed": landing._landed, "settle": settle._settle,
        "read": partner_statement.read}  # fmt: skip


class TenPartners(Network):
    """A payment each; channels send the hub's form, billers are paid out daily."""

    def _build(self) -> None:
        world, self.lines = self.world, []
        world.partner("CMB")
        world._insert("bank", {"partner_id": world.ids["CMB"], "account_no": "6225", "endpoint": "",
                               "account_name": "省联社", "account_id": world.account("1002.CMB")})  # fmt: skip
        for number, (channel, biller) in enumerate(zip(CHANNELS, BILLERS, strict=True)):
            world.biller(biller)
            world.channel(channel)
            world.admit(channel, biller)
            self._terms_of(biller)
            world._insert("recon_profile", {
                "partner_id": world.ids[channel], "party": "channel", "truth": "theirs", "format": "hub",
                "owner": "", "slack_min": 30, "by_rule": False, "rule_window_min": 60,
                "by_group": False, "deadline_days": 3,
            })  # fmt: skip
            self.pay(channel, f"S{number}", biller, 10_000 + number)

    def _terms_of(self, biller: str) -> None:
        world, biller_id = self.world, self.world.ids[biller]
        agreement = world._insert("agreement", {
            "biller_id": biller_id, "valid_from": date(2026, 1, 1), "mode": "net", "period": "day",
            "measure": "amount", "min_fen": 0, "lag_days": 0, "make_up_days": True, "payout": True,
        }, "id")  # fmt: skip
        world._insert("agreement_tier", {"agreement_id": agreement, "from_measure": 0, "rate_ppm": 3_000,
                                         "each_fen": 0})  # fmt: skip
        world._insert("merchant", {"biller_id": biller_id, "level": "store", "pooled": False})
        self.payee(biller)

    def payee(self, biller: str) -> None:
        self.world._insert("payee", {
            "biller_id": self.world.ids[biller], "bank_id": self.world.ids["CMB"],
            "account_no": sealed_no("6217002700000316788"), "account_name": "自来水公司",
            "bank_code": "103100000000", "bank_name": "农行",
        })  # fmt: skip

    def send_all(self) -> None:
        for channel in CHANNELS:
            self.send_ours(channel)

    def sick_file(self) -> Any:
        return self.inbox / CHANNEL / f"{CHANNEL}-{DAY}"

    def well(self) -> dict[str, set[str]]:
        """Who has what."""
        rows, day = self.world.rows, DAY
        return {
            "files": {code for (code,) in rows(
                "SELECT p.code FROM daily_file f JOIN partner p ON p.id = f.partner_id WHERE business_day = %s",
                day)} - {"CMB"},
            "runs": {row[0] for row in self.books()["runs"]},
            "settled": {row[0] for row in self.books()["settlements"]},
            "paid": {row[0] for row in self.books()["payouts"]},
            "csv": {row[0] for row in self.books()["statements"] if row[2] == "csv"},
            "pdf": {row[0] for row in self.books()["statements"] if row[2] == "pdf"},
        }  # fmt: skip


ALL = {"files": {*CHANNELS, *BILLERS}, "runs": set(CHANNELS), "settled": set(BILLERS), "paid": set(BILLERS),
       "csv": {*CHANNELS, *BILLERS}, "pdf": {*CHANNELS, *BILLERS}}  # fmt: skip
Act = Callable[[TenPartners, pytest.MonkeyPatch], None]


class Poison(NamedTuple):
    """`before`: the cut; `after`: it, with all files in the inbox; `mend`: what a person does in the morning.
    `named`: who is named, with which code; `lacks`: what that one does not have."""

    name: str
    named: tuple[str, int]
    lacks: dict[str, set[str]]
    before: Act = lambda network, patch: None
    after: Act = lambda network, patch: None
    mend: Act = lambda network, patch: patch.undo()
    closes: bool = False


UNRECONCILED = {"runs": {CHANNEL}, "settled": {BILLER}, "paid": {BILLER}}


def raising(error: Exception) -> Act:
    """Their file does this to its reader."""

    def act(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
        def open_file(code: str, stream: Any, hints: Any) -> Any:
            if hints.owner == CHANNEL:
                raise error
            return REAL["open"](code, stream, hints)

        patch.setattr(files, "open_file", open_file)

    return act


def sent_again(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    patch.undo()
    network.send_ours(CHANNEL)


def broken(body: bytes) -> Act:
    return lambda network, patch: network.sick_file().write_bytes(body)


def name_of(name: Any) -> Act:
    """A file that no reader knows, under this name."""

    def act(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
        import os

        folder = os.fsencode(network.inbox / CHANNEL)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, os.fsencode(name)), "wb") as file:
            file.write(b"no file of ours\n")
        network.sick_file().unlink()

    return act


def unusable(what: str, error: OSError) -> Act:
    """The folder, or a file in it, that only some machines refuse; root may write everywhere."""

    def act(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
        def failing(*given: Any) -> Any:
            if any(CHANNEL in str(one) for one in given):
                raise error
            return REAL[what](*given)

        patch.setattr(landing if what == "_landed" else inbox, what, failing)

    return act


def folder_is_a_file(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    network.sick_file().unlink()
    (network.inbox / CHANNEL).rmdir()
    (network.inbox / CHANNEL).write_bytes(b"")


def folder_again(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    (network.inbox / CHANNEL).unlink()
    network.send_ours(CHANNEL)


def run_fails(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    def failing(conn: Any, profile: Any, *more: Any) -> Any:
        if profile.code == CHANNEL:
            conn.execute("SELECT 1 / 0")
        return REAL["run"](conn, profile, *more)

    patch.setattr(runs, "reconcile", failing)


def pdf_fails(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    def failing(data: Any, at: Any) -> bytes:
        if data.code == BILLER:
            raise ValueError("no such glyph \ud83d\0")
        return REAL["pdf"](data, at)

    patch.setattr(partner_statement, "as_pdf", failing)


def statement_unread(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    def failing(conn: Any, partner_id: int, *more: Any) -> Any:
        if partner_id == network.world.ids[BILLER]:
            conn.execute("SELECT no_such_column")
        return REAL["read"](conn, partner_id, *more)

    patch.setattr(partner_statement, "read", failing)


def sql(statement: str, code: str = BILLER) -> Act:
    return lambda network, patch: network.world.set_up(statement, network.world.ids[code])


def shares_too_many(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    ids = network.world.ids
    for other in (BILLERS[0], BILLERS[1]):
        network.world._insert("merchant_split", {"merchant_id": ids[BILLER], "beneficiary_id": ids[other],
                                                 "share_ppm": 600_000})  # fmt: skip


def odd_rows(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    for number, account_no in enumerate(("3|2|1201", "50%", "two\nlines", "\u202e😀\t", '"', "=1+1", "D|")):
        network.world.owe(BILLER, account_no, f"ODD{number}", 100)
        booked = network.world.charge(f"O{number}", {f"ODD{number}": 100}, channel=CHANNEL, biller=BILLER,
                                      account_no=account_no)  # fmt: skip
        assert booked.code == 0


def odd_name(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    name = "\u202e😀|\n\t\x01\"'#[*_$]\\\ue000\u2028𠮷&<b>{{}}"
    network.world.set_up("UPDATE partner SET name = %s WHERE id = %s", name, network.world.ids[BILLER])


def row_too_long(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    """What no door takes and no column of the file has room for."""
    network.world.owe(BILLER, "9" * 200, "LONG", 100)
    assert network.world.charge("LONG", {"LONG": 100}, channel=CHANNEL, biller=BILLER,
                                account_no="9" * 200).code == 0  # fmt: skip


def room_for_it(network: TenPartners, patch: pytest.MonkeyPatch) -> None:
    import re

    from yifen.core.facts import daily_cells

    patch.setitem(daily_cells._PATTERNS, "text", re.compile(r".{1,200}"))
    ran = network.run()  # makes both files; the channel's can be sent then
    assert ran.state == "waiting"
    network.send_ours(CHANNEL)


POISONS = [
    Poison("odd rows", ("", 0), {}, before=odd_rows, closes=True),
    Poison("odd name", ("", 0), {}, before=odd_name, closes=True),
    Poison("row too long", (CHANNEL, 8513), {**UNRECONCILED, "files": {CHANNEL, BILLER}}, before=row_too_long,
           mend=room_for_it),
    Poison("bad file", (CHANNEL, 8202), UNRECONCILED, after=broken(b""), mend=sent_again),
    Poison("bad row", (CHANNEL, 8212), UNRECONCILED, after=broken(b"H|1|C4|x\n"), mend=sent_again),
    Poison("zip bomb", (CHANNEL, 8203), UNRECONCILED, after=broken(b"PK\x03\x04" + bytes(50)), mend=sent_again),
    Poison("brackets", (CHANNEL, 8206), UNRECONCILED, after=broken(b"[" * 20_000 + b"\n"), mend=sent_again),
    *(Poison(f"reader {type(error).__name__}", (CHANNEL, 8201), UNRECONCILED, after=raising(error), mend=sent_again)
      for error in (RecursionError("deep"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), MemoryError(),
                    KeyError("x"), AssertionError(), ZeroDivisionError("\0"), psycopg.DataError("nul"))),
    Poison("reader's disk", (CHANNEL, 8512), UNRECONCILED, after=raising(OSError(28, "No space left")),
           mend=lambda network, patch: patch.undo()),
    Poison("name refused", (CHANNEL, 0), UNRECONCILED, after=name_of("refused"), mend=sent_again),
    Poison("name taken", (CHANNEL, 0), UNRECONCILED, after=name_of("taken"), mend=sent_again),
    Poison("name of 255 bytes", (CHANNEL, 0), UNRECONCILED, after=name_of("账" * 85), mend=sent_again),
    Poison("name of no text", (CHANNEL, 0), UNRECONCILED, after=name_of(b"\xff\xfe\x07\n"), mend=sent_again),
    Poison("folder unreadable", (CHANNEL, 8512), UNRECONCILED,
           after=unusable("_landed", PermissionError(13, "Denied"))),
    Poison("file unreadable", (CHANNEL, 8512), UNRECONCILED, after=unusable("_take", PermissionError(13, "Denied"))),
    Poison("folder full", (CHANNEL, 8512), {}, after=unusable("move_aside", OSError(28, "No space left on device"))),
    Poison("folder is a file", (CHANNEL, 8512), UNRECONCILED, after=folder_is_a_file, mend=folder_again),
    Poison("run fails", (CHANNEL, 8511), UNRECONCILED, after=run_fails),
    Poison("agreement broken", (BILLER, 8511), {"settled": {BILLER}, "paid": {BILLER}}, after=shares_too_many,
           mend=sql("DELETE FROM merchant_split WHERE merchant_id = %s")),
    Poison("settlement refused", (BILLER, 6012), {"settled": {BILLER}, "paid": {BILLER}},
           after=sql("UPDATE ledger_account SET closed = true WHERE account_id ="
                     " (SELECT transit_id FROM biller WHERE partner_id = %s)"),
           mend=sql("UPDATE ledger_account SET closed = false WHERE account_id ="
                    " (SELECT transit_id FROM biller WHERE partner_id = %s)")),
    Poison("payee missing", (BILLER, 8409), {"paid": {BILLER}}, after=sql("DELETE FROM payee WHERE biller_id = %s"),
           mend=lambda network, patch: network.payee(BILLER), closes=True),
    Poison("pdf", (BILLER, 8514), {"pdf": {BILLER}}, after=pdf_fails),
    Poison("statement unread", (BILLER, 8514), {"pdf": {BILLER}, "csv": {BILLER}}, after=statement_unread),
]  # fmt: skip
__all__ = ["ALL", "POISONS", "Poison", "TenPartners", "files_in"]
