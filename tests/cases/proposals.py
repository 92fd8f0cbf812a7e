"""A proposal of each act about court funds, for the tests of two people."""

import io
import itertools
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.money import format_yuan, parse_yuan
from yifen.face.plain import plain_connection

MAIN = "6217000000000000"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # when it is asked for
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


def at() -> datetime:
    """A rule begins today at the earliest."""
    return datetime.now(UTC)


def a_head(place: Province) -> Any:
    """Of the court itself, who decides."""
    from yifen.core.access.models import User

    found = User.objects.filter(login="head01").first()
    return found or site.user("head01", place.own.county, "biller_staff", "court_head", partner=place.own.biller,
                              person="HEAD01")  # fmt: skip


def a_rule(place: Province) -> Any:
    """Of a day that has none yet; the first one makes the biller a court."""
    from yifen.trades.cases import courts

    today = localdate(at())
    day = as_owner("SELECT greatest(%s::date, max(valid_from) + 1) FROM court_rule WHERE court_id = %s",
                   [today, place.own.biller])  # fmt: skip
    rule = courts.CourtRule("桂0304", day, MAIN, "62179")
    return courts.propose(site.access(place.users["finance"]), place.own.biller, rule, NOW)


def in_force(place: Province) -> None:
    """The biller is a court."""
    if not as_owner("SELECT count(*) FROM court WHERE court_id = %s", [place.own.biller]):
        site.agree(a_head(place), a_rule(place), at())


def a_case(place: Province) -> Any:
    from yifen.trades.cases import opening
    from yifen.trades.cases.rules import CaseParty, NewCase

    in_force(place)
    new = NewCase(f"(2026)桂0304执{next(_numbers)}号",
                          (CaseParty("applicant", "王申请"), CaseParty("debtor",
                                                                                       "李执行")))  # fmt: skip
    with transaction.atomic():
        return opening.open_case(site.access(place.users["finance"]), place.own.biller, new, at())


def statement_of(place: Province, *lines: tuple[str, str]) -> io.BytesIO:
    """CSV of money in: (yuan, sub-account number), behind the last booked statement."""
    start = as_owner("SELECT coalesce((SELECT f.closing_fen FROM court_statement t JOIN court_file f USING (file_id)"
                     " WHERE t.court_id = %s ORDER BY t.turn DESC LIMIT 1), 0)", [place.own.biller])  # fmt: skip
    text = "账号,交易时间,流水号,收入,支出,余额,子账号,对方户名,对方账号,附言\n"
    for yuan, account in lines:
        start += parse_yuan(yuan)
        text += (f"{MAIN},2026-11-24 09:00:00,CB{next(_numbers):06d},{yuan},,{format_yuan(start)},{account},赵付款,"
                 f"6222000011112222,还款\n")  # fmt: skip
    return io.BytesIO(text.encode())


def taken_in(place: Province, *lines: tuple[str, str]) -> int:
    from yifen.trades.cases import statements

    with transaction.atomic():
        return statements.take_in(site.access(place.users["finance"]), place.own.biller, statement_of(place, *lines),
                                  "s.csv",
                                  "clerk", at())  # fmt: skip


def a_receipt(place: Province, account_no: str = "") -> int:
    """Booked: the document of the one line."""
    from yifen.trades.cases import statements

    in_force(place)
    file = taken_in(place, ("5.00", account_no))
    site.agree(a_head(place), statements.propose(site.access(place.users["finance"]), file, at()), at())
    return int(as_owner("SELECT e.document_id FROM court_entry e JOIN court_line n USING (line_id)"
                        " WHERE n.file_id = %s", [file]))  # fmt: skip


def new_rule(place: Province) -> Proposed:
    made = a_rule(place)
    return made, a_head(place), "SELECT count(*) FROM court_rule WHERE proposal_id = %s", made.pk


def a_payee(place: Province) -> Proposed:
    from yifen.trades.cases import payees

    case = a_case(place)
    with plain_connection() as conn:
        (party,) = conn.execute("SELECT min(party_id) FROM court_party WHERE case_id = %s",
                                [case.case_id]).fetchall()[0]
    form = payees.PayeeAccount("6222 0000 1111 3333", "王申请", "中国银行桂林分行", "104617000012")
    return (payees.propose(site.access(place.users["finance"]), party, form, NOW), a_head(place),
            "SELECT count(*) FROM court_payee WHERE party_id = %s", party)  # fmt: skip


