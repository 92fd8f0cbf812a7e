"""The finance bureau of the demo's world: its rule, units, people and posts, indicators with quota; two people each."""

from datetime import datetime, time
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.face.acting import acting
from yifen.hub.sample import Sample
from yifen.trades.budget import bureaus, lists
from yifen.trades.budget.bureaus import BureauRule
from yifen.trades.budget.list_rows import ListRow
from yifen.trades.budget.sample_bureau import (
    ACCOUNTS,
    BANK_CODE,
    BANK_NAME,
    BUREAU,
    COLLEAGUES,
    DIVISION,
    FUNCS,
    FUND,
    INDICATORS,
    OFFICERS,
    STAFF,
    TIMES,
    UNITS,
)

_PROVINCE = ("admin", "admin2")
_ALL_DAY = time.max  # the demo pays at any hour; a real bureau's day is cut
_SINCE = "2020-01-01"


def prepare(sample: Sample) -> None:
    """Nothing where there is no bureau."""
    if BUREAU not in sample.partners:
        return
    now, bureau = sample.registry.now, sample.partners[BUREAU]
    with acting((*OFFICERS, *_PROVINCE)) as (_conn, at):
        one, two = (at[login] for login in _PROVINCE)
        agreed(two, bureaus.propose(one, bureau.pk, BureauRule(DIVISION, sample.day, cut_off=_ALL_DAY), now), now)
        for kind, asked in (("units", unit_rows()), ("posts", post_rows())):
            agreed(two, lists.propose_rows(one, bureau, kind, asked, f"sample {kind}", now), now)
        first, other = (at[login] for login in OFFICERS)
        for kind, asked in (("indicators", indicator_rows(sample.day.year)), ("quota", quota_rows(sample.day.year))):
            agreed(other, lists.propose_rows(first, bureau, kind, asked, f"sample {kind}", now), now)


def unit_rows() -> list[ListRow]:
    return [{"code": code, "name": name, "parent": above or DIVISION, "account_no": ACCOUNTS[code],
             "bank_name": BANK_NAME, "bank_code": BANK_CODE, "until": None} for code, name, above in UNITS]  # fmt: skip


def post_rows() -> list[ListRow]:
    return [{"staff_no": login.upper(), "name": name, "unit": unit or DIVISION, "duty": duty, "from": _SINCE,
             "until": None} for login, name, unit, duty, _roles in STAFF] + [
        {"staff_no": number, "name": name, "unit": unit, "duty": "职工", "from": _SINCE, "until": None}
        for number, name, unit in COLLEAGUES]  # fmt: skip


def indicator_rows(year: int) -> list[ListRow]:
    return [{"number": f"{year}-{unit}-{end}", "unit": unit, "year": year, "type": "21", "func": func, "gov": gov,
             "dep": dep, "project": project, "fund": FUND, "title": title, "doc_no": f"青财预〔{year}〕1号",
             "fen": granted * TIMES[unit] * 100}
            for unit, func in FUNCS.items() for end, gov, dep, project, title, granted, _quota in INDICATORS]


def quota_rows(year: int) -> list[ListRow]:
    return [{"number": f"{year}-{unit}-{end}", "doc_no": f"DZ{year}0001", "fen": quota * TIMES[unit] * 100}
            for unit in FUNCS for end, *_more, quota in INDICATORS]  # fmt: skip


def agreed(by: Access, row: Authorisation, now: datetime) -> Any:
    """The second person's yes, to what he is shown."""
    return second.decide(by, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now)
