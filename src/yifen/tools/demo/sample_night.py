"""What the sample network's night needs: a bank, who sends files, agreements, payees, the hour."""

from datetime import date, time
from typing import Any

from yifen.tools.demo.sample_partners import Member, Registry
from yifen.tools.demo.sample_rows import BOOK_ID, REMOTE

BANK = ("RCBANK", "农信银资金清算")
ACCOUNT = "9551000000000001"
CHANNEL = "WXPAY"  # sends a file of its own
LAYOUT = "WXPAY-LINES"
COLUMNS = (
    ("流水号", "serial", "text", ""), ("类型", "kind", "word", "S=sale,V=void"),
    ("金额", "amount", "fen", ""), ("户号", "account_no", "text", ""),
    ("原流水号", "original", "text", ""),
)  # fmt: skip
# Biller: mode, period, measure, tiers (from, ppm, each fen), cap of the period in fen, paid out?
AGREEMENTS = {
    "POWER01": ("net", "day", "amount", ((0, 3_000, 0), (50_000_000, 2_000, 0)), 5_000_00, True),
    "WATER01": ("net", "month", "count", ((0, 0, 30), (10_000, 0, 20)), None, True),
    "HEAT01": ("gross", "day", "count", ((0, 0, 50),), None, False),
}


def prepare(registry: Registry, seat: Any, partners: dict[str, Any], day: date, bank_url: str) -> Member:
    """Answers the bank's own side. `partners`: rows by code."""
    bank = _bank(registry, seat, bank_url)
    _profiles(partners)
    for code, terms in AGREEMENTS.items():
        _agree(partners[code], day, *terms)
    _payees(partners, bank[0])
    return bank[1]


def _bank(registry: Registry, seat: Any, url: str) -> tuple[Any, Member]:
    from yifen.core.partners.operations import open_account
    from yifen.night.models import Schedule
    from yifen.trades.settlement.models import Bank

    partner, member = registry.enrol(seat, *BANK, "hmac-sha256", typed=True, json=True)
    account = open_account(BOOK_ID, f"1002.{BANK[0]}", f"银行存款 {BANK[1]}", "asset", "none")
    Bank.objects.create(partner=partner, account_no=ACCOUNT, account_name=str(seat.name),
                        account_id=account, endpoint=url)  # fmt: skip
    Schedule.objects.create(book_id=BOOK_ID, starts_at=time(0, 30))
    return partner, member


def _profiles(partners: dict[str, Any]) -> None:
    from yifen.trades.reconciliation.models import Layout, LayoutColumn, Profile

    layout = Layout.objects.create(code=LAYOUT, name="微信生活缴费流水", shape="delimited",
                                   delimiter="|", header_lines=1, named=True)  # fmt: skip
    for position, (name, target, kind, words) in enumerate(COLUMNS, 1):
        LayoutColumn.objects.create(layout=layout, position=position, name=name, target=target,
                                    type=kind, words=words)  # fmt: skip
    Profile.objects.create(partner=partners[CHANNEL], party="channel", truth="theirs",
                           format="layout", layout=layout)  # fmt: skip
    Profile.objects.create(partner=partners[REMOTE], party="biller", truth="ours")


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
    from yifen.trades.settlement.models import Payee

    paid = [code for code, terms in AGREEMENTS.items() if terms[-1]]
    for number, code in enumerate(paid, 1):
        Payee.objects.create(
            biller_id=partners[code].pk, bank=bank, account_no=f"62284800000000{number:04d}",
            account_name=partners[code].name, bank_code="402451000010", bank_name="云川省农村信用社",
        )  # fmt: skip