def a_merger(place: Province) -> Proposed:
    from yifen.trades.cases import keeping
    from yifen.trades.cases.reading import found_case

    case, into = a_case(place), found_case(a_case(place).case_id)
    return (keeping.propose(site.access(place.users["finance"]), case.case_id, into.number, NOW),
            a_head(place), "SELECT count(*) FROM court_case WHERE state = 'merged' AND case_id = %s",
            case.case_id)  # fmt: skip


def a_link(place: Province) -> Proposed:
    from yifen.trades.cases import keeping

    case, finance = a_case(place).case_id, site.access(place.users["finance"])
    return (keeping.propose_link(finance, case, f"(2017)桂0304执{case}号", "old", NOW), a_head(place),
            "SELECT count(*) FROM court_name WHERE case_id = %s", case)  # fmt: skip


def an_unlink(place: Province) -> Proposed:
    from yifen.trades.cases import keeping

    made, head, count, case = a_link(place)
    site.agree(head, made, at())
    return (keeping.propose_unlink(site.access(place.users["finance"]), case, f"(2017)桂0304执{case}号", NOW), head,
            count.replace("count(*)", "1 - count(*)"), case)  # fmt: skip


def a_correction(place: Province) -> Proposed:
    from yifen.trades.cases import correcting
    from yifen.trades.cases.reading import found_case, parties

    case = a_case(place)
    debtor = next(one for one in parties(found_case(case.case_id)) if one.role == "debtor")
    new = correcting.Correction(debtor.party_id, ["李执", "行某"], 700)
    return (correcting.propose(site.access(place.users["finance"]), case.case_id, new, "笔误", NOW), a_head(place),
            "SELECT count(*) FROM court_case WHERE due_fen = 700 AND case_id = %s", case.case_id)  # fmt: skip


def a_statement(place: Province) -> Proposed:
    from yifen.trades.cases import statements

    in_force(place)
    file = taken_in(place, ("1.00", ""))
    return (statements.propose(site.access(place.users["finance"]), file, NOW), a_head(place),
            "SELECT count(*) FROM court_statement WHERE file_id = %s", file)  # fmt: skip


def a_claim(place: Province) -> Proposed:
    from yifen.trades.cases import claiming

    receipt, case = a_receipt(place), a_case(place)
    return (claiming.propose(site.access(place.users["finance"]), receipt,
                             [claiming.ClaimPart(case.case_id, 500, "回单一份")], NOW), a_head(place),
            "SELECT count(*) FROM court_entry WHERE kind = 'claimed' AND of_id = %s", receipt)  # fmt: skip


def a_claim_back(place: Province) -> Proposed:
    from yifen.trades.cases import claiming

    receipt = a_receipt(place, a_case(place).account_no)
    return (claiming.propose_back(site.access(place.users["finance"]), receipt, "入错案", NOW),
            a_head(place), "SELECT count(*) FROM court_entry WHERE kind = 'unclaimed' AND of_id = %s",
            receipt)  # fmt: skip


def an_officer(place: Province, login: str, role: str) -> Any:
    """Of the court itself: a judge, the cashier, the head of the bureau."""
    from yifen.core.access.models import User

    found = User.objects.filter(login=login).first()
    return found or site.user(login, place.own.county, "biller_staff", role, partner=place.own.biller,
                              person=login.upper())  # fmt: skip


def a_hold(place: Province) -> Proposed:
    from yifen.trades.cases.payout import holds

    case, today = a_case(place), localdate(at())
    judge = an_officer(place, "judge01", "court_judge")
    new = holds.NewHold("order", 100, "(2026)桂03执9号协助执行通知", today)
    return (holds.propose(site.access(judge), case.case_id, new, NOW), a_head(place),
            "SELECT count(*) FROM court_hold h JOIN court_account USING (court_id, account_no) WHERE case_id = %s",
            case.case_id)  # fmt: skip


def a_release(place: Province) -> Proposed:
    from yifen.trades.cases.payout import holds

    made, head, _count, case = a_hold(place)
    site.agree(head, made, at())
    hold = as_owner("SELECT hold_id FROM court_hold JOIN court_account USING (court_id, account_no)"
                    " WHERE case_id = %s", [case])  # fmt: skip
    return (holds.propose_release(site.access(an_officer(place, "judge01", "court_judge")), hold, NOW), head,
            "SELECT count(*) FROM court_hold WHERE released_at IS NOT NULL AND hold_id = %s", hold)  # fmt: skip


