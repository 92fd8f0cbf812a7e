"""Sign-in 登录: number, password and second factor together; whatever is wrong, the answer is one."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.db import connection
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.models import Device

from yifen.core.access import devices, operations, passkeys, tries
from yifen.core.access.edge import address, now
from yifen.core.access.hashers import Argon2Proof
from yifen.core.access.models import User
from yifen.core.access.places import place_of, screen_of
from yifen.core.access.rules import counted_as, counted_from
from yifen.core.access.second import Signature
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code

_SQL = queries(__package__)
FRESH_S = 300  # for so long nobody is asked again who he is


class Factors(NamedTuple):
    """What somebody gives to show who he is: the password, and digits or a passkey's answer to the
    question of this session that was for `purpose`."""

    password: str
    code: str = ""
    passkey: str = ""
    purpose: str = ""


def sign_in(request: HttpRequest, name: str, proof: Factors, moment: datetime) -> User:
    """The user, signed in. Who has no second factor yet gives no code and must enrol next. Five failures
    of either kind lock the login where they were made (`tries`). Refused: SIGN_IN_FAILED, never
    saying why; SIGN_IN_BUSY, SECOND_FACTOR_UNREADABLE."""
    proved = _prove(request, name, proof, place_of(request, name), "sign_in_failed")
    if proved is None:
        raise Refused(Code.SIGN_IN_FAILED)
    user, device = proved
    begin(request, user, proof.password, moment)
    if device is not None:
        otp_login(request, device)
        request.session["proved"] = moment.timestamp()
    return user


def check_person(request: HttpRequest, name: str, password: str, code: str) -> User:
    """Proves that somebody stands here, without signing him in: the supervisor at a teller's
    screen. The second factor is always asked, and a first password, which somebody else knows too,
    is none. Refused: AUTHORISATION_INVALID, SIGN_IN_BUSY."""
    proof = Factors(password, code)
    proved = _prove(request, name, proof, screen_of(request, name), "signature_failed")
    if proved is None or proved[1] is None or proved[0].must_change_password:
        raise Refused(Code.AUTHORISATION_INVALID)
    return proved[0]


def confirm(request: HttpRequest, user: User, proof: Factors, moment: datetime) -> None:
    """It is still the user who signed in: this session is fresh again. Refused: SIGN_IN_FAILED (also:
    locked), SIGN_IN_BUSY."""
    proved = _prove(request, user.login, proof, screen_of(request, user.login), "confirm_failed")
    if proved is None or proved[1] is None or proved[0].pk != user.pk:
        raise Refused(Code.SIGN_IN_FAILED)
    request.session["proved"] = moment.timestamp()
    act(connection, "confirmed", "access_user", user.pk)


def is_fresh(request: HttpRequest, moment: datetime) -> bool:
    """Both factors were given in this session, within the last five minutes."""
    since = moment.timestamp() - request.session.get("proved", 0)
    return bool(0 <= since <= FRESH_S)


def signature_of(request: HttpRequest, name: str, password: str, code: str) -> Signature:
    """`check_person`, with the proof that the database asks for. Not in a transaction: failures are
    counted and lock. Refused: AUTHORISATION_INVALID, SIGN_IN_BUSY."""
    checker = check_person(request, name, password, code)
    return Signature(checker, proof_of(checker, password))


def change_password(request: HttpRequest, user: User, old: str, new: str, moment: datetime) -> None:
    """`operations.change_password`; a wrong old one counts as it does at the door, for a screen may
    have been left open. Refused: OLD_PASSWORD_WRONG, SIGN_IN_FAILED (locked), PASSWORD_WEAK, SIGN_IN_BUSY."""
    name, caller = counted_as(user.login), counted_from(address(request))
    tried = tries.begin(name, screen_of(request, name), caller) if tries.may_come(caller) else None
    if tried is None:
        raise Refused(Code.SIGN_IN_FAILED, "old")
    try:
        operations.change_password(user, request.session.session_key or "", old, new, moment)
    except Refused as refused:
        if refused.code is Code.SIGN_IN_FAILED:
            _failed(tried, "sign_in_failed")
            raise Refused(Code.OLD_PASSWORD_WRONG, "old") from None
        tries.not_made(tried)
        raise
    tries.succeeded(tried)


def _prove(
    request: HttpRequest, name: str, proof: Factors, place: str, failure: str
) -> tuple[User, Device | None] | None:
    """Who gives all that is asked of him, and the device that he used. None for anything else: it
    was counted before it was looked at, and stands in the audit trail as `failure`, until it locks."""
    caller = counted_from(address(request))
    if not tries.may_come(caller):
        return None  # at once: it says nothing of a login, and costs us nothing
    tried = tries.begin(counted_as(name), place, caller)
    if tried is None:
        User().set_password(proof.password)  # takes as long as a try, so that a lock does not show
        return None
    try:
        user = authenticate(username=tried.login, password=proof.password)
    except Refused:
        tries.not_made(tried)
        raise
    try:
        device = _second(request, user, proof) if isinstance(user, User) else None
    except KeyRingError:
        tries.not_made(tried)
        raise Refused(Code.SECOND_FACTOR_UNREADABLE) from None
    if not isinstance(user, User) or (device is None and devices.has_second_factor(user)):
        _failed(tried, failure)
        return None
    tries.succeeded(tried)
    return user, device


def _second(request: HttpRequest, user: User, proof: Factors) -> Device | None:
    """What the second factor is proved by."""
    if proof.passkey:
        return passkeys.match(request.session, proof.purpose, user, proof.passkey, now())
    return devices.match(user, proof.code, now()) if proof.code.strip() else None


def _failed(tried: tries.Try, failure: str) -> None:
    act(connection, failure, "access_user", tried.login)
    if tried.last:
        act(connection, "locked", "access_user", tried.login)


def begin(request: HttpRequest, user: User, password: str, moment: datetime) -> None:
    """A new session, which ends any other of this user. Refused: SIGN_IN_FAILED (it is not his
    password), SIGN_IN_BUSY."""
    devices.drop_unconfirmed(user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()
    request.session["began"] = request.session["seen"] = moment.timestamp()
    request.session.pop("proved", None)
    request.session.save()
    open_session(user, password, request.session.session_key or "", moment)


def open_session(user: User, password: str, key: str, moment: datetime) -> None:
    """From now on this key speaks for the user, and no other. Refused as `begin`."""
    _tell("begin", user.pk, proof_of(user, password), key, settings.YIFEN_WEB_IDLE_S, moment)


def seen(key: str) -> None:
    """Its user did something: the session speaks on. Refused: SIGN_IN_FAILED (it lapsed)."""
    _tell("seen", key, settings.YIFEN_WEB_IDLE_S)


def keep(request: HttpRequest, before: str) -> None:
    """The session that had the key `before` goes on under the one that it has now."""
    request.session.save()
    _tell("keep", before, request.session.session_key)


def proof_of(user: User, password: str) -> str:
    """What proves this password to the database. Refused: SIGN_IN_BUSY."""
    return Argon2Proof().proof(password, user.password)


def _tell(word: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[word], given)
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))
