"""The pages of utilities' databases: two people decide, nobody reads a password, a mapping is tried first."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils.html import escape

from tests.connector.utilities import MAPPING, SqliteUtility
from tests.web import site
from tests.web.conftest import place  # noqa: F401
from tests.web.province import Province
from yifen.trades.connector.address import opened

NOW = datetime.now(UTC)
NETWORKED = {"kind": "mysql", "host": "10.9.8.7", "database": "water", "user": "reader", "password": "read-secret",
             "write_user": "writer", "write_password": "write-secret", "enabled": "on"}  # fmt: skip


@pytest.fixture
def county(place: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Province]:  # noqa: F811
    """Taken back afterwards; the hosts of networks may be called."""
    from django.db import transaction

    from yifen.trades.connector.pages import views

    monkeypatch.setattr(views, "source_folder", lambda: tmp_path)
    monkeypatch.setenv("YIFEN_OUTBOUND_ALLOW", "10.0.0.0/8")
    with transaction.atomic():
        yield place
        transaction.set_rollback(True)


@pytest.fixture
def utility(tmp_path: Path) -> SqliteUtility:
    return SqliteUtility(tmp_path)


def rows(sql: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def decided(place: Province, answer: Any, action: str, code: str = "tap") -> tuple[str, str]:  # noqa: F811
    """Both pages of the proposal, before and after another person said yes."""
    from yifen.core.access.models import Authorisation

    assert answer.status_code == 302, answer.content.decode()
    proposal = Authorisation.objects.filter(action=action, subject_key=code).latest("id")
    admin = place.users["platform_admin"]
    page = site.client_of(admin).get(answer["Location"]).content.decode()
    site.agree(admin, proposal, NOW)
    return page, str(proposal.content)


def source(place: Province, **given: Any) -> tuple[str, str]:  # noqa: F811
    form = {"code": "tap", "partner_id": place.own.biller, "kind": "sqlite", "database": "util.db", "enabled": "on"}
    answer = site.client_of(place.own.user).post("/console/connector/new/", form | given)
    return decided(place, answer, "connector.source")


def mapped(place: Province, toml: str = MAPPING) -> tuple[str, str]:  # noqa: F811
    client = site.client_of(place.own.user)
    answer = client.post("/console/connector/one/tap/mapping/", {"toml": toml, "propose": "1"})
    return decided(place, answer, "connector.mapping")


def test_an_address_is_decided_by_two_and_no_page_has_its_passwords(county: Province):
    shown, content = source(county, **NETWORKED)
    assert rows("SELECT code, kind, shown, enabled FROM connector_source") == [("tap", "mysql", "mysql · water", True)]
    assert "mysql://10.9.8.7:3306/water" in shown
    client = site.client_of(county.own.user)
    asked = [client.get(f"/console/connector/one/tap/{page}") for page in ("", "edit/")]
    asked.append(site.client_of(county.users["auditor"]).get("/console/connector/one/tap/"))
    for page in (shown, content, *(one.content.decode() for one in asked)):
        assert "read-secret" not in page
        assert "write-secret" not in page
    assert b"secret" not in bytes(rows("SELECT sealed FROM connector_source")[0][0])


@pytest.mark.parametrize(("changed", "works"), [({"database": "water2"}, True), ({"host": "10.9.8.8"}, False),
                                                ({"user": "other"}, False)])
def test_passwords_of_now_stay_with_their_server_and_account_alone(county: Province, changed: dict[str, str],
                                                                   works: bool):
    from yifen.core.access.models import Authorisation
    from yifen.core.ring import key_ring

    source(county, **NETWORKED)
    without = NETWORKED | {"password": "", "write_password": ""} | changed
    answer = site.client_of(county.own.user).post("/console/connector/one/tap/edit/", without)
    assert (answer.status_code == 302) is works
    if works:
        found = opened(key_ring(), "tap", b64decode(Authorisation.objects.latest("id").content["sealed"]))
        assert (found.database, found.password, found.write_password) == ("water2", "read-secret", "write-secret")


@pytest.mark.parametrize("wrong", [
    {"code": "Tap"}, {"database": "../other.db"}, {"kind": "mysql", "host": ""}, NETWORKED | {"host": "127.0.0.1"},
    NETWORKED | {"password": ""}, {"partner_id": "0"},
])  # fmt: skip
def test_what_is_no_address_is_said_on_the_form(county: Province, wrong: dict[str, str]):
    form = {"code": "tap", "partner_id": county.own.biller, "kind": "sqlite", "database": "util.db", "enabled": "on"}
    answer = site.client_of(county.own.user).post("/console/connector/new/", form | wrong)
    assert (answer.status_code, rows("SELECT count(*) FROM connector_source")) == (200, [(0,)])


def test_a_mapping_is_tried_without_a_trace_and_decided_by_two(county: Province, utility: SqliteUtility):
    source(county)
    utility.owe("8800000042", 1_234, 5_600)
    client = site.client_of(county.own.user)
    path = "/console/connector/one/tap/mapping/"
    tried = client.post(path, {"toml": MAPPING, "account_no": "8800000042", "try": "1"}).content.decode()
    for said in ("**小明", "12.34", "56.00", escape("UPDATE bill SET paid = 1 WHERE bill_no = :bill AND paid = 0"),
                 "bill_yuan = 12.34", "INSERT INTO receipt "):  # fmt: skip
        assert said in tried
    assert "account = 8800000042" not in tried
    assert (utility.receipts(), utility.paid_bills()) == ({}, 0)
    wrong = client.post(path, {"toml": MAPPING.replace("amount, due_on", "sum, due_on"), "account_no": "8800000042",
                               "try": "1"}).content.decode()  # fmt: skip
    assert "9613" in wrong
    assert rows("SELECT count(*) FROM connector_mapping") == [(0,)]
    shown, _ = mapped(county)
    assert escape("INSERT INTO receipt (serial, customer_no") in shown
    assert rows("SELECT code, version, toml FROM connector_mapping") == [("tap", 1, MAPPING)]
    client = site.client_of(county.own.user)
    assert "9605" in client.post(path, {"toml": MAPPING, "propose": "1"}).content.decode()
    assert "9601" in client.post(path, {"toml": MAPPING.replace("UPDATE bill", "DROP bill"),
                                        "propose": "1"}).content.decode()  # fmt: skip


def test_other_peoples_databases_are_not_there(county: Province):
    source(county)
    foreign = site.client_of(county.foreign.user)
    for path in ("one/tap/", "one/tap/edit/", "one/tap/mapping/"):
        assert foreign.get(f"/console/connector/{path}").status_code == 404
    assert "tap" not in foreign.get("/console/connector/").content.decode()
    assert foreign.post("/console/connector/new/", NETWORKED | {
        "code": "mine", "partner_id": county.own.biller}).status_code == 200  # fmt: skip
    auditor = site.client_of(county.users["auditor"])
    assert auditor.get("/console/connector/one/tap/").status_code == 200
    assert auditor.get("/console/connector/one/tap/mapping/").status_code == 403


def test_what_is_not_written_after_ten_minutes_waits_on_today(county: Province):
    from yifen.trades.connector.pages.waiting import what_waits

    who = site.access(county.own.user)
    source(county)
    assert [(one.number, one.url) for one in what_waits(who, NOW)] == [(1, "/console/connector/?state=bare")]
    mapped(county)
    assert what_waits(who, NOW) == []
    with stuck(county):
        late = NOW + timedelta(days=1)
        assert [(one.number, one.fen) for one in what_waits(who, late)] == [(1, paid_fen(county))]
        assert "tap" in site.client_of(county.own.user).get("/console/connector/?state=stuck").content.decode()
        assert what_waits(site.access(county.foreign.user), late) == []


def paid_fen(place: Province) -> int:  # noqa: F811
    return int(rows(f"SELECT amount_fen FROM payment WHERE payment_id = {place.own.payment_id}")[0][0])


@contextmanager
def stuck(place: Province) -> Iterator[None]:  # noqa: F811
    """A payment of the county's stands in the outbox: committed, as no page can write there."""
    with psycopg.connect(place.database.owner_url, autocommit=True) as owner:
        owner.execute("INSERT INTO biller_call (bucket, payment_id, step, endpoint)"
                      " SELECT bucket, payment_id, 'charge', 'db://tap' FROM payment WHERE payment_id = %s",
                      [place.own.payment_id])  # fmt: skip
        try:
            yield
        finally:
            owner.execute("DELETE FROM biller_call WHERE endpoint = 'db://tap'")
