"""From which device somebody comes: one on which a login fully signed in before keeps a cookie that says
so, signed by us. It opens nothing; its failures are only counted apart from the world's (`tries`)."""

from hashlib import sha256
from secrets import token_hex

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from yifen.core.access.rules import counted_as

COOKIE, _SALT = "yifen_device", "yifen.device"
KEPT_S = 400 * 86_400  # the longest that browsers keep one
LOGINS_MAX = 40  # tellers of one branch's machine; who was longest away is forgotten first


def place_of(request: HttpRequest, login: str) -> str:
    """The device's own name, or "" where this login is not known."""
    device, logins = _read(request)
    return f"device {device}" if _mark(device, login) in logins else ""


def screen_of(request: HttpRequest, login: str) -> str:
    """Of who types at a screen where somebody is signed in: that person's, whoever types."""
    access = getattr(request, "access", None)
    if access is None or access.user is None:
        return place_of(request, login)
    return f"screen {access.user.pk}"


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """This login signed in here, with everything that was asked."""
    device, logins = _read(request)
    device = device or token_hex(16)
    mark = _mark(device, login)
    kept = [*(one for one in logins if one != mark), mark][-LOGINS_MAX:]
    response.set_cookie(
        COOKIE, signing.dumps([device, kept], salt=_SALT), max_age=KEPT_S, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
    )  # fmt: skip


def _mark(device: str, login: str) -> str:
    """The login, not to be read by the next who sits here."""
    return sha256(f"{device}:{counted_as(login)}".encode()).hexdigest()[:20]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """The device and who is known on it; nothing when it is not our cookie, or too old."""
    try:
        device, logins = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT_S)
    except signing.BadSignature:
        return "", []
    return device, logins
