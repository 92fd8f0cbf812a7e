"""Seasons 采暖季: proposed, and in force by the second person's yes."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct, to_builtins
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
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.heating.codes import HeatingCode
from yifen.trades.heating.rules import Term, said_terms

ACT = "heating.season"
_SQL = queries(__package__)


class Season(Struct, frozen=True):
    """As its row has it; `season_id`: of one that it takes the place of."""

    fee_id: int
    name: str
    from_on: date
    to_on: date
    heated_from: date
    heated_to: date
    ask_until: date
    answer_days: int
    by_days: bool
    paid_first: bool
    terms: tuple[Term, ...]
    season_id: int | None = None

    def content(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        plain: dict[str, Any] = to_builtins(self)
        plain["terms"] = [{"class": term.class_, "region": term.region, "permille": term.permille}
                          for term in self.terms]  # fmt: skip
        return plain


TITLES = {
    "name": Text("名称", "Name"), "from_on": Text("采暖期起", "Season from"), "to_on": Text("采暖期止", "Season to"),
    "heated_from": Text("实际供热起", "Heated from"), "heated_to": Text("实际供热止", "Heated to"),
    "ask_until": Text("报停截止日", "Stops asked for until"), "answer_days": Text("答复天数", "Days to answer"),
    "by_days": Text("按天停供", "Stops by days"), "paid_first": Text("须先缴清欠费", "Arrears paid first"),
    "terms": Text("基本费比例", "Basic fee"),
}  # fmt: skip


def propose(access: Access, season: Season, now: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, FEE_UNKNOWN, SEASON_WRONG, SEASON_TAKEN, SEASON_USED, and as `second.propose` refuses."""
    biller_id, code, *_ = fee_of(season.fee_id)
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "fee")
    subject = f"{code} {season.fee_id} {season.from_on}"
    return second.propose(access, ACT, subject, {"season": season.content()}, now,
                          partner=Partner.objects.get(pk=biller_id), reason=reason)  # fmt: skip


def named(subject: str) -> Text:
    """The biller, the fee, since when."""
    _code, fee, day = subject.split(" ", 2)
    _biller_id, _code, biller, name = fee_of(int(fee))
    return Text(f"{biller} {name} {day}", f"{biller} {name} {day}")


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be. Refused as `propose`."""
    season = content["season"]
    biller_id, _code, biller, fee = fee_of(season["fee_id"])
    with plain_connection() as conn:
        (number,) = conn.execute(_SQL["season_against"], (biller_id, Jsonb(season))).fetchall()[0]
        row = conn.execute(_SQL["season_now"], {"season": season["season_id"]}).fetchone()
    if number:
        code = result_code(number)
        raise Refused(code, "terms" if code is HeatingCode.SEASON_WRONG else "from_on")
    before, after = said(row[0]) if row else {}, said(season)
    return [Change("fee", Text("费种", "Fee"), None, f"{biller} {fee}"),
            *(Change(field, title, before.get(field), after[field]) for field, title in TITLES.items())]  # fmt: skip


def said(season: dict[str, Any]) -> dict[str, second.Said]:
    """In words, by field."""
    terms = [Term(term["permille"], term["class"], term["region"]) for term in season["terms"]]
    found: dict[str, second.Said] = {field: str(season[field]) for field in TITLES}
    found["by_days"], found["paid_first"] = yes_no(season["by_days"]), yes_no(season["paid_first"])
    found["terms"] = said_terms(sorted(terms, key=lambda term: (term.class_, term.region)))
    return found


def in_force(season_id: int) -> dict[str, Any]:
    """As its row has it, with its terms; of one that is there."""
    with plain_connection() as conn:
        found: dict[str, Any] = conn.execute(_SQL["season_now"], {"season": season_id}).fetchall()[0][0]
    return found


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from now on. Refused: HEATING_NOT_AGREED, and as `propose`."""
    done("put_season", decision.proposal, decision.now)


def fee_of(fee_id: int) -> tuple[int, str, str, str]:
    """(biller, his code and name, the fee's). Refused OUT_OF_SCOPE: there is none."""
    with plain_connection() as conn:
        row: tuple[int, str, str, str] | None = conn.execute(_SQL["fee_of"], (fee_id,)).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "fee")
    return row


def done(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    with plain_connection() as conn:
        row = conn.execute(_SQL[statement], values).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), field)
