"""What two people agree to about arrears: of each act a proposal that is right, who may decide it, and a statement
that reads
what it would change, with its parameter."""

from datetime import date
from typing import Any

from tests.billing.late_proposals import ACCOUNT, NOW, Proposed, late_bill
from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province

RULE = """WITH rule AS (INSERT INTO arrears_rule (biller_id, fee_id, class, law, restore_hours, proposal, made_at)
        SELECT %s, %s, '', 'power_home', 24, coalesce(min(proposal), 0) - 1, now() FROM arrears_rule RETURNING rule_id)
    INSERT INTO arrears_step SELECT rule_id, n, k, d, a, 0 FROM rule,
        (VALUES (1, 'message', 1, 0), (2, 'call', 2, 0), (3, 'letter', 3, 0), (4, 'notice', 4, 0), (5, 'cut', 5, 7))
            AS s (n, k, d, a)"""
DONE = """SELECT arrears_do_v1(n, '2026-06-01', 'staff', 'handed', '', now())
    FROM arrears_now_v1(%s, %s, %s) n WHERE n.why = ''"""


def debtor(place: Province, steps: int = 0) -> tuple[int, int, int]:
    """(customer, fee, bill): of the county's own biller, 1,000.00 due on 1 March 2026, so many of five steps done."""
    bill, fee = late_bill(place)
    as_owner(RULE, [place.own.biller, fee])
    for _ in range(steps):
        as_owner(DONE, [bill, fee, NOW])  # the customer's number is the bill's
    as_owner(
        "SELECT arrears_keep_v1(%s, %s::smallint, %s, %s)",
        [place.own.biller, bill % 1000, bill, NOW],
    )
    return bill, fee, bill


def ruled(place: Province) -> Proposed:
    from yifen.trades.arrears import ruling
    from yifen.trades.arrears.rules import LAWS

    _, fee = late_bill(place)
    asked = ruling.DunningRule(
        place.own.biller, fee, "", "power_home", 24, LAWS["power_home"].steps
    )
    made = ruling.propose(site.access(place.users["institution_admin"]), asked, "", NOW)
    return (
        made,
        place.users["biller_staff"],
        "SELECT max(law) FROM arrears_rule WHERE fee_id = %s AND proposal > 0",
        fee,
    )


def planned(place: Province) -> Proposed:
    from yifen.trades.arrears import debts, planning

    customer, fee, _ = debtor(place)
    access = site.access(place.users["finance"])
    one = debts.account(access, customer)
    debts.fresh(one, NOW)
    owed = sum(bill.owed_fen for bill in debts.overdue(one, fee, NOW))
    made = planning.propose(access, customer, fee, [
        (date(2027, 12, 20), owed - 1),
        (date(2027, 12, 21), 1)], "家庭困难", NOW)  # fmt: skip
    return (
        made,
        place.users["biller_staff"],
        "SELECT count(*) FROM arrears_hold WHERE account_no = %s",
        ACCOUNT,
    )


def cut(place: Province) -> Proposed:
    from yifen.trades.arrears import cutting

    customer, fee, _ = debtor(place, 4)
    made = cutting.propose(
        site.access(place.users["finance"]), place.own.biller, [(customer, fee)], "通知期满", NOW
    )
    return (
        made,
        place.users["biller_staff"],
        "SELECT count(*) FROM arrears_cut WHERE customer_id = %s",
        customer,
    )


def written_off(place: Province) -> Proposed:
    from yifen.trades.arrears import writing_off

    _, _, bill = debtor(place)
    made = writing_off.propose(
        site.access(place.users["finance"]),
        writing_off.WRITE_OFF,
        [bill],
        "裁定 1 号",
        "终结执行",
        NOW,
    )
    return (
        made,
        place.users["biller_staff"],
        "SELECT count(*) FROM billing_write_off WHERE bill_id = %s",
        bill,
    )


def taken_up(place: Province) -> Proposed:
    from yifen.trades.arrears import writing_off

    made, checker, *_rest = written_off(place)
    bill = _rest[1]
    site.agree(checker, made, NOW)
    again = writing_off.propose(
        site.access(place.users["finance"]),
        writing_off.TAKE_UP,
        [bill],
        "还款协议",
        "付款人回来了",
        NOW,
    )
    return again, checker, "SELECT sum(amount_fen) FROM billing_write_off WHERE bill_id = %s", bill


MAKERS: dict[str, Any] = {"arrears.rule": ruled, "arrears.plan": planned, "arrears.cut": cut,
                          "arrears.write_off": written_off, "arrears.take_up": taken_up}  # fmt: skip
