"""The court of the demo's world: a rule that two people agreed to, 200 cases with their sub-accounts, and a POS
terminal of its own where an acquirer listens."""

from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.facts.sqlfiles import queries
from yifen.face.acting import acting
from yifen.hub.pos import registering
from yifen.hub.sample import Sample
from yifen.trades.cases import courts, opening
from yifen.trades.cases.courts import DEFAULT_LEVELS, CourtRule
from yifen.trades.cases.rules import CaseParty, NewCase
from yifen.trades.cases.sample_court import (
    ACQUIRER,
    CHANNEL,
    CLERK,
    CODE,
    COURT,
    JUDGE,
    MAIN,
    MERCHANT,
    PREFIX,
    PRESIDENT,
    TERMINAL,
)

CASES = 200
_SQL = queries(__package__)
_PROVINCE = ("admin", "admin2")
_MANAGER = "manager"  # of the county whose court it is
_LEVELS = (*DEFAULT_LEVELS, ("head", 0, ["refund", "deposit"]))
_SURNAMES, _NAMES = "赵钱孙李周吴郑王冯陈", ("建国", "秀英", "志强", "丽华", "永福", "桂兰", "文斌", "海燕")
_FIRMS = ("青溪建材有限公司", "临江商贸有限公司", "云川小额贷款公司")


def prepare(sample: Sample) -> None:
    """Nothing where there is no court."""
    if COURT not in sample.partners:
        return
    now, court = sample.registry.now, sample.partners[COURT].pk
    with acting((CLERK, PRESIDENT, _MANAGER, *_PROVINCE)) as (conn, at):
        bank = conn.execute(_SQL["paying_bank"]).fetchall()[0][0]
        rule = CourtRule(CODE, sample.day, MAIN, PREFIX, levels=_LEVELS, bank_id=bank,
                         account_bank="桂林银行象山支行", phone="0773-2800100", comply_days=7)
        agreed(at[PRESIDENT], courts.propose(at[_MANAGER], court, rule, now), now)
        for number in range(1, CASES + 1):
            opening.open_case(at[CLERK], court, new_case(sample.day.year, number), now)
        if "acquirer" in sample.keys:
            _terminal(sample, *(at[login] for login in _PROVINCE))


def new_case(year: int, number: int) -> NewCase:
    """The same for the same number; every tenth is a resumed one."""
    debtor = _SURNAMES[number % 10] + _NAMES[number % 8]
    applicant = _FIRMS[number % 3] if number % 2 else _SURNAMES[number % 7] + _NAMES[number % 5]
    kind = "执恢" if number % 10 == 0 else "执"
    return NewCase(f"({year}){CODE}{kind}{number}号", (CaseParty("applicant", applicant), CaseParty("debtor", debtor)),
                   JUDGE, due_fen=(number * 7_919 % 900 + 100) * 10_000)  # fmt: skip


def agreed(by: Access, row: Authorisation, now: Any) -> None:
    """The second person's yes, to what he is shown."""
    second.decide(by, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)


def _terminal(sample: Sample, maker: Access, checker: Access) -> None:
    now, court = sample.registry.now, sample.partners[COURT]
    host, port = sample.urls["acquirer"].rsplit(":", 1)
    acquirer = registering.AcquirerForm(ACQUIRER, court.institution_id, "银联商务", host, int(port), "des-x919",
                                        sample.keys["acquirer"])  # fmt: skip
    agreed(checker, registering.propose_acquirer(maker, acquirer, now), now)
    terminal = registering.TerminalForm(TERMINAL, MERCHANT, court.name, sample.partners[CHANNEL].pk, court.pk, ACQUIRER,
                                        "des-ecb", "62", sample.keys["terminal"])  # fmt: skip
    agreed(checker, registering.propose_terminal(maker, terminal, now), now)
