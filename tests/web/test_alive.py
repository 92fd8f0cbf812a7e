"""`/health` and `/ready` of the pages, as the gateway has them; and an address that is not there."""

from unittest.mock import patch

import pytest
from django.db import OperationalError

from tests.web import site
from tests.web.province import Province


@pytest.mark.parametrize("host", ["127.0.0.1", "10.9.8.7", "balancer.example"])
def test_a_balancer_is_answered_under_any_name_and_without_a_session(place: Province, host: str) -> None:
    from django.test import Client

    client = Client(headers={"host": host})
    for path, said in (("/health", b"ok\n"), ("/ready", b"ready\n")):
        answer = client.get(path)
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (
            200, said, "text/plain; charset=utf-8")
        assert answer.cookies == {}
    assert client.get("/").status_code == (200 if host == "127.0.0.1" else 400)  # nothing else is


def test_ready_is_503_while_the_database_is_away_and_health_is_not(place: Province) -> None:
    client = site.browser()
    with patch("django.db.connection.cursor", side_effect=OperationalError("postgresql://web:secret@db")):
        away, alive = client.get("/ready"), client.get("/health")
    assert (away.status_code, away.content.decode()) == (503, "数据库不可用或不可写 · the database is away\n")
    assert (alive.status_code, alive.content) == (200, b"ok\n")


def test_ready_is_503_while_the_database_takes_no_writing(place: Province) -> None:
    from django.db import connection

    client = site.browser()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert client.get("/ready").status_code == 503
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert client.get("/ready").status_code == 200


def test_a_payer_is_told_of_a_page_and_who_is_signed_in_of_his_organisation(place: Province) -> None:
    payer = site.browser().get("/nope/")
    assert payer.status_code == 404
    assert "没有这个页面" in payer.content.decode()
    assert "5132" in payer.content.decode()
    english = site.browser()
    english.cookies["django_language"] = "en"
    said = english.get("/nope/").content.decode()
    assert "There is no such page." in said
    assert "organisation" not in said
    inside = site.client_of(place.users["finance"]).get("/console/payments/999999/")
    assert (inside.status_code, "5132" in inside.content.decode()) == (404, False)
