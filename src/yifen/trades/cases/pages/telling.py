"""Cases and receipts as their pages tell them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.trades.cases import correcting
from yifen.trades.cases.claiming import Unknown
from yifen.trades.cases.list_rows import ListedCase
from yifen.trades.cases.lists import CheckedCase
from yifen.trades.cases.pages.words import CASE_STATES, ENTRIES, NAMES, OUT
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.payout.reading import is_judge, name_of
from yifen.trades.cases.reading import CaseRow, PartyRow, rows
from yifen.trades.cases.statements import STANDINGS, StatementRow
from yifen.trades.cases.whose.suggesting import Suggestion

Shown = dict[str, Any]
LINES_MOST = 500
_PAYERS, _OPENED = (queries(__package__)[name] for name in ("payers_of", "opened_of"))


def case_facts(case: CaseRow) -> list[Shown]:
    return [
        {"title": _("法院"), "text": case.court}, {"title": _("子账号"), "kind": "code", "text": case.account_no},
        {"title": _("状态"), "kind": "badge", "text": words.word(CASE_STATES, case.state),
         "tone": words.tone(CASE_STATES, case.state)},
        {"title": _("子账号余额（元）"), "kind": "amount", "fen": case.balance_fen},
        {"title": _("累计到账（元）"), "kind": "amount", "fen": case.came_fen},
        {"title": _("执行标的（元）"), "kind": "amount", "fen": case.due_fen or None},
        *([{"title": _("到账与标的"), "kind": "badge", "tone": "bad", "text": _("累计到账超过执行标的")}]
          if 0 < case.due_fen < case.came_fen else []),
        {"title": _("承办人"), "text": case.judge and judge_told(case)},
        {"title": _("立案日期"), "kind": "code", "text": str(case.filed_on) if case.filed_on else None},
        *([{"title": _("委托执行"), "text": case.entrusted}] if case.entrusted else []),
        {"title": _("开立人"), "text": name_of(case.opened_by)},
        {"title": _("并入案件"), "text": case.into},
    ]  # fmt: skip


def judge_told(case: CaseRow) -> str:
    """With a warning where none of the court's judges has that login."""
    known, name = is_judge(case.court_id, case.judge), name_of(case.judge)
    return name if known else _("%(judge)s（不是本院法官，不能申请发放）") % {"judge": name}


def party_table(found: Iterable[PartyRow], access: Access) -> Shown:
    """Names are whole for who keeps cases."""
    may = access.may("cases.payees")
    return table((_("诉讼地位"), _("姓名"), _("收款账户")), (
        (told(ROLES[one.role]), one.name if access.may("cases.keep") else masked_name(one.name),
         {"text": _("收款账户"), "url": reverse("court_payee", args=[one.party_id])} if may else "")
        for one in found))  # fmt: skip


def name_table(case: CaseRow) -> Shown:
    """Other numbers, and the cases that they are of."""
    return table((_("关系"), _("案号")), (
        (words.word(NAMES, kind), {"text": number, "url": reverse("court_case", args=[other])} if other else number)
        for number, kind, other in rows("other_names", {"case": case.case_id})))  # fmt: skip


def correction_table(case: CaseRow, access: Access) -> Shown:
    """What two people put right: as it was, as it is since."""
    shown, zh = masked_name if not access.may("cases.keep") else str, (get_language() or "zh").startswith("zh")

    def said(value: Any) -> str:
        text = "—" if value is None else value if isinstance(value, str) else value["zh" if zh else "en"]
        return opened_in(key_ring(), text, shown)

    return table((_("时间"), _("更正"), _("原来"), _("现在"), _("理由"), _("提出、复核")), (
        ({"kind": "time", "at": at, "url": reverse("proposal", args=[proposal])}, one["zh" if zh else "en"],
         said(one["before"]), said(one["after"]), reason, f"{maker}、{checker}")
        for proposal, at, changes, maker, checker, reason in correcting.of_case(case.case_id)
        for one in changes if one["field"] not in ("case", "differs")))  # fmt: skip


def time_line(case: CaseRow, access: Access) -> Shown:
    """All that moved, the newest first, with what was on the sub-account behind it; time to credit where money came."""
    shown, may = [], access.may("cases.claim") and case.state != "closed"
    found, payers = rows("time_line", (case.court_id, case.account_no)), payers_of(case, access)
    for document, at, came_at, kind, fen, balance, day, source, payment, proposal, taken, payee in found[:LINES_MOST]:
        link: Any = ""
        if kind in ("transfer", "announced", "claimed") and may and not taken:
            link = {"text": _("撤销认领"), "url": reverse("court_unclaim", args=[-document])}
        elif proposal:
            link = {"text": _("查看复核"), "url": reverse("proposal", args=[proposal])}
        elif payment and access.may("payments.view"):
            link = {"text": _("查看缴费"), "url": reverse("payment", args=[payment])}
        shown.append((
            {"kind": "time", "at": at}, {"kind": "badge", "text": words.word(ENTRIES, kind),
                                         "tone": words.tone(ENTRIES, kind)},
            {"kind": "amount", "fen": -fen if kind in OUT else fen}, {"kind": "amount", "fen": balance},
            {"kind": "code", "text": " ".join(filter(None, (
                opened_in(key_ring(), payee, masked_name) or payers.get(document, ""), source)))},
            {"kind": "code", "text": str(day)},
            minutes((at - came_at).total_seconds()), link,
        ))  # fmt: skip
    heads = (_("入案时间"), _("事项"), _("金额（元）"), _("余额（元）"), _("付款人、收款人、银行流水号"), _("会计日期"),
             _("到账至入案"), "")
    return table(heads, shown, (2, 3)) | {"cut_at": LINES_MOST if len(found) > LINES_MOST else 0}


