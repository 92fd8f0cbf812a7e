"""Standing statistics: asked for once, made of each period that ended, in the name of who asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.jobs.running import work
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import WEB, WORKER

ASKED = {"every": "week", "format": "csv", "query": "since=2026-11-23&until=2026-11-23&by=channel"}


@pytest.fixture
def owner(place: Province) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:
        yield conn
        conn.execute("DELETE FROM console_standing_export")


def rows(conn: psycopg.Connection[Any], statement: str) -> list[Any]:
    return conn.execute(statement).fetchall()


def morning() -> date:
    return (datetime.now(UTC).astimezone(ZONE) - timedelta(hours=6)).date()


def test_a_week_is_asked_for_made_and_told(
    place: Province, owner: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.jobs.defer import defer

    monkeypatch.setenv("YIFEN_DATA", str(tmp_path))
    client, monday = site.client_of(place.users["finance"]), morning() - timedelta(days=morning().weekday())
    client.post("/console/statistics/standing/", ASKED)
    (kept,) = rows(owner, "SELECT maker_id, query, every, next_on FROM console_standing_export")
    assert kept == (place.users["finance"].pk, "by=channel", "week", monday + timedelta(days=7))
    page = Page(client, "/console/statistics/")
    assert "每周 · 渠道 · CSV" in page.text
    assert f"下次 {monday + timedelta(days=7)}" in page.text
    with psycopg.connect(place.database.url(WORKER), autocommit=True) as worker:
        assert rows(worker, "SELECT console_due_exports_v1()") == []  # the week is not over
        owner.execute("UPDATE console_standing_export SET next_on = %s", (monday,))
    defer("face.standing_exports")
    for _ in range(2):  # the one makes the other
        work(place.database)
    (made,) = rows(owner, "SELECT id, maker_id, query, format, state FROM console_export WHERE request ~ '^standing'")
    assert made[1:] == (place.users["finance"].pk,
                        f"by=channel&since={monday - timedelta(days=7)}&until={monday - timedelta(days=1)}", "csv",
                        "done")  # fmt: skip
    assert rows(owner, "SELECT next_on FROM console_standing_export") == [(monday + timedelta(days=7),)]
    waits = told(place, "finance")
    assert [(str(line.title), line.number, line.url) for line in waits] == [
        ("每周统计已备好", 1, f"/console/exports/{made[0]}/")]  # fmt: skip
    assert told(place, "auditor") == []
    answer = client.get(f"/console/exports/{made[0]}/file/")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").startswith("名称,笔数,")
    answer.close()


def told(place: Province, role: str) -> list[Any]:
    from yifen.core.access.edge import Access
    from yifen.face.exports.standing import what_waits

    return what_waits(Access(place.users[role]), datetime.now(UTC))


def test_each_ends_his_own_alone_and_nobody_asks_in_anothers_name(
    place: Province, owner: psycopg.Connection[Any]
) -> None:
    client = site.client_of(place.users["finance"])
    client.post("/console/statistics/standing/", ASKED)
    ((number, maker),) = rows(owner, "SELECT id, maker_id FROM console_standing_export")
    other = site.client_of(place.users["supervisor"])
    assert other.post(f"/console/statistics/standing/{number}/remove/").status_code == 404
    with psycopg.connect(place.database.url(WEB)) as web:
        for asked in ("SELECT console_due_exports_v1()", f"DELETE FROM console_standing_export WHERE id = {number}",
                      "UPDATE console_standing_export SET next_on = '2026-01-01'",
                      "INSERT INTO console_standing_export (maker_id, listing, query, every, format, language, next_on)"
                      f" VALUES ({maker}, 'statistics', '', 'day', 'csv', 'en', '2026-01-01')"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
                web.execute(asked)
    for wrong in ({"every": "year"}, {"format": "pdf"}, {"query": "by=nothing"}):
        assert client.post("/console/statistics/standing/", ASKED | wrong).status_code == 404
    assert len(rows(owner, "SELECT FROM console_standing_export")) == 1
    client.post(f"/console/statistics/standing/{number}/remove/")
    assert rows(owner, "SELECT FROM console_standing_export") == []


def test_a_person_has_twelve_and_no_more(place: Province, owner: psycopg.Connection[Any]) -> None:
    client = site.client_of(place.users["finance"])
    for _ in range(13):
        answer = client.post("/console/statistics/standing/", ASKED, follow=True)
    assert len(rows(owner, "SELECT FROM console_standing_export")) == 12
    assert "您的定期统计已有十二项" in answer.content.decode()