def a_plan(place: Province) -> Proposed:
    from yifen.trades.cases.payout import plans

    receipt = a_receipt(place, a_case(place).account_no)
    case = as_owner("SELECT case_id FROM court_entry JOIN court_account USING (court_id, account_no)"
                    " WHERE document_id = %s", [receipt])  # fmt: skip
    new = plans.NewPlan("ratio", 500, 0, 0, [(plans.creditors(case)[0].party_id, "ordinary", 1_000)])
    return (plans.propose(site.access(an_officer(place, "judge01", "court_judge")), case, new, NOW), a_head(place),
            "SELECT count(*) FROM court_plan JOIN court_account USING (court_id, account_no) WHERE case_id = %s",
            case)  # fmt: skip


def an_own_payee(place: Province) -> Proposed:
    from yifen.trades.cases import payees
    from yifen.trades.cases.payout import payout_payees

    in_force(place)
    number = f"6222 0000 1111 {next(_numbers):04d}"
    form = payees.PayeeAccount(number, "法院诉讼费专户", "中国银行桂林分行", "104617000012")
    made = payout_payees.propose(site.access(place.users["finance"]), place.own.biller, "fee", form, NOW)
    return made, a_head(place), "SELECT count(*) FROM court_payee WHERE proposal_id = %s", made.pk


def a_pause(place: Province) -> Proposed:
    from yifen.trades.cases.clock import pausing

    case, today = a_case(place), localdate(at())
    new = pausing.NewPause(case.case_id, "stayed", "中止裁定", today, today)
    return (pausing.propose(site.access(an_officer(place, "judge01", "court_judge")), new, NOW), a_head(place),
            "SELECT count(*) FROM court_pause WHERE case_id = %s", case.case_id)  # fmt: skip


def a_push(place: Province) -> int:
    """A bank told of five yuan, and its statement lacks them: the document."""
    case = a_case(place)
    entry = as_owner(
        "SELECT (cases_enter_v1(jsonb_populate_record(NULL::court_entry, jsonb_build_object('court_id', %s, 'kind',"
        " 'announced', 'account_no', %s, 'amount_fen', 500, 'came_at', '2026-11-24T08:00+08', 'at', now()))))"
        ".document_id", [place.own.biller, case.account_no])  # fmt: skip
    as_owner(
        "WITH p AS (INSERT INTO court_push (bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, body,"
        " received_at) SELECT min(b.partner_id), %s, %s, %s, 500, '2026-11-24T08:00+08', '{}', '', now() FROM bank b"
        " RETURNING push_id) INSERT INTO court_push_end SELECT push_id, 0, %s, now() FROM p",
        [f"PUSH{next(_numbers)}", MAIN, case.account_no, entry])  # fmt: skip
    a_receipt(place)
    return int(entry)


def a_push_back(place: Province) -> Proposed:
    from yifen.trades.cases import recalling

    entry = a_push(place)
    return (recalling.propose(site.access(place.users["finance"]), entry, "银行说明一份", NOW), a_head(place),
            "SELECT count(*) FROM court_entry WHERE kind = 'recalled' AND of_id = %s", entry)  # fmt: skip


def a_line_out(place: Province, yuan: str = "3.00") -> int:
    """Booked, and nothing explains it: the line."""
    from yifen.trades.cases import statements

    in_force(place)
    rows = statement_of(place, (yuan, "")).read().decode()
    balance = rows.split(",")[-5]
    left = format_yuan(parse_yuan(balance) - 2 * parse_yuan(yuan))
    body = rows.replace(f",{yuan},,{balance},", f",,{yuan},{left},").encode()
    access = site.access(place.users["finance"])
    with transaction.atomic():
        file = statements.take_in(access, place.own.biller, io.BytesIO(body), "o.csv", "x", at())
    site.agree(a_head(place), statements.propose(access, file, at()), at())
    return int(as_owner("SELECT line_id FROM court_line WHERE file_id = %s", [file]))


def an_explanation(place: Province) -> Proposed:
    from yifen.trades.cases.books import explaining

    a_receipt(place)
    line = a_line_out(place)
    return (explaining.propose(site.access(place.users["finance"]), line, "fee", None, "回单一份", NOW), a_head(place),
            "SELECT count(*) FROM court_explained WHERE line_id = %s", line)  # fmt: skip


MAKERS = {"cases.rule": new_rule, "cases.payee": a_payee, "cases.merge": a_merger, "cases.statement": a_statement,
          "cases.claim": a_claim, "cases.unclaim": a_claim_back, "cases.hold": a_hold, "cases.release": a_release,
          "cases.court_payee": an_own_payee, "cases.plan": a_plan, "cases.pause": a_pause,
          "cases.recall": a_push_back, "cases.link": a_link, "cases.unlink": an_unlink,
          "cases.correct": a_correction, "cases.explain": an_explanation}
"""One of each."""
