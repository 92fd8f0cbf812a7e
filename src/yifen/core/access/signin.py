"""Sign-in 登录: number, password and six digits together; whatever is wrong, the answer is one."""

from datetime import datetime

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate, login, user_login_failed
from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp import match_token
from django_otp.models import Device

from yifen.core.access import operations
from yifen.core.access.devices import drop_unconfirmed, has_second_factor
from yifen.core.access.edge import actor_of, address
from yifen.core.access.hashers import Argon2Proof
from yifen.core.access.models import User
from yifen.core.access.rules import counted_as, plain_digits
from yifen.core.access.second import Signature
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

ADDRESS_FAILURES_MAX = 100  # in half an hour; a whole branch may have one address


def sign_in(request: HttpRequest, name: str, password: str, code: str, now: datetime) -> User:
    """The user, signed in. Who has no second factor yet gives no code and must enrol next.
    Five failures of either kind lock the login. Refused: SIGN_IN_FAILED, never saying why."""
    proved = _prove(request, name, password, code, "sign_in_failed")
    if proved is None:
        raise Refused(Code.SIGN_IN_FAILED)
    user, device = proved
    begin(request, user, now)
    if device is not None:
        otp_login(request, device)
    act(connection, "sign_in", "access_user", user.pk, who=actor_of(request, user))
    return user


def check_person(request: HttpRequest, name: str, password: str, code: str) -> User:
    """Proves that somebody stands here, without signing him in: the supervisor at a teller's
    screen. The second factor is always asked, and a first password, which somebody else knows too,
    is none. Refused: AUTHORISATION_INVALID."""
    proved = _prove(request, name, password, code, "signature_failed")
    if proved is None or proved[1] is None or proved[0].must_change_password:
        raise Refused(Code.AUTHORISATION_INVALID)
    return proved[0]


def signature_of(request: HttpRequest, name: str, password: str, code: str) -> Signature:
    """`check_person`, with the proof that the database asks for. Not in a transaction: failures are
    counted and lock. Refused: AUTHORISATION_INVALID."""
    checker = check_person(request, name, password, code)
    return Signature(checker, Argon2Proof().proof(password, checker.password))


def change_password(request: HttpRequest, user: User, old: str, new: str, now: datetime) -> None:
    """`operations.change_password`; a wrong old one counts as it does at the door, for a screen may
    have been left open. Refused: SIGN_IN_FAILED (also: locked), PASSWORD_WEAK."""
    if is_locked(user.login):
        raise Refused(Code.SIGN_IN_FAILED, "old")
    try:
        operations.change_password(user, old, new, now)
    except Refused as refused:
        if refused.code is Code.SIGN_IN_FAILED:
            _failed(traceless(request), counted_as(user.login), "sign_in_failed")
        raise


def _prove(
    request: HttpRequest, name: str, password: str, code: str, failure: str
) -> tuple[User, Device | None] | None:
    """Who gives all that is asked of him, and the device that he used. None for anything else: it
    is counted, and stands in the audit trail as `failure`, until it locks."""
    name = counted_as(name)
    if is_locked(name) or is_flooding(address(request)):
        User().set_password(password)  # takes as long as a try, so that a lock does not show
        return None
    bare = traceless(request)
    user = authenticate(bare, username=name, password=password)
    if not isinstance(user, User):
        _failed(bare, name, failure, counted=True)
        return None
    device = match_token(user, plain_digits(code)) if code.strip() else None
    if device is None and has_second_factor(user):
        _failed(bare, name, failure)
        return None
    return user, device


def _failed(bare: HttpRequest, name: str, failure: str, *, counted: bool = False) -> None:
    """A wrong code counts like a wrong password (which `authenticate` counted), so both together
    lock after five."""
    if not counted:
        user_login_failed.send(sender=__name__, credentials={"username": name}, request=bare)
    act(connection, failure, "access_user", name)
    if is_locked(name):
        act(connection, "locked", "access_user", name)


def traceless(request: HttpRequest) -> HttpRequest:
    """The request as axes may see it, which keeps the form of a failed try: from where, and nothing
    that was typed."""
    bare = HttpRequest()
    bare.META, bare.path, bare.path_info = request.META, request.path, request.path_info
    return bare


def begin(request: HttpRequest, user: User, now: datetime) -> None:
    """A new session, which ends any other of this user; failures before it are forgotten."""
    reset(username=counted_as(user.login))
    drop_unconfirmed(user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()
    request.session["began"] = request.session["seen"] = now.timestamp()
    request.session.save()
    user.session_key = request.session.session_key or ""
    user.save(update_fields=["session_key"])


def is_locked(name: str) -> bool:
    """Five failures, from wherever they came, and the half hour is not over."""
    failures = _failures(AccessAttempt.objects.filter(username=counted_as(name)))
    return failures >= int(settings.AXES_FAILURE_LIMIT)


def is_flooding(caller: str) -> bool:
    """Somebody tries one login after another from this address."""
    return bool(caller) and (
        _failures(AccessAttempt.objects.filter(ip_address=caller)) >= ADDRESS_FAILURES_MAX
    )


def _failures(rows: QuerySet[AccessAttempt]) -> int:
    """While they count. Their time is axes' own, so it is compared with the clock it is taken from."""
    recent = rows.filter(attempt_time__gte=Now() - settings.AXES_COOLOFF_TIME)
    return int(recent.aggregate(most=Sum("failures_since_start"))["most"] or 0)
