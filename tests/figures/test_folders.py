"""A report into a partner's folder: two agree to it, its own figures alone, whole and once; it stops with its
owner's right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest

from tests.billing.price_proposals import NOW, as_owner
from tests.figures import proposals
from tests.figures.reporting import browser, kept, text_of
from tests.pipes.partner_server import PASSWORD, PartnerServer
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.refused import Refused

SECRET = f'{{"password": "{PASSWORD}"}}'.encode()
DAILY = {"every": "day", "hour": 7, "format": "csv", "mail": ""}
SENT = "SELECT sent_state FROM figure_made m JOIN figure_schedule s USING (schedule_id) WHERE s.report_id = %s"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, billed: Province) -> Iterator[PartnerServer]:
    """Of the county's own company, whose pipe takes reports."""
    home = tmp_path_factory.mktemp("partner")
    (home / "in").mkdir()
    with PartnerServer(home) as made:
        proposals.pipe(billed, billed.own.biller, made.address(), made.agreed, SECRET)
        yield made


def lying(server: PartnerServer) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(server.folder / "in").iterdir()}


def proposed(place: Province, title: str, partner: int | None = None) -> tuple[int, Any]:
    """(report, the answer of the page)."""
    number = kept(place, title)
    asked = DAILY | {"partner": partner or place.own.biller}
    return number, browser(place).post(f"/console/figures/reports/{number}/schedule/", asked)


def agreed(place: Province, title: str) -> tuple[int, datetime]:
    """(report, when its first file is due)."""
    from yifen.core.access.models import Authorisation

    number, answer = proposed(place, title)
    proposal = Authorisation.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert as_owner("SELECT count(*) FROM figure_schedule WHERE report_id = %s", [number]) == 0
    site.agree(place.users["institution_admin"], proposal, proposal.requested_at + timedelta(minutes=1))
    return number, as_owner("SELECT next_at FROM figure_schedule WHERE report_id = %s", [number])


def made(at: datetime) -> None:
    from yifen.trades.figures.making import make

    with site.as_process(WORKER):
        make(at, None, "https://x", lambda: False)


