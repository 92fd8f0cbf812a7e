"""The demo's agency: merchant 0006 and its county's admissions for every kind of channel, the county's core, the power
company's accounts there as the core names them (4692), and slips of it that wait for 4628."""

from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.face.acting import acting
from yifen.hub.corebank import banks
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.pairs import PairForm
from yifen.hub.sample import Sample
from yifen.trades.agency import admission, command, deposits, rules
from yifen.trades.agency.sample_core import (
    BILLER,
    CASH,
    CLEARING,
    CORE,
    FIRST_SLIP,
    INCOME,
    SETTLED,
    SUNDRY,
    TRANSIT,
    UNIT,
)

PROVINCE, PROVINCE_SECOND, COUNTY = "admin", "admin2", "manager"
MERCHANT, REGION = ("0006", "云川电力集团", "电力"), "3709"
BANKS = "102451000018,工商银行青溪支行\n103451000011,农业银行青溪支行\n105451000023,建设银行青溪支行\n"
SLIPS = ((FIRST_SLIP, "12888.00"), ("JK000002", "6400.50"), ("JK000003", "930.75"))


def prepare(sample: Sample) -> None:
    """Nothing where no core listens."""
    if "core" not in sample.urls:
        return
    with acting((PROVINCE, PROVINCE_SECOND, COUNTY)) as (conn, at):
        _all(conn, sample, *(at[login] for login in (PROVINCE, PROVINCE_SECOND, COUNTY)))


def _all(conn: Any, sample: Sample, province: Access, checker: Access, county: Access) -> None:
    now, biller = sample.registry.now, sample.partners[BILLER]
    assert county.user is not None
    home = county.user.institution_id

    def agreed(by: Access, row: Authorisation) -> None:
        second.decide(by, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)

    agreed(checker, admission.propose_merchant(province, admission.MerchantForm(*MERCHANT), now))
    for channel in rules.CHANNELS:
        form = admission.AdmissionForm(MERCHANT[0], "collect", channel, REGION, 3, sample.first_day, None)
        agreed(province, admission.propose(county, form, now))
    core = banks.CoreForm(CORE, home, "青溪联社核心系统", sample.urls["core"], sample.keys["core"], CASH, CLEARING,
                          SUNDRY, INCOME)  # fmt: skip
    agreed(province, banks.propose(county, core, now))
    pair = PairForm(biller.pk, home, TRANSIT, SETTLED, biller.name, MERCHANT[0], UNIT, "C0001", "HT-2026-001",
                    sample.first_day)  # fmt: skip
    agreed(checker, admission.propose_accounts(province, cores_of(conn), pair, now))
    rows = "".join(f"{UNIT},{number},{yuan},青溪供电所\n" for number, yuan in SLIPS)
    command.keep(conn, BANKS.encode())
    deposits.receive(conn, "", biller.pk, f"{','.join(rules.HEAD)}\n{rows}".encode(), now)
