"""The court of the tests with people who apply for payouts and agree to them; by the functions."""

from typing import Any

from tests.cases.court import RULE, Court
from tests.world import World, sealed_no, the_ring
from yifen.core.plugs import result_code

PEOPLE = {"judge01": ("court_judge", "赵"), "judge02": ("court_judge", "钱"), "clerk01": ("court_clerk", "孙"),
          "bureau01": ("court_bureau", "李"), "head01": ("court_head", "周"), "twin01": ("court_bureau", "赵")}
"""Logins, their role, who it is: twin01 is judge01 again."""
AGREE = {"panel": "judge02", "check": "clerk01", "bureau": "bureau01", "head": "head01"}


class PayingCourt(Court):
    def __init__(self, world: World, has_bank: bool = False) -> None:
        self.first: dict[str, Any] = {}
        if has_bank:
            self.first["bank_id"] = world.partner("ABC")
            world.set_up("INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint) VALUES (%s, %s,"
                         " '法院', 0, 'http://127.0.0.1:1')", self.first["bank_id"], RULE["main_no"])  # fmt: skip
        super().__init__(world)
        for login, (role, person) in PEOPLE.items():
            world.run("INSERT INTO access_user (login, name, person, institution_id, partner_id, is_active,"
                      " must_change_password, session_key, session_until, created_at, password) VALUES (%s, %s, %s, %s,"
                      " %s, true, false, encode(sha256(%s::bytea), 'hex'), '2100-01-01', now(), '')",
                      login, login, person, world.institution, self.id, login)  # fmt: skip
            world.run("INSERT INTO access_user_role (user_id, role) SELECT id, %s FROM access_user WHERE login = %s",
                      role, login)  # fmt: skip
        for login in ("maker01", "checker01"):
            world.run("INSERT INTO access_user_role (user_id, role) SELECT id, 'court_head' FROM access_user"
                      " WHERE login = %s ON CONFLICT DO NOTHING", login)  # fmt: skip

    def rule(self, **fields: Any) -> str:
        return super().rule(**(self.first | fields))

    def judged(self, fen: int = 0) -> tuple[int, str, int]:
        """A case of judge01 with so much on it, by transfer: (case, sub-account, the applicant's payee)."""
        case, account = self.case()
        self.world.set_up("UPDATE court_case SET judge = 'judge01' WHERE case_id = %s", case)
        if fen:
            self.booked(self.line(fen, account))
        return case, account, self.payee(case, "applicant")

    def payee(self, case: int, role: str) -> int:
        """Of a new party of the case."""
        with self.world.as_owner():
            party = self.world.value("INSERT INTO court_party (case_id, role, name) VALUES (%s, %s, %s)"
                                     " RETURNING party_id", case, role, the_ring().seal(b"x", "x"))  # fmt: skip
        return self.payee_of(party)

    def payee_of(self, party: int) -> int:
        code = self.agreed("cases.payee", "cases_payee_v1", party_id=party, **_bank(str(party)))
        assert code == "OK", code
        return int(self.world.value("SELECT max(payee_id) FROM court_payee"))

    def court_payee(self, purpose: str) -> int:
        code = self.agreed("cases.court_payee", "cases_court_payee_v1", court_id=self.id, purpose=purpose,
                           **_bank(purpose))  # fmt: skip
        assert code == "OK", code
        return int(self.world.value("SELECT max(payee_id) FROM court_payee"))

    def apply(self, case: int, payee: int, fen: int, kind: str = "payout", receipt: int | None = None,
              login: str = "judge01") -> int:  # fmt: skip
        code, found = self.asked(case, payee, fen, kind, receipt, login)
        assert code == "OK", code
        return found

    def asked(self, case: int, payee: int, fen: int, kind: str = "payout", receipt: int | None = None,
              login: str = "judge01", plan: int | None = None, other: str = "") -> tuple[str, int]:  # fmt: skip
        code, found = self.world.rows(
            "SELECT code, application_id FROM cases_apply_v1(%s, %s, %s, %s, %s, %s, %s, '结案', %s, %s)",
            login, case, kind, payee, fen, receipt, plan, self.world.now, other)[0]  # fmt: skip
        return result_code(code).name, found

    def sent_back(self, entry: int, fen: int, account: str = "", other: str = "", login: str = "clerk01",
                  evidence: str = "付款人申请") -> tuple[str, int]:  # fmt: skip
        """Unidentified money is to go back: to who paid it, or to another account."""
        to = (sealed_no(account), sealed_no("王另")) if account else ("", "")
        code, found = self.world.rows(
            "SELECT code, application_id FROM cases_send_back_v1(%s, %s, %s, %s, %s, '中国银行', '104617000012',"
            " '误汇', %s, %s, %s)", login, entry, fen, *to, evidence, other, self.world.now)[0]  # fmt: skip
        return result_code(code).name, found

    def sign(self, application: int, login: str, yes: bool = True, shown: bytes | None = None) -> str:
        seen = shown or self.shown(application)
        return self.code("SELECT cases_sign_v1(%s, %s, %s, %s, '', %s)", login, application, seen, yes, self.world.now)

    def shown(self, application: int) -> bytes:
        return bytes(self.world.value("SELECT cases_shown_v1(%s)", application))

    def approved(self, application: int) -> int:
        """By every level."""
        for level in self.levels(application):
            assert self.sign(application, AGREE[level]) == "OK"
        assert self.state(application) == "approved"
        return application

    def levels(self, application: int) -> list[str]:
        return list(self.world.value("SELECT levels FROM court_application WHERE application_id = %s", application))

    def withdraw(self, application: int, login: str = "judge01") -> str:
        return self.code("SELECT cases_withdraw_v1(%s, %s, %s)", login, application, self.world.now)

    def send(self, application: int) -> str:
        return self.code("SELECT cases_send_v1(%s, %s, %s)", application, self.world.now, self.world.now)

    def told(self, application: int, said: str, serial: str = "BK1", back: str = "", fen: int | None = None) -> str:
        """What the bank says."""
        reference, amount = self.world.rows("SELECT reference, amount_fen FROM court_application"
                                            " WHERE application_id = %s", application)[0]  # fmt: skip
        return self.code("SELECT cases_told_v1(%s, %s, %s, %s, %s, '', ''::bytea, NULL, %s)", reference, said,
                         amount if fen is None else fen, serial, back, self.world.now)  # fmt: skip

    def paid(self, case: int, payee: int, fen: int, **more: Any) -> int:
        application = self.approved(self.apply(case, payee, fen, **more))
        assert (self.send(application), self.told(application, "done")) == ("OK", "OK")
        return application

    def hold(self, case: int, fen: int | None, kind: str = "order") -> str:
        return self.agreed("cases.hold", "cases_hold_v1", case=case, kind=kind, amount_fen=fen,
                           source="(2026)桂03执9号", from_on="2026-11-23", until_on=None)  # fmt: skip

    def release(self, hold: int) -> str:
        return self.agreed("cases.release", "cases_release_v1", hold=hold)

    def last_hold(self) -> int:
        return int(self.world.value("SELECT max(hold_id) FROM court_hold"))

    def plan(self, case: int, pot: int, *shares: tuple[int, int, int], **more: Any) -> str:
        """Of (payee, claim, share); the rest is as it stands."""
        asked = [{"party_id": self.party_of(payee), "rank": "ordinary", "claim_fen": claim, "share_fen": share,
                  "paid_fen": self.world.value("SELECT cases_party_paid_v1(%s, %s, %s)", self.id, self.account(case),
                                               self.party_of(payee))} for payee, claim, share in shares]  # fmt: skip
        content = {"case": case, "method": "ratio", "pot_fen": pot, "fee_fen": 0, "cost_fen": 0, "shares": asked} | more
        return self.agreed("cases.plan", "cases_plan_v1", **content)

    def last_plan(self) -> int:
        return int(self.world.value("SELECT max(plan_id) FROM court_plan"))

    def party_of(self, payee: int) -> int:
        return int(self.world.value("SELECT party_id FROM court_payee WHERE payee_id = %s", payee))

    def share(self, payee: int, act: str, login: str = "judge01", day: Any = None) -> str:
        """served, agreed, objected, settled: of the newest plan."""
        return self.code("SELECT cases_share_v1(%s, %s, %s, %s, %s, '理由', %s)", login, self.last_plan(),
                         self.party_of(payee), act, day or self.world.now.date(), self.world.now)  # fmt: skip

    def state(self, application: int) -> str:
        return str(self.world.value("SELECT state FROM court_application WHERE application_id = %s", application))

    def reference(self, application: int) -> str:
        return str(self.world.value("SELECT reference FROM court_application WHERE application_id = %s", application))

    def free(self, account_no: str) -> int:
        return int(self.world.value("SELECT free_fen FROM cases_free_v1(%s, %s, NULL)", self.id, account_no))


def _bank(account_no: str) -> dict[str, str]:
    return {"account_no": sealed_no(account_no), "account_name": sealed_no("王申请"), "bank_name": "中国银行桂林分行",
            "bank_code": "104617000012"}  # fmt: skip
