"""Fees by two people 费种: what a company charges for, how it is measured, tiered and paid."""

import re
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct, convert, to_builtins
from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, yes_no
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prices.telling import CYCLES

ACT = "billing.fee"
CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
NAME_MAX, UNIT_MAX, DUE_DAYS_MAX = 40, 8, 366
MODES = {"exact": Text("全额", "In full"), "partial": Text("可部分缴", "In parts")}
KEPT = ("unit", "metered", "cycle", "cycle_from", "by_months")  # once there are prices
_SQL = queries(__package__)


class AskedFee(Struct, frozen=True):
    """A fee as its row has it; the company and the code say which."""

    biller_id: int
    code: str
    name: str
    unit: str
    metered: bool
    cycle: str
    mode: str
    due_days: int
    cycle_from: int = 1
    by_months: bool = False
    whole_yuan: bool = False


TITLES = {
    "name": Text("名称", "Name"), "unit": Text("单位", "Unit"), "metered": Text("按表计量", "Metered"),
    "cycle": Text("阶梯周期", "Tiers are counted"), "cycle_from": Text("周期起始月", "From month"),
    "by_months": Text("按实际月数计上限", "Limits of the months used"), "mode": Text("缴法", "Paid"),
    "due_days": Text("发布后到期天数", "Due after (days)"), "whole_yuan": Text("取整到元", "In whole yuan"),
}  # fmt: skip


def propose(access: Access, asked: AskedFee, now: datetime, reason: str = "") -> Authorisation:
    """Put a fee, or what changes of one, before a second person. Refused: OUT_OF_SCOPE, BILLER_NOT_BILLED, FEE_INVALID
    (code, name, unit, cycle, cycle_from, mode, due_days), FEE_PRICED, and as `second.propose` refuses."""
    if not access.scope.has_partner(asked.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    check(asked)
    biller = Partner.objects.get(pk=asked.biller_id)
    subject = f"{biller.code} {asked.code}"
    return second.propose(access, ACT, subject, {"fee": to_builtins(asked)}, now, partner=biller, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """The fee as it is and as it will be. Refused: as `propose`."""
    asked = convert(content["fee"], AskedFee)
    there = check(asked)
    before, after = (said(there) if there else {}), said(asked)
    return [Change(field, title, before.get(field), after[field]) for field, title in TITLES.items()]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The fee from now on."""
    check(convert(content["fee"], AskedFee))
    fee: Any = Jsonb(content["fee"])
    with connection.cursor() as cursor:
        cursor.execute(_SQL["put_fee"], [fee])


def check(asked: AskedFee) -> AskedFee | None:
    """The fee that is there, if any. Refused: BILLER_NOT_BILLED, FEE_INVALID, FEE_PRICED."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["bills_here"], [asked.biller_id])
        here = cursor.fetchone()[0]
    if not here:
        raise Refused(BillingCode.BILLER_NOT_BILLED, "biller")
    if fault := fault_of(asked):
        raise Refused(BillingCode.FEE_INVALID, fault)
    there, priced = found(asked.biller_id, asked.code)
    if there and priced and any(getattr(there, field) != getattr(asked, field) for field in KEPT):
        raise Refused(BillingCode.FEE_PRICED)
    return there


def found(biller_id: int, code: str) -> tuple[AskedFee | None, bool]:
    """A company's fee, and whether it has prices."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["fee_row"], {"biller": biller_id, "code": code})
        row = cursor.fetchone()
    if row is None:
        return None, False
    _, biller, code, name, unit, metered, cycle, cycle_from, by_months, mode, due_days, whole, priced = row
    return AskedFee(biller, code, name, unit, metered, cycle, mode, due_days, cycle_from, by_months, whole), priced


def fault_of(asked: AskedFee) -> str:
    """The field that is wrong, "" when none is. Pure."""
    wrong = {
        "code": not CODE.fullmatch(asked.code), "name": not _line(asked.name, NAME_MAX),
        "unit": not _line(asked.unit, UNIT_MAX), "cycle": asked.cycle not in CYCLES,
        "cycle_from": not 1 <= asked.cycle_from <= 12, "mode": asked.mode not in MODES,
        "due_days": not 0 <= asked.due_days <= DUE_DAYS_MAX,
    }  # fmt: skip
    return next((field for field, is_wrong in wrong.items() if is_wrong), "")


def said(fee: AskedFee) -> dict[str, second.Said]:
    """In words, by field."""
    return {
        "name": fee.name, "unit": fee.unit, "metered": yes_no(fee.metered), "cycle": CYCLES[fee.cycle],
        "cycle_from": str(fee.cycle_from), "by_months": yes_no(fee.by_months), "mode": MODES[fee.mode],
        "due_days": str(fee.due_days), "whole_yuan": yes_no(fee.whole_yuan),
    }  # fmt: skip


def _line(text: str, most: int) -> bool:
    return text.strip() == text and 0 < len(text) <= most and text.isprintable()
