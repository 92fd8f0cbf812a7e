"""Pages while the database is away or takes no writing: a page for people, with a number, in both languages."""

import pytest

from tests.processes.states import away, read_only
from tests.web.conftest import place  # noqa: F401 - the province of all pages
from yifen.core.facts.codes import Code


@pytest.mark.parametrize("state", [away, read_only], ids=["away", "read-only"])
def test_a_page_says_that_the_system_is_not_there(place, state):  # noqa: F811
    from django.db import connection
    from django.test import Client

    pages = Client(raise_request_exception=False, HTTP_HOST="127.0.0.1")
    said = Code.UNAVAILABLE.meaning
    with state(place.database):
        connection.close()
        given = {"username": "nobody", "password": "correct-horse-1", "code": "123456"}
        told = [pages.get("/"), pages.post("/sign-in/", given)]
        connection.close()
    if state is read_only:
        told = told[1:]  # a sign-in is written down
    for answer in told:
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        text = answer.content.decode()
        assert f"503 · {Code.UNAVAILABLE:04d}" in text
        assert said.zh in text
        assert said.en in text
        assert "Traceback" not in text
    assert Client(HTTP_HOST="127.0.0.1").get("/sign-in/").status_code == 200

