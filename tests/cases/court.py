"""A court in a small network: its rule in force, channels that may collect for it, cases, statements; by the
functions."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.world import CHINA, DAY, World, the_ring
from yifen.core.plugs import result_code
from yifen.hub.payments.names import sealed_name
from yifen.trades.cases.rules import party_context

RULE = {"code": "桂0304", "valid_from": str(DAY), "main_no": "6217030400000000", "prefix": "62170304", "width": 6,
        "method": "luhn", "beyond": True, "claim_days": 3, "claim_working": True, "notice_days": 3,
        "notice_working": False,
        "payout_days": 30, "payout_working": False}  # fmt: skip


PAYER = json.dumps(["赵付款", "6222000011112222", "还款"]).encode()
"""Who paid each line of a statement."""


class Court:
    """桂0304 as COURT01, whose cases WX and POS collect for. `MORE`: of its rule."""

    MORE: Mapping[str, Any] = {}

    def __init__(self, world: World) -> None:
        self.world, self.closing, self.serials, self.cases = world, 0, 0, 0
        self.id = world.biller("COURT01")
        self.bank = world.partner("BANK1")
        world.set_up("INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint)"
                     " VALUES (%s, '9551000000000009', '案款开户行', %s, '')", self.bank,
                     world.account("1002.BANK1"))  # fmt: skip
        for channel in ("WX", "POS"):
            world.channel(channel)
            world.admit(channel, "COURT01")
        world.people()
        world.run("UPDATE access_user_role SET role = 'court_head' WHERE role = 'supervisor'")
        world.run("INSERT INTO access_user (login, name, person, institution_id, is_active, must_change_password,"
                  " session_key, session_until, created_at, password) SELECT 'seer01', 'seer01', 'seer01',"
                  " institution_id, true, false, encode(sha256('seer01'), 'hex'), session_until, created_at, ''"
                  " FROM access_user WHERE login = 'maker01'")  # fmt: skip
        world.run("INSERT INTO access_user_role (user_id, role) SELECT id, 'auditor' FROM access_user"
                  " WHERE login = 'seer01'")  # fmt: skip
        assert self.rule() == "OK"

    def rule(self, court: int = 0, **fields: Any) -> str:
        asked = RULE | {"bank_id": self.bank} | self.MORE | fields | {"court_id": court or self.id}
        proposal = self.world.two_people("cases.rule", f"{court} {asked['valid_from']}", asked, court or self.id)
        return self.code("SELECT cases_keep_rule_v1(%s, %s)", proposal, self.world.now)

    # --- cases ---------------------------------------------------------------------------------

    def ask(self, number: str, due_fen: int = 0, account_no: str = "", login: str = "maker01",
            entrusted: str = "") -> tuple[str, int | None]:  # fmt: skip
        account = account_no or self.world.value("SELECT cases_next_account_v1(%s, %s)", self.id, self.world.now)
        seal = the_ring().seal("李四".encode(), party_context(self.id, number))
        code, case = self.world.rows(
            "SELECT code, case_id FROM cases_open_v1(%s, %s, %s, %s, '', NULL, %s, %s, '{debtor}',"
            " ARRAY[%s::bytea], %s, %s)",
            login, self.id, number, account, due_fen, sealed_name(the_ring(), self.id, account, "李四"), seal,
            self.world.now, entrusted)[0]  # fmt: skip
        return result_code(code).name, case

    def case(self, due_fen: int = 0, number: str = "", account_no: str = "") -> tuple[int, str]:
        """(its number here, its sub-account number)."""
        self.cases += 1
        code, case = self.ask(number or f"(2026)桂0304执{self.cases}号", due_fen, account_no)
        assert code == "OK"
        assert case is not None
        return case, self.account(case)

    def account(self, case: int) -> str:
        return str(self.world.value("SELECT account_no FROM court_account WHERE case_id = %s", case))

    def act(self, name: str, case: int, login: str = "maker01") -> str:
        """close, reopen."""
        return self.code(f"SELECT cases_{name}_v1(%s, %s, %s)", login, case, self.world.now)

    def agreed(self, act: str, function: str, **content: Any) -> str:
        subject = str(next(iter(content.values())))
        proposal = self.world.two_people(act, subject, content, self.id)
        return self.code(f"SELECT {function}(%s, %s)", proposal, self.world.now)

    def merge(self, case: int, into: int) -> str:
        return self.agreed("cases.merge", "cases_merge_v1", case=case, into=into)

    def link(self, case: int, number: str, kind: str = "old") -> str:
        return self.agreed("cases.link", "cases_link_v1", case=case, number=number, kind=kind)

    def unlink(self, case: int, number: str) -> str:
        return self.agreed("cases.unlink", "cases_unlink_v1", case=case, number=number)

    # --- money ---------------------------------------------------------------------------------

    def pay(self, account_no: str, fen: int, channel: str = "POS", ref: str = "CASE") -> str:
        """By a channel; answers its serial."""
        self.serials += 1
        serial = f"{channel}{self.serials:06d}"
        booked = self.world.charge(serial, {ref: fen}, channel=channel, biller="COURT01", account_no=account_no)
        assert booked.code == 0, booked
        return serial

    def follow(self) -> int:
        return sum(self.world.value("SELECT cases_follow_v1(%s, %s::smallint, %s)", self.id, bucket, self.world.now)
                   for bucket in range(self.world.buckets))  # fmt: skip

    def line(self, fen: int, account_no: str = "", business: str = "", reference: str = "") -> dict[str, Any]:
        """Of a statement; below zero: money out."""
        self.serials += 1
        return {"serial": f"B{self.serials:06d}", "fen": fen, "account_no": account_no, "business": business,
                "reference": reference}  # fmt: skip

    def statement(self, *lines: dict[str, Any], opening: int | None = None, old_on: date | None = None) -> int:
        """As the pages keep one; its number."""
        start = self.closing if opening is None else opening
        end = start + sum(line["fen"] for line in lines)
        body, ring = repr((lines, start, old_on)).encode(), the_ring()
        file = self.world.value(
            "INSERT INTO court_file (court_id, name, sha256, rows, wrong, opening_fen, closing_fen, received_at,"
            " received_by, old_on) VALUES (%s, 's.csv', sha256(%s::bytea), %s, 0, %s, %s, %s, 'maker01', %s)"
            " RETURNING file_id",
            self.id, body, len(lines), start, end, self.world.now, old_on)  # fmt: skip
        self.world.run("INSERT INTO court_file_body VALUES (%s, %s)", file, ring.seal(body, f"court_file_body:{file}"))
        for number, line in enumerate(lines, 2):
            start += line["fen"]
            at = datetime.combine(self.world.now.date(), time(9), CHINA) + timedelta(minutes=number)
            self.world.run("INSERT INTO court_row VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", file,
                           number,
                           line["serial"], "in" if line["fen"] > 0 else "out", abs(line["fen"]), start, at,
                           line["account_no"], line["business"], line["reference"],
                           ring.seal(PAYER, f"court_row:{file}:{number}"))  # fmt: skip
        return int(file)

    def book(self, file: int) -> str:
        rows, sha256 = self.world.rows("SELECT cases_rows_v1(file_id), encode(sha256, 'hex') FROM court_file"
                                       " WHERE file_id = %s", file)[0]  # fmt: skip
        code = self.agreed("cases.statement", "cases_statement_v1", file=file, rows=rows, sha256=sha256)
        if code == "OK":
            self.closing = self.world.value("SELECT closing_fen FROM court_file WHERE file_id = %s", file)
        return code

    def booked(self, *lines: dict[str, Any]) -> list[int]:
        """The documents of a statement's lines, in their order; None of one that nothing explains."""
        file = self.statement(*lines)
        assert self.book(file) == "OK"
        return [row[0] for row in self.world.rows(
            "SELECT e.document_id FROM court_line n LEFT JOIN court_entry e USING (line_id) WHERE n.file_id = %s"
            " ORDER BY n.line_no", file)]  # fmt: skip

    def claim(self, entry: int, case: int, fen: int) -> str:
        return self.split(entry, (case, fen))

    def split(self, entry: int, *parts: tuple[int, int], way: str = "transfer") -> str:
        """One receipt claimed for several cases: (case, fen) each."""
        return self.agreed("cases.claim", "cases_claim_v1", entry=entry, way=way, parts=parts_of(*parts))

    def unclaim(self, entry: int) -> str:
        return self.agreed("cases.unclaim", "cases_unclaim_v1", entry=entry)

    # --- what stands there ---------------------------------------------------------------------

    def balance(self, account_no: str) -> int:
        return int(self.world.value("SELECT coalesce(sum(balance_fen), 0) FROM payable WHERE biller_id = %s"
                                    " AND account_no = %s", self.id, account_no))  # fmt: skip

    def entries(self, account_no: str) -> list[tuple[str, int]]:
        return self.world.rows("SELECT kind, amount_fen FROM court_entry WHERE account_no = %s"
                               " ORDER BY document_id DESC", account_no)  # fmt: skip

    def last(self, kind: str) -> int:
        return int(self.world.value("SELECT min(document_id) FROM court_entry WHERE kind = %s", kind))

    def proof(self) -> dict[str, int]:
        """In fen, what is not zero."""
        names = ("cases", "unknown", "interest", "fee", "coming", "unfollowed", "main", "gap", "bank", "open",
                 "bank_gap")
        fields = ", ".join(f"{name}_fen" for name in names)
        row = self.world.rows(f"SELECT {fields} FROM court_proof WHERE court_id = %s", self.id)[0]
        return {name: fen for name, fen in zip(names, row, strict=True) if fen}

    def code(self, statement: str, *values: Any) -> str:
        return result_code(self.world.value(statement, *values)).name


def parts_of(*parts: tuple[int, int]) -> list[dict[str, Any]]:
    """As a proposal's content has them."""
    return [{"case": case, "amount_fen": fen, "evidence": "回单一份"} for case, fen in parts]
