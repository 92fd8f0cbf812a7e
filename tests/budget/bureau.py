"""A finance bureau in a small network: its rule, units, people with posts and logins, indicators; by the functions."""

from typing import Any

from psycopg.types.json import Jsonb

from tests.world import DAY, World
from yifen.core.plugs import result_code

CODE = "450300000"
RULE = {"code": CODE, "valid_from": str(DAY), "control": "quota", "due_day": 20, "buy_fen": 5_000_000,
        "cut_off": "14:00", "return_days": 3, "year_end": "projects",
        "levels": [["cashier", 0], ["head", 0], ["bureau", 5_000_000]]}  # fmt: skip
INDICATOR = {"unit": "101001", "year": DAY.year, "type": "21", "func": "2010350", "gov": "50201", "dep": "",
             "project": "", "fund": "1111", "title": "公用经费"}  # fmt: skip


class Bureau:
    """450300000 as FIN01, with the units 101 and, below it, 101001 and 101002. B01 and B02 work at the root, C01
    (cashier), H01 (head), P01 (card holder) at 101001; each login has its staff number in small letters."""

    def __init__(self, world: World) -> None:
        self.world, self.docs = world, 0
        self.id = world.biller("FIN01")
        world.people()
        world.run("UPDATE access_user_role SET role = 'institution_admin'")
        assert self.rule() == "OK"
        assert self.units(("101", "教育局", CODE), ("101001", "第一中学", "101"), ("101002", "第二中学", "101")) == "OK"
        assert self.posts(("B01", CODE), ("B02", CODE), ("C01", "101001"), ("H01", "101001"), ("P01", "101001")) == "OK"
        for login, role in (("b01", "budget_bureau"), ("b02", "budget_bureau"), ("c01", "unit_cashier"),
                            ("h01", "unit_head"), ("p01", "card_holder")):  # fmt: skip
            self.login(login, role)

    def login(self, login: str, *roles: str, person: str = "") -> None:
        """Signed in by its own name."""
        self.world.run(
            "INSERT INTO access_user (login, name, person, institution_id, partner_id, is_active, must_change_password,"
            " session_key, session_until, created_at, password) VALUES (%s, %s, %s, %s, %s, true, false,"
            " encode(sha256(%s::bytea), 'hex'), '2100-01-01', now(), '')", login, login, person or login.upper(),
            self.world.institution, self.id, login)  # fmt: skip
        for role in roles:
            self.world.run("INSERT INTO access_user_role (user_id, role) SELECT id, %s FROM access_user"
                           " WHERE login = %s", role, login)  # fmt: skip

    # --- by two people ---------------------------------------------------------------------------

    def agreed(self, act: str, function: str, content: dict[str, Any], maker: str = "b01", checker: str = "b02") -> str:
        """Proposed, agreed to and done; the code of what refused it."""
        subject, now = f"{act} {len(self.world.rows('SELECT FROM access_authorisation'))}", self.world.now
        code, proposal = self.world.rows(
            "SELECT code, proposal FROM access_propose_v1(%s, %s, %s, %s, '[]', sha256(''), %s, %s, '见附件', %s)",
            maker, act, subject, Jsonb(content | {"bureau_id": self.id}), self.world.institution, self.id,
            now)[0]  # fmt: skip
        if code:
            return result_code(code).name
        code = self.world.value("SELECT access_decide_v1(%s, %s, sha256(''), true, '', %s)", checker, proposal, now)
        if code:
            return result_code(code).name
        done = self.code(f"SELECT {function}(%s, %s)", proposal, now)
        assert done != "OK" or self.code(f"SELECT {function}(%s, %s)", proposal, now).endswith("_NOT_AGREED")  # once
        return done

    def rule(self, **fields: Any) -> str:
        return self.agreed("budget.rule", "budget_keep_rule_v1", RULE | fields, "maker01", "checker01")

    def units(self, *rows: tuple[str, str, str], by: tuple[str, str] = ("maker01", "checker01"), **more: Any) -> str:
        """(code, name, code of what is above)."""
        asked = [{"code": code, "name": name, "parent": parent, "account_no": "", "bank_name": "", "bank_code": "",
                  "until": None} | more for code, name, parent in rows]  # fmt: skip
        return self.agreed("budget.list", "budget_take_list_v1", {"kind": "units", "rows": asked}, *by)

    def posts(self, *rows: tuple[str, str], by: tuple[str, str] = ("maker01", "checker01"), **more: Any) -> str:
        """(staff number, code of the unit)."""
        asked = [{"staff_no": staff, "name": f"姓名{staff}", "unit": unit, "duty": "科员", "from": "2020-01-01",
                  "until": None} | more for staff, unit in rows]  # fmt: skip
        return self.agreed("budget.list", "budget_take_list_v1", {"kind": "posts", "rows": asked}, *by)

    def grant(self, number: str, fen: int, **fields: Any) -> str:
        """Granted, or more, or (below zero) less of it; by a document of its own."""
        self.docs += 1
        row = INDICATOR | {"number": number, "fen": fen, "doc_no": f"财预〔2026〕{self.docs}号"} | fields
        return self.agreed("budget.grant", "budget_grant_v1", {"rows": [row]})

    def arrive(self, number: str, fen: int, doc_no: str = "") -> str:
        self.docs += 1
        row = {"number": number, "fen": fen, "doc_no": doc_no or f"到账{self.docs}"}
        return self.agreed("budget.quota", "budget_quota_v1", {"rows": [row]})

    def year_end(self, year: int) -> str:
        figures = "SELECT indicators, lapse_fen, carry_fen FROM budget_year_end_figures_v1(%s, %s)"
        count, lapse, carry = self.world.rows(figures, self.id, year)[0]
        return self.agreed("budget.year_end", "budget_year_end_v1", {
            "year": year, "indicators": count, "lapse_fen": lapse, "carry_fen": carry})  # fmt: skip

    # --- what trades do --------------------------------------------------------------------------

    def hold(self, number: str, fen: int, key: str) -> tuple[str, int | None]:
        with self.world.as_owner():
            code, hold, _left = self.world.rows("SELECT * FROM budget_hold_v1(%s, %s, %s, '差旅费', %s, %s)", self.id,
                                                self.indicator(number), fen, key, self.world.now)[0]  # fmt: skip
        return result_code(code).name, hold

    def post(self, hold: int | None, fen: int) -> str:
        return self.as_trade("SELECT budget_post_v1(%s, %s, %s)", hold, fen, self.world.now)

    def release(self, hold: int | None) -> str:
        return self.as_trade("SELECT budget_release_v1(%s, %s)", hold, self.world.now)

    def restore(self, hold: int | None, fen: int, year: int = DAY.year) -> str:
        return self.as_trade("SELECT budget_restore_v1(%s, %s, %s, %s)", hold, fen, year, self.world.now)

    def as_trade(self, statement: str, *values: Any) -> str:
        with self.world.as_owner():
            return self.code(statement, *values)

    # --- what stands there -----------------------------------------------------------------------

    def indicator(self, number: str) -> int:
        return int(self.world.value("SELECT indicator_id FROM budget_indicator WHERE number = %s", number))

    def unit(self, code: str) -> int:
        return int(self.world.value("SELECT unit_id FROM budget_unit WHERE code = %s", code))

    def sums(self, number: str) -> tuple[int, ...]:
        """granted, free, quota, held, used."""
        return self.world.rows("SELECT granted_fen, free_fen, quota_fen, held_fen, used_fen FROM budget_indicator"
                               " WHERE number = %s", number)[0]  # fmt: skip

    def entries(self, number: str) -> list[tuple[str, int]]:
        return self.world.rows("SELECT kind, amount_fen FROM budget_entry JOIN budget_indicator USING (indicator_id)"
                               " WHERE number = %s ORDER BY document_id DESC", number)  # fmt: skip

    def code(self, statement: str, *values: Any) -> str:
        return result_code(self.world.value(statement, *values)).name
