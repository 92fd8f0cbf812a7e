"""A proposal of each act of budget indicators, for the tests of two people."""

import io
import itertools
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # when it is asked for
CODE = "450300000"
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


def at() -> datetime:
    """A rule begins today at the earliest."""
    return datetime.now(UTC)


def an_officer(place: Province, number: int = 1) -> Any:
    """Of the bureau itself, with a post at its root."""
    from yifen.core.access.models import User

    login = f"bureau{number:02d}"
    found = User.objects.filter(login=login).first()
    return found or site.user(login, place.own.county, "budget_bureau", partner=place.own.biller,
                              person=login.upper())  # fmt: skip


def an_administrator(place: Province) -> Any:
    """The second one of the county."""
    from yifen.core.access.models import User

    found = User.objects.filter(login="ia01b").first()
    return found or site.user("ia01b", place.own.county, "institution_admin", person="IA01B")


def a_rule(place: Province) -> Any:
    """Of a day that has none yet; the first one makes the biller a bureau."""
    from yifen.trades.budget import bureaus

    day = as_owner("SELECT greatest(%s::date, max(valid_from) + 1) FROM budget_rule WHERE bureau_id = %s",
                   [localdate(at()), place.own.biller])  # fmt: skip
    return bureaus.propose(site.access(place.own.user), place.own.biller, bureaus.BureauRule(CODE, day), NOW)


def a_list(place: Province, kind: str, text: str, by: Any) -> Any:
    """Taken in and put before another."""
    from yifen.trades.budget import lists

    with transaction.atomic():
        number = lists.take_in(site.access(by), place.own.biller, kind, io.BytesIO(text.encode()), f"{kind}.csv",
                               by.login, at())  # fmt: skip
    return lists.propose(site.access(by), lists.found(number), NOW)


def in_force(place: Province) -> None:
    """The biller is a bureau with a unit, and two officers with posts at its root."""
    if as_owner("SELECT count(*) FROM budget_bureau WHERE bureau_id = %s", [place.own.biller]):
        return
    second = an_administrator(place)
    site.agree(second, a_rule(place), at())
    as_owner("INSERT INTO budget_rule SELECT bureau_id, '2026-11-01', control, due_day, buy_fen, cut_off, return_days,"
             " levels, year_end, 0 FROM budget_rule WHERE bureau_id = %s", [place.own.biller])  # decided at SOON
    units = f"单位编码,单位名称,上级单位编码\n101001,第一中学,{CODE}\n"
    site.agree(second, a_list(place, "units", units, place.own.user), at())
    posts = "工号,姓名,单位编码,任职日\n" + "".join(
        f"{an_officer(place, number).login.upper()},王{number},{CODE},2020-01-01\n" for number in (1, 2))  # fmt: skip
    site.agree(second, a_list(place, "posts", posts, place.own.user), at())


def an_indicator(place: Province) -> tuple[Any, str]:
    """A list with one, put before another officer."""
    in_force(place)
    number = f"ZB{next(_numbers)}"
    text = ("指标编号,单位编码,年度,指标类型,功能分类,政府经济分类,资金性质,文号,金额\n"
            f"{number},101001,{localdate(at()).year},21,2010350,50201,1111,财预{number}号,1000.00\n")  # fmt: skip
    return a_list(place, "indicators", text, an_officer(place)), number


def granted(place: Province) -> str:
    made, number = an_indicator(place)
    site.agree(an_officer(place, 2), made, at())
    return number


def new_rule(place: Province) -> Proposed:
    second = an_administrator(place)
    made = a_rule(place)
    return made, second, "SELECT count(*) FROM budget_rule WHERE proposal_id = %s", made.pk


def new_list(place: Province) -> Proposed:
    in_force(place)
    code = f"2{next(_numbers):05d}"
    made = a_list(place, "units", f"单位编码,单位名称,上级单位编码\n{code},第{code}中学,{CODE}\n", place.own.user)
    return made, an_administrator(place), "SELECT count(*) FROM budget_unit WHERE code = %s", code


def new_grant(place: Province) -> Proposed:
    made, number = an_indicator(place)
    return made, an_officer(place, 2), "SELECT count(*) FROM budget_indicator WHERE number = %s", number


def new_quota(place: Province) -> Proposed:
    number = granted(place)
    made = a_list(place, "quota", f"指标编号,到账通知书号,金额\n{number},DZ{number},600.00\n", an_officer(place))
    return (made, an_officer(place, 2), "SELECT count(*) FROM budget_indicator WHERE quota_fen > 0 AND number = %s",
            number)  # fmt: skip


def new_year_end(place: Province) -> Proposed:
    """Of last year, which has one indicator (put there by the owner: a past year's are granted no more)."""
    from yifen.trades.budget import year_end

    number, last = granted(place), localdate(at()).year - 1
    as_owner("UPDATE budget_indicator SET year = %s WHERE number = %s RETURNING 1", [last, number])
    made = year_end.propose(site.access(an_officer(place)), place.own.biller, last, NOW)
    return (made, an_officer(place, 2), "SELECT count(*) FROM budget_indicator WHERE closed_at IS NOT NULL AND number"
            " = %s", number)  # fmt: skip


MAKERS = {"budget.rule": new_rule, "budget.list": new_list, "budget.grant": new_grant, "budget.quota": new_quota,
          "budget.year_end": new_year_end}
"""One of each."""
