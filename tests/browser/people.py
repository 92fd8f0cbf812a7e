"""What people do at a browser: sign in, by hand."""

from datetime import UTC, datetime
from typing import Any

from django_otp.oath import TOTP
from playwright.sync_api import Page

from tests.conftest import RING
from tests.web import site
from yifen.core.facts.secrets import KeyRing

_used: dict[str, int] = {}


def digits(key_hex: str) -> str:
    """What an authenticator with this key shows; each code once, as a person would wait."""
    totp = TOTP(bytes.fromhex(key_hex), 30, 0, 6, 0)
    totp.time = max(datetime.now(UTC).timestamp(), (_used.get(key_hex, -1) + 1) * 30)
    _used[key_hex] = totp.t()
    return f"{totp.token():06d}"


def forget_codes() -> None:
    """Another database, where none was used yet."""
    _used.clear()


def key_of(place: Any, login: str) -> str:
    """The key of a user's authenticator, as a phone would hold it."""
    ((user_id, sealed),) = place.rows(
        "SELECT u.id, d.sealed_key FROM access_authenticator d JOIN access_user u ON u.id = d.user_id"
        " WHERE u.login = %s", login,
    )  # fmt: skip
    return KeyRing.read(RING).open(sealed, f"authenticator:{user_id}").hex()


def sign_in(place: Any, page: Page, login: str, password: str = site.PASSWORD) -> None:
    """The three fields and Enter."""
    page.goto("/sign-in/")
    fill_in(page, login, password, digits(key_of(place, login)))


def fill_in(page: Page, login: str, password: str, code: str) -> None:
    page.fill("[name=username]", login)
    page.fill("[name=password]", password)
    page.fill("[name=code]", code)
    page.press("[name=code]", "Enter")
    page.wait_for_load_state()
