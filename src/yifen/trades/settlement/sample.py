"""Settlement's part of the demo's world: a bank with a port, agreements, payees."""

from datetime import date
from typing import Any

from yifen.hub.sample import Sample

BANK = ("RCBANK", "农信银资金清算")
ACCOUNT = "9551000000000001"
# Biller: mode, period, measure, tiers (from, ppm, each fen), cap of the period in fen, paid out?
AGREEMENTS = {
    # Its money goes by the core every night, and what it owes is charged at the desk (1078).
    "POWER01": ("gross", "day", "amount", ((0, 3_000, 0), (50_000_000, 2_000, 0)), 5_000_00, False),
    "WATER01": ("net", "month", "count", ((0, 0, 30), (10_000, 0, 20)), None, True),
    "HEAT01": ("gross", "day", "count", ((0, 0, 50),), None, True),
}


def prepare(sample: Sample) -> None:
    """The bank joins the members."""
    make_working(sample.day)
    bank = _bank(sample)
    for code, terms in AGREEMENTS.items():
        _agree(sample.partners[code], sample.first_day, *terms)
    _payees(sample.partners, bank)


def make_working(day: date) -> None:
    """Payouts are to be seen on whatever day the demo is tried: a weekend or a holiday works."""
    from yifen.trades.settlement.models import CalendarDay
    from yifen.trades.settlement.operations import calendar_days

    calendar_days.remove(day)
    if day.weekday() >= 5:
        calendar_days.put(day, CalendarDay.Kind.MAKE_UP, "样例：照常划付")


def _bank(sample: Sample) -> Any:
    from yifen.core.partners.operations import open_account
    from yifen.trades.settlement.models import Bank

    partner, member = sample.registry.enrol(
        sample.seat, *BANK, "hmac-sha256", typed=True, json=True
    )
    sample.members[member.code] = member
    account = open_account("bank", sample.book_id, *BANK)
    Bank.objects.create(
        partner=partner, account_no=ACCOUNT, account_name=str(sample.seat.name),
        account_id=account, endpoint=sample.urls["bank"],
    )  # fmt: skip
    return partner


def _agree(
    partner: Any, day: date, mode: str, period: str, measure: str,
    tiers: tuple[tuple[int, int, int], ...], cap_fen: int | None, payout: bool,
) -> None:  # fmt: skip
    from yifen.trades.settlement.models import Agreement, AgreementTier

    made = Agreement.objects.create(
        biller_id=partner.pk, valid_from=day.replace(day=1), mode=mode, period=period,
        measure=measure, cap_fen=cap_fen, lag_days=0, payout=payout,
    )  # fmt: skip
    for start, ppm, each in tiers:
        AgreementTier.objects.create(agreement=made, from_measure=start, rate_ppm=ppm, each_fen=each)


def _payees(partners: dict[str, Any], bank: Any) -> None:
    from yifen.trades.settlement import accounts
    from yifen.trades.settlement.models import Payee

    paid = [code for code, terms in AGREEMENTS.items() if terms[-1]]
    for number, code in enumerate(paid, 1):
        Payee.objects.create(
            biller_id=partners[code].pk, bank=bank,
            account_no=accounts.sealed(f"62284800000000{number:04d}", []),
            account_name=partners[code].name, bank_code="402451000010", bank_name="云川省农村信用社",
        )  # fmt: skip
