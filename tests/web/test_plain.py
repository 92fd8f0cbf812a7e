"""A page has one connection: what Django writes and what an operation moves stand and fall together."""

from datetime import timedelta

import pytest

from tests.world import NOON


def test_operations_are_on_the_pages_own_connection_and_read_json_as_psycopg_does(place):
    from django.db import connection

    from yifen.face.plain import plain_connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('statement_timeout'), '{\"a\": 1}'::jsonb")
        pid, timeout, text = cursor.fetchone()
    with plain_connection(seconds=3) as conn:
        row = conn.execute(
            "SELECT pg_backend_pid(), current_setting('statement_timeout'), %s::jsonb", ('{"a": 1}',)
        ).fetchone()
    assert (text, row) == ('{"a": 1}', (pid, "3s", {"a": 1}))
    with plain_connection() as conn, conn.transaction(), conn.cursor(name="many") as rows:
        rows.execute("SELECT generate_series(1, 3)")
        assert [number for (number,) in rows] == [1, 2, 3]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == (timeout,)


def test_a_page_that_fails_takes_back_both_what_django_wrote_and_what_an_operation_did(place):
    from django.db import transaction

    from yifen.core.partners.models import Outage
    from yifen.face.plain import plain_connection

    def decide() -> None:
        with transaction.atomic(), plain_connection() as conn:
            until = NOON + timedelta(days=1)
            Outage.objects.create(biller_id=place.own.biller, starts_at=NOON, ends_at=until, reason="改名")
            with conn.transaction():
                conn.execute("UPDATE partner SET name = '改名' WHERE id = %s", (place.own.biller,))
            raise RuntimeError("in mid act")

    with pytest.raises(RuntimeError, match="in mid act"):
        decide()
    assert not Outage.objects.filter(reason="改名").exists()
    with plain_connection() as conn:
        row = conn.execute("SELECT name FROM partner WHERE id = %s", (place.own.biller,)).fetchone()
    assert row == ("青溪供电公司",)
