"""Who reads the whole database cannot come in with what he read."""

from base64 import b32encode
from hashlib import sha256

import psycopg
import pytest

from tests.web import site

EVERY_COLUMN = """SELECT table_name FROM information_schema.tables
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""


@pytest.fixture
def person(place, request):
    return site.user(f"a{abs(hash(request.node.name)) % 10**9}", place.own.branch, "finance")


def everything(place):
    """Every row of every table as text, bytes as hexadecimal digits."""
    with psycopg.connect(place.database.super_url) as conn:
        tables = [name for (name,) in conn.execute(EVERY_COLUMN)]
        rows = (conn.execute(f"SELECT t::text FROM {name} t").fetchall() for name in tables)
        return "\n".join(row for found in rows for (row,) in found)


def test_nothing_that_opens_a_door_stands_in_any_table(place, person):
    from yifen.core.access.devices import new_codes, secret_of
    from yifen.core.access.models import Authenticator

    codes, client = new_codes(person), site.browser()
    form = {"username": person.login, "password": site.PASSWORD, "code": site.code_of(person)}
    assert client.post("/sign-in/", form).status_code == 302
    key = client.cookies["yifen_session"].value
    secret = secret_of(Authenticator.objects.get(user=person))
    plain = [code.replace("-", "") for code in codes]
    opens = [key, secret.hex(), b32encode(secret).decode(), site.PASSWORD, *codes, *plain,
             *(code.encode().hex() for code in plain), *(sha256(code.encode()).hexdigest() for code in plain),
             client.cookies["yifen_device"].value]  # fmt: skip
    text = everything(place)
    assert person.login in text
    assert [word for word in opens if word in text] == []
    assert sha256(key.encode()).hexdigest() in text


def test_the_hash_of_a_session_is_no_session(person):
    from yifen.core.access.models import User

    client, thief = site.client_of(person), site.browser()
    assert client.get("/profile/").status_code == 200
    kept = User.objects.get(pk=person.pk).session_key
    assert kept == sha256(client.cookies["yifen_session"].value.encode()).hexdigest()
    thief.cookies["yifen_session"] = kept
    assert thief.get("/profile/").status_code == 302
    client.post("/sign-out/")
    from django.contrib.sessions.models import Session

    assert not Session.objects.filter(session_key=kept).exists()


def test_a_secret_in_somebody_elses_row_opens_nothing(place, person):
    from yifen.core.access.devices import secret_of
    from yifen.core.access.models import Authenticator
    from yifen.core.facts.secrets import KeyRingError

    mine = Authenticator.objects.get(user=person)
    theirs = Authenticator.objects.get(user=place.own.user)
    mine.sealed_key = theirs.sealed_key
    with pytest.raises(KeyRingError):
        secret_of(mine)
