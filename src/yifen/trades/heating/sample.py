"""Heating's part of the demo's world: the town's season, which is billed, and the next one, in which a dozen holders
asked; all by the functions and the two people of the processes. One who stops now has his bill cancelled first."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import User
from yifen.core.facts.sqlfiles import queries
from yifen.hub.sample import Sample
from yifen.trades.heating import deciding, requests, seasons
from yifen.trades.heating.rules import ANSWER_DAYS, Term
from yifen.trades.heating.seasons import Season

BILLER, SOURCE = "HEAT01", "市热办文件 12 号"
MAKER, CHECKER = "clearing", "clearing2"
SEASONS = "heat", "manager"  # who proposes a season and who agrees
_SQL = queries(__package__)


class SampleOffice:
    """The people of the office, signed in while the sample is made."""

    def __init__(self, sample: Sample) -> None:
        self.sample, self.now = sample, sample.registry.now
        self.own = {login: User.objects.get(login=login) for login in (MAKER, CHECKER, *SEASONS)}

    def __enter__(self) -> "SampleOffice":
        for login in self.own:
            _run("sample_session", {"login": login, "key": f"sample {login}"})
        return self

    def __exit__(self, *_: object) -> None:
        User.objects.filter(login__in=self.own).update(session_key="")

    def at(self, login: str) -> Access:
        return Access(self.own[login], f"sample {login}")

    def agreed(self, proposal: Any, login: str = CHECKER) -> None:
        """The second person's yes."""
        seen = bytes(proposal.shown).hex()
        second.decide(self.at(login), proposal.pk, seen=seen, yes=True, now=self.now)

    def asked(self, service: int, season: int, kind: str = "stop", days_ago: int = 0, on: date | None = None) -> int:
        at = self.now - timedelta(days_ago)
        paper = f"BT-{service // 1000:06d}"
        return requests.ask(self.at(MAKER), service, season, kind, on, "holder", paper, "外出", at)

    def seen(self, request: int, finding: str = "ok") -> None:
        _run("sample_seen", {"ref": f"R{request}", "kind": "inspect", "finding": finding, "now": self.now})

    def decided(self, request: int, yes: bool = True) -> None:
        self.agreed(deciding.propose(self.at(MAKER), request, yes, "资料齐全" if yes else "房屋在保修期", self.now))

    def stopped(self, service: int, season: int, on: date | None = None) -> int:
        request = self.asked(service, season, on=on)
        self.seen(request)
        self.decided(request)
        return request


def prepare(sample: Sample) -> None:
    """Nothing where the demo ends by itself: it has no heating company then."""
    rows = _run("sample_flats", {"biller": BILLER, "most": 14})
    if not rows:
        return
    fee, from_on, to_on = rows[0][:3]
    flats = [row[3] for row in rows]
    with SampleOffice(sample) as office:
        now_on, following = (_season(office, fee, *span, by_days=by_days) for *span, by_days in (
            (from_on, to_on, True), (_year_on(from_on), _year_on(to_on), False)))  # fmt: skip
        for flat, happens in zip(flats, _happenings(), strict=False):
            happens(office, flat, following)
        if from_on <= sample.day <= to_on:
            _warm(office, flats[-1], now_on)


def _season(office: SampleOffice, fee: int, from_on: date, to_on: date, *, by_days: bool) -> int:
    """In force by two people."""
    until = to_on if by_days else from_on - timedelta(30)
    season = Season(fee, f"{from_on.year}–{to_on.year}", from_on, to_on, from_on, to_on, until, ANSWER_DAYS, by_days,
                    not by_days, (Term(300),))  # fmt: skip
    given = {"biller": BILLER, "from_on": from_on}
    office.agreed(seasons.propose(office.at(SEASONS[0]), season, office.now, SOURCE), SEASONS[1])
    return int(_run("sample_season", given)[0][0])


def _happenings() -> tuple[Callable[[SampleOffice, int, int], Any], ...]:
    """What became of each who asked."""
    def marked(office: SampleOffice, flat: int, season: int) -> None:
        requests.mark(office.at(MAKER), flat, "not_separate", None, "与邻户串联", office.now)

    def found(finding: str) -> Callable[[SampleOffice, int, int], Any]:
        return lambda office, flat, season: office.seen(office.asked(flat, season, days_ago=3), finding)

    def proposed(office: SampleOffice, flat: int, season: int) -> None:
        request = office.asked(flat, season, days_ago=6)
        office.seen(request)
        deciding.propose(office.at(MAKER), request, True, "资料齐全", office.now)

    def started(office: SampleOffice, flat: int, season: int) -> None:
        office.stopped(flat, season)
        office.asked(flat, season, "start")

    return (
        lambda office, flat, season: office.asked(flat, season),
        lambda office, flat, season: office.asked(flat, season, days_ago=9),
        lambda office, flat, season: office.asked(flat, season, days_ago=14),  # overdue
        found("ok"), found("differs"), found("no_access"), proposed,
        SampleOffice.stopped, SampleOffice.stopped, started,
        lambda office, flat, season: office.decided(office.asked(flat, season, days_ago=8), False),
        lambda office, flat, season: requests.withdraw(office.at(MAKER), office.asked(flat, season), office.now),
        marked,
    )  # fmt: skip


def _warm(office: SampleOffice, flat: int, season: int) -> None:
    """He stops in the middle: his bill is cancelled, he is billed anew; then somebody finds his flat warm."""
    given = {"service": flat, "now": office.now, "session": f"sample {MAKER}", "maker": MAKER, "checker": CHECKER,
             "institution": office.sample.seat.pk}  # fmt: skip
    request = office.asked(flat, season, on=office.sample.day)
    office.seen(request)
    ((bill, from_on, to_on, due_on),) = _run("sample_bill", given)
    ((cancel,),) = _run("sample_cancel", given | {"bill": bill})
    _published(given | {"run": cancel})
    office.decided(request)
    ((run,),) = _run("sample_anew", given | {"from_on": from_on, "to_on": to_on, "due_on": due_on})
    _run("sample_make", given | {"run": run})
    _published(given | {"run": run})
    _run("sample_look", given | {"day": office.sample.day})
    _run("sample_seen", {"ref": f"C{flat}", "kind": "check", "finding": "warm", "now": office.now})


def _published(given: dict[str, Any]) -> None:
    ((proposal,),) = _run("sample_agreed", given)
    _run("sample_publish", given | {"proposal": proposal})


def _year_on(day: date) -> date:
    return day.replace(year=day.year + 1)


def _run(name: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], given)
        return list(cursor.fetchall()) if cursor.description else []