def delivered(place: Province, at: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """What pipes do: what the last try said."""
    from yifen.trades.pipes import delivering, finding, sftp

    with psycopg.connect(place.database.url(WORKER), autocommit=True) as conn:
        monkeypatch.setattr(sftp, "reading", lambda: psycopg.connect(place.database.url(WORKER), autocommit=True))
        finding.find_all(conn, lambda: at, lambda: False)
        delivering.deliver_due(conn, the_ring(), lambda: at, lambda: False)
        row = conn.execute("SELECT state || ' ' || said FROM pipe_delivery ORDER BY id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


@contextmanager
def away(server: PartnerServer) -> Iterator[None]:
    """The folder is gone."""
    (server.folder / "in").rename(server.folder / "away")
    try:
        yield
    finally:
        (server.folder / "away").rename(server.folder / "in")


def is_named_today(user: Any) -> bool:
    """What waits for him now says so."""
    from yifen.core.access.edge import now
    from yifen.trades.figures.pages.waiting import what_waits

    return [one.number for one in what_waits(site.access(user), now())] != []


@contextmanager
def without_right(user: Any) -> Iterator[None]:
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    try:
        yield
    finally:
        type(user).objects.filter(pk=user.pk).update(is_active=True)


@pytest.fixture(autouse=True)
def ended(billed: Province) -> Iterator[None]:
    yield
    as_owner("UPDATE figure_schedule SET ended_at = now() WHERE ended_at IS NULL", [])


def test_what_two_agreed_to_lies_there_once_a_day_with_its_own_figures_alone(
    billed: Province, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, due = agreed(billed, "给热力")
    as_owner("UPDATE figure_report SET title = '改了', ask = ask || '{\"measures\": [\"asked\"]}' WHERE report_id = %s",
             [number])  # fmt: skip
    for later in (0, 1):
        made(due + timedelta(minutes=later))
        assert delivered(billed, due + timedelta(minutes=later), monkeypatch).startswith("delivered")
    name = f"report-{number}-{due.astimezone():%Y%m%d}.csv"
    assert list(lying(server)) == [name]
    rows = lying(server)[name].decode("utf-8-sig").splitlines()
    assert rows == ["小区,应收合计,账单已缴,尚欠,收费率 %,实收", "东苑,300.00,140.00,160.00,46.67,140.00",
                    "西苑,300.00,0.00,300.00,0.00,0.00", "非本系统出账,0.00,0.00,0.00,,123.45",
                    "合计,600.00,140.00,460.00,23.33,263.45"]  # fmt: skip
    assert "已送达" in text_of(billed, "made/")
    as_owner("UPDATE figure_schedule SET ended_at = now() WHERE report_id = %s", [number])
    as_owner("UPDATE figure_schedule SET ended_at = NULL, next_at = %s WHERE report_id = %s", [due, number])
    made(due + timedelta(minutes=2))  # a second time for the same day, whatever the schedule says
    assert as_owner("SELECT count(*) FROM figure_made WHERE sent_as = %s", [name[:-4]]) == 1


def test_a_partner_that_is_shut_gets_it_when_it_is_open_again(
    billed: Province, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, due = agreed(billed, "停业")
    shut = "UPDATE partner SET suspended = %s, live_at = coalesce(live_at, '2020-01-01') WHERE id = %s"
    as_owner(shut, [True, billed.own.biller])
    made(due)
    assert delivered(billed, due, monkeypatch).startswith("waiting")
    assert not any(f"-{number}-" in name for name in lying(server))
    as_owner(shut, [False, billed.own.biller])
    assert delivered(billed, due, monkeypatch).startswith("delivered")


def test_who_lost_the_right_before_it_was_agreed_to_sends_nothing(billed: Province, server: PartnerServer) -> None:
    from yifen.core.access import second
    from yifen.core.access.models import Authorisation

    number, answer = proposed(billed, "离职")
    proposal = Authorisation.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    with without_right(billed.users["finance"]), pytest.raises(Refused) as caught:
        site.agree(billed.users["institution_admin"], proposal, proposal.requested_at + timedelta(minutes=1))
    assert int(caught.value.code) == 2122  # it lapsed
    assert as_owner("SELECT count(*) FROM figure_schedule WHERE report_id = %s", [number]) == 0
    second.withdraw(site.access(proposal.maker), proposal.pk, NOW)


@pytest.mark.parametrize("when", ["before it is made", "before it is told", "before it is sent"])
def test_it_stops_with_its_owners_right_and_today_says_so(
    billed: Province, server: PartnerServer, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    number, due = agreed(billed, when)
    if when == "before it is told":
        made(due)
    elif when == "before it is sent":
        with away(server):
            made(due)
            assert delivered(billed, due, monkeypatch).startswith("waiting")
    with without_right(billed.users["finance"]):
        if when == "before it is made":
            made(due)
        said = delivered(billed, due + timedelta(minutes=10), monkeypatch)
    assert not any(f"-{number}-" in name for name in lying(server))
    if when == "before it is sent":
        assert said == f"given_up report-{number}-{due.astimezone():%Y%m%d}.csv was stopped"
        assert "未能送达" in text_of(billed, "made/")
    elif when == "before it is told":
        assert as_owner(SENT, [number]) == "failed"
    as_owner("UPDATE figure_made SET at = now() WHERE sent_as LIKE %s", [f"report-{number}-%"])
    assert [is_named_today(billed.users[role]) for role in ("finance", "institution_admin", "supervisor")] == [
        True, True, False]  # fmt: skip


def test_a_folder_that_is_gone_is_given_up_and_named(
    billed: Province, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, due = agreed(billed, "目录没了")
    with away(server):
        made(due)
        assert delivered(billed, due, monkeypatch).startswith("waiting")
        as_owner("UPDATE pipe_delivery SET tries = 9, due_at = %s WHERE state = 'waiting'", [due])
        assert delivered(billed, due + timedelta(minutes=1), monkeypatch).startswith("given_up")
    as_owner("UPDATE figure_made SET at = now() WHERE sent_as LIKE %s", [f"report-{number}-%"])
    assert is_named_today(billed.users["finance"])


def test_without_a_pipe_that_takes_it_it_says_so(
    billed: Province, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, due = agreed(billed, "没有通道")
    made(due)
    change = "UPDATE pipe SET wants = %s::jsonb WHERE wants = %s::jsonb"
    as_owner(change, ['["file.ready"]', '["report.ready"]'])
    delivered(billed, due, monkeypatch)
    as_owner(change, ['["report.ready"]', '["file.ready"]'])
    assert as_owner(SENT.replace("sent_state", "sent_state || ' ' || said"), [number]).startswith("failed 对方没有")


def test_it_goes_to_partners_of_ones_own_tree_alone(billed: Province, server: PartnerServer) -> None:
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import folders, keeping

    proposals.pipe(billed, billed.foreign.biller)
    number, answer = proposed(billed, "外县", billed.foreign.biller)
    assert answer.status_code == 200  # not one of the choices
    access = site.access(billed.users["finance"])
    with plain_connection() as conn:
        (report,) = keeping.reports(conn, access, number)
    with pytest.raises(Refused) as caught:
        folders.propose(access, report, billed.foreign.biller, DAILY, "zh", NOW)
    assert int(caught.value.code) == 8682
    both = browser(billed).post(f"/console/figures/reports/{number}/schedule/",
                                DAILY | {"partner": billed.own.biller, "mail": "boss@example.cn"})  # fmt: skip
    assert "8696" in both.content.decode()


def test_a_partner_reads_no_other_ones_figures_and_no_name_of_ours(billed: Province, server: PartnerServer) -> None:
    from yifen.core.access.edge import now
    from yifen.face.plain import plain_connection
    from yifen.trades.figures.making import made as file_made

    ask = {"rows": ["community"], "measures": ["asked"], "period": "days", "since": "2026-11-01", "until": "2026-11-30"}
    user, found = billed.users["finance"], []
    with plain_connection() as conn:
        for partner in (None, billed.own.biller, billed.foreign.biller):
            rows, body = file_made(conn, user.pk, "x", ask, "csv", "zh", now(), now(), partner)
            found.append((rows, "东苑" in body.decode()))
        _, sheet = file_made(conn, user.pk, "x", ask, "xlsx", "zh", now(), now(), billed.own.biller)
    assert found == [(2, True), (2, True), (0, False)]
    with ZipFile(BytesIO(sheet)) as book:
        assert user.name not in "".join(book.read(name).decode() for name in book.namelist())


def test_nobody_past_the_pages_sends_a_report(billed: Province, server: PartnerServer) -> None:
    """A proposal that was not decided just now, and people of another county, whatever the page says they are."""
    from django.db import transaction

    made_ = proposals.folder(billed)
    ask = "SELECT figures_folder_v1(%s, now())"
    with psycopg.connect(billed.database.url(WEB)) as conn:
        assert conn.execute(ask, [made_[0].pk]).fetchone() == (8680,)
    settle = """UPDATE access_authorisation SET granted = true, decided_at = now(), checker_id = %s,
        settled_in = pg_current_xact_id()::text::bigint WHERE id = %s"""
    for checker, code in ((billed.foreign.user.pk, 8680), (made_[1].pk, 0)):
        with transaction.atomic():
            as_owner(settle, [checker, made_[0].pk])
            assert as_owner(ask, [made_[0].pk]) == code
            transaction.set_rollback(True)
    from yifen.core.access import second

    second.withdraw(site.access(made_[0].maker), made_[0].pk, NOW)
