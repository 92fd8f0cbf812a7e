"""The pages in this process: Django on a test's database, users of every role, a clock for codes."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.world import PAGES, Database

PASSWORD = "correct-horse-1"
LONG = datetime(2100, 1, 1, tzinfo=UTC)
"""Until when sessions that are made here speak."""
_keys: dict[str, str] = {}  # of sessions, by the hash that the database has
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yifen.project.settings")


def setup(database: Database) -> None:
    """Django on this database, as the pages' role; once a process, then only switched."""
    import django
    from django.apps import apps
    from django.conf import settings

    os.environ["YIFEN_DATABASE_URL"] = database.url(PAGES)
    os.environ["YIFEN_BUCKETS"] = str(database.buckets)
    os.environ.pop("YIFEN_OWNER_URL", None)
    if not apps.ready:
        django.setup()
        cheapen_passwords()
        settings.YIFEN_DOCS = settings.YIFEN_DOCS / "of-no-test"  # not what somebody built in this checkout


def cheapen_passwords() -> None:
    """A third of a second a try keeps guessers out of the hub, and would be half of these tests."""
    from yifen.core.access.hashers import Argon2Proof

    Argon2Proof.time_cost = Argon2Proof.parallelism = 1
    Argon2Proof.memory_cost = 8


@contextmanager
def on(database: Database) -> Iterator[None]:
    """The pages work on `database` inside; their connections and hub are closed afterwards."""
    before = {name: os.environ.get(name) for name in ("YIFEN_DATABASE_URL", "YIFEN_BUCKETS")}
    setup(database)
    from django.db import connections

    from yifen.face.shell.hub import local_hub

    parts = urlsplit(database.url(PAGES))
    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(
        NAME=parts.path.lstrip("/"), USER=parts.username, PASSWORD=parts.password,
        HOST=parts.hostname, PORT=str(parts.port),
    )  # fmt: skip
    local_hub.cache_clear()
    try:
        yield
    finally:
        local_hub().stop()
        local_hub.cache_clear()
        connection.close()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def as_process(role: str, **more: Any) -> Iterator[None]:
    """What runs inside works as another process than the pages."""
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(USER=role, **more)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def as_owner(database: Database) -> AbstractContextManager[None]:
    """What runs inside has the owner's rights, as commands of operators have."""
    parts = urlsplit(database.owner_url)
    return as_process(str(parts.username), PASSWORD=parts.password)


def user(
    login: str, institution: int, *roles: str, partner: int | None = None, person: str = ""
) -> Any:
    """A user with a password of his own and a confirmed second factor."""
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.operations import create_user
    from yifen.core.directory.models import Institution
    from yifen.core.partners.models import Partner

    made = create_user(
        login, f"用户{login}", Institution.objects.get(pk=institution), list(roles),
        PASSWORD, datetime.now(UTC), partner and Partner.objects.get(pk=partner),
        must_change=False, person=person,
    )  # fmt: skip
    make_authenticator(made, confirmed=True)
    return made


def code_of(user: Any) -> str:
    """What the user's authenticator shows next; a code that was used is not shown again."""
    from yifen.core.access.devices import STEP_S, totp_of
    from yifen.core.access.models import Authenticator

    device = Authenticator.objects.get(user=user, confirmed=True)
    totp = totp_of(device)
    totp.time = max(datetime.now(UTC).timestamp(), (device.last_t + 1) * STEP_S)
    return f"{totp.token():06d}"


def browser() -> Any:
    """A browser that nobody signed in with yet."""
    from django.test import Client

    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1")


def client_of(user: Any) -> Any:
    """A browser in which this user has fully signed in, without typing."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django_otp import DEVICE_ID_SESSION_KEY

    from yifen.core.access.models import Authenticator
    from yifen.core.access.sessions import hashed

    client = browser()
    session = client.session
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["began"] = session["seen"] = session["proved"] = datetime.now(UTC).timestamp()
    device = Authenticator.objects.filter(user=user, confirmed=True).first()
    if device:
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    client.cookies["yifen_session"] = session.session_key
    user.session_key = hashed(session.session_key)
    _keys[user.session_key] = session.session_key
    user.session_until = LONG
    user.save(update_fields=["session_key", "session_until"])
    return client


def access(user: Any) -> Any:
    """Who this user is to the operations, with a session that proves it."""
    from yifen.core.access.edge import Access
    from yifen.core.access.sessions import hashed

    user.refresh_from_db(fields=["session_key"])  # what a test began may be undone
    if user.session_key not in _keys:
        key = f"session-of-{user.pk}"
        user.session_key = hashed(key)
        _keys[user.session_key] = key
        user.session_until = LONG
        user.save(update_fields=["session_key", "session_until"])
    return Access(user, _keys[user.session_key])


def agree(checker: Any, proposal: Any, now: datetime) -> Any:
    """The second person's yes to a proposal as it was shown."""
    from yifen.core.access import second

    return second.decide(access(checker), proposal.pk, seen=bytes(proposal.shown).hex(), yes=True,
                         now=now)  # fmt: skip