def payers_of(case: CaseRow, access: Access) -> dict[int, str]:
    """Who paid each receipt, as the bank's statement says; whole for who keeps payees."""
    shown = str if access.may("cases.payees") else masked_name
    with plain_connection() as conn:
        found = conn.execute(_PAYERS, (case.court_id, case.account_no)).fetchall()
    opened = ((document, json.loads(key_ring().open(bytes(who), f"court_row:{file}:{line}"))[0])
              for document, file, line, who in found)  # fmt: skip
    return {document: shown(name) for document, name in opened if name}


def minutes(seconds: float) -> str:
    """The time to credit: in minutes, hours or days."""
    if seconds < 3600:
        return _("%(n)d 分钟") % {"n": max(0, seconds) // 60}
    if seconds < 172_800:
        return _("%(n)d 小时") % {"n": seconds // 3600}
    return _("%(n)d 天") % {"n": seconds // 86_400}


def unknown_facts(money: Unknown, whole: bool) -> list[Shown]:
    """`whole`: who paid was asked for, by somebody who may."""
    name, number = (str, str) if whole else (masked_name, masked_number)
    return [
        {"title": _("法院"), "text": money.court}, {"title": _("银行流水号"), "kind": "code", "text": money.serial},
        {"title": _("到账时间"), "kind": "time", "at": money.came_at},
        {"title": _("金额（元）"), "kind": "amount", "fen": money.amount_fen},
        {"title": _("未认领（元）"), "kind": "amount", "fen": money.left_fen},
        {"title": _("认领期限"), "kind": "code", "text": str(money.due_on) if money.due_on else None},
        {"title": _("付款人"), "text": name(money.payer) if money.payer else None},
        {"title": _("付款账号"), "kind": "code", "text": number(money.payer_no) if money.payer_no else None},
        {"title": _("所付子账号"), "kind": "code", "text": money.account_no or None},
        {"title": _("附言"), "text": money.words or None},
    ]  # fmt: skip


def statement_table(found: Iterable[StatementRow], access: Access) -> Shown:
    """Each line of a statement; names are whole for who decides about statements or claims."""
    whole = access.may("cases.statements") or access.may("cases.claim")

    def line(one: StatementRow) -> tuple[Any, ...]:
        signed = one.amount_fen if one.kind == "in" else -one.amount_fen
        return ({"kind": "code", "text": str(one.line_no)}, {"kind": "time", "at": one.at},
                {"kind": "code", "text": one.serial}, {"kind": "amount", "fen": signed},
                {"kind": "amount", "fen": one.balance_fen}, told(STANDINGS[one.standing]),
                {"kind": "code", "text": one.account_no},
                one.payer if whole or not one.payer else masked_name(one.payer),
                {"kind": "code", "text": masked_number(one.payer_no) if one.payer_no else ""},
                one.words, {"kind": "code", "text": one.reference})  # fmt: skip

    return table((_("行"), _("交易时间"), _("银行流水号"), _("金额（元）"), _("余额（元）"), _("处理"), _("子账号"),
                  _("对方户名"), _("对方账号"), _("附言"), _("客户参考号")), map(line, found), (3, 4))  # fmt: skip


def list_tables(court_id: int, lines: Iterable[CheckedCase], most: int) -> Shown:
    """Of a court's list: what it would open (the first ones), what it opened."""
    told_of = [(line.line_no, line.row) for line in lines if line.row and not line.faults]
    with plain_connection() as conn:
        since = conn.execute(_OPENED, (court_id, [row.new.number for _line, row in told_of if row.is_open])).fetchall()
    there = {number: (case, account_no) for number, case, account_no in since}

    def sides(row: ListedCase, role: str) -> str:
        return "、".join(one.name for one in row.new.parties if one.role == role)

    first = table((_("行"), _("案号"), _("申请执行人"), _("被执行人"), _("承办人"), _("立案日期"), _("执行标的（元）"),
                   _("说明")), (
        (line, row.new.number, sides(row, "applicant"), sides(row, "debtor"), row.new.judge, row.new.filed_on,
         {"kind": "amount", "fen": row.new.due_fen or None},
         "；".join(filter(None, (row.new.entrusted, *map(told, row.warnings)))))
        for line, row in [one for one in told_of if not one[1].is_open][:most]), (6,))  # fmt: skip
    done = table((_("行"), _("案号"), _("子账号")), (
        (line, {"text": row.new.number, "url": reverse("court_case", args=[there[row.new.number][0]])},
         {"kind": "code", "text": there[row.new.number][1]})
        for line, row in told_of if row.new.number in there))  # fmt: skip
    return {"first": first, "done": done}


def suggestion_table(found: Iterable[Suggestion]) -> Shown:
    """The likeliest first, with why; its link fills the form."""
    return table((_("案号"), _("子账号"), _("理由"), ""), (
        ({"text": one.number, "url": reverse("court_case", args=[one.case_id])}, {"kind": "code",
                                                                                  "text": one.account_no},
         "；".join(told(why) for why in one.whys),
         {"text": _("认领到此案"), "url": f"?case={one.case_id}"} if one.is_open else "")
        for one in found))  # fmt: skip


def table(heads: Sequence[Any], lines: Iterable[Sequence[Any]], amounts: Sequence[int] = ()) -> Shown:
    """A plain table."""
    def cell(value: Any) -> Shown:
        return value if isinstance(value, dict) else {"text": "" if value is None else str(value)}

    return {"columns": [{"title": head, "kind": "amount"} if place in amounts else {"title": head}
                        for place, head in enumerate(heads)],
            "rows": [{"cells": [cell(value) for value in line]} for line in lines]}  # fmt: skip
