"""Sign-in 登录: number, password and six digits together; whatever is wrong, the answer is one."""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, login, user_login_failed
from django.db import connection
from django.http import HttpRequest
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login

from yifen.access.edge import actor_of
from yifen.access.models import User
from yifen.access.rules import plain_digits
from yifen.audit.record import act
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused


def sign_in(request: HttpRequest, name: str, password: str, code: str, now: datetime) -> User:
    """The user, signed in. Who has no second factor yet gives no code and must enrol next.
    Five failures of either kind lock the login. Refused: SIGN_IN_FAILED, never saying why."""
    name = counted_as(name)
    user = authenticate(request, username=name, password=password)
    device = None
    if isinstance(user, User) and has_second_factor(user):
        device = match_token(user, plain_digits(code)) if code.strip() else None
        if device is None:
            count_failure(request, name)
            user = None
    if not isinstance(user, User):
        act(connection, "sign_in_failed", "access_user", name)
        raise Refused(Code.SIGN_IN_FAILED)
    begin(request, user, now)
    if device is not None:
        otp_login(request, device)
    act(connection, "sign_in", "access_user", user.pk, who=actor_of(request, user))
    return user


def count_failure(request: HttpRequest, name: str) -> None:
    """A wrong code counts like a wrong password, so both together lock after five."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def counted_as(name: str) -> str:
    """The login under which failures are counted: the same however it is written."""
    return name.strip().lower()


def begin(request: HttpRequest, user: User, now: datetime) -> None:
    """A new session, which ends any other of this user."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()
    request.session["began"] = request.session["seen"] = now.timestamp()
    request.session.save()
    user.session_key = request.session.session_key or ""
    user.save(update_fields=["session_key"])


def has_second_factor(user: User) -> bool:
    return any(True for _ in devices_for_user(user, confirmed=True))


def is_locked(user: User) -> bool:
    """Five failures, and the half hour is not over."""
    return bool(
        AccessAttempt.objects.filter(
            username=counted_as(user.login), failures_since_start__gte=settings.AXES_FAILURE_LIMIT
        ).exists()
    )


def check_person(request: HttpRequest, name: str, password: str, code: str) -> User:
    """Proves that somebody stands here, without signing him in: the supervisor at a teller's
    screen. The second factor is always asked. Refused: AUTHORISATION_INVALID."""
    name = counted_as(name)
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        raise Refused(Code.AUTHORISATION_INVALID)
    if match_token(user, plain_digits(code)) is None:
        count_failure(request, name)
        raise Refused(Code.AUTHORISATION_INVALID)
    return user
