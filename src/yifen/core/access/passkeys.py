"""通行密钥 (WebAuthn): asked once, answered by a device that knows its owner, for our address alone.

The question stands in the session, for one purpose, until it is answered or five minutes are over.
Duo's `webauthn` checks what came back.
"""

from datetime import datetime
from ipaddress import ip_address
from secrets import token_bytes
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, connection, transaction
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yifen.core.access.models import Passkey, User
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

SIGN_IN, CONFIRM, ENROL = "sign_in", "confirm", "enrol"  # what a question is for
ANSWER_S_MAX = 300
ANSWER_CHARS_MAX = 8192
PASSKEYS_MAX = 10  # of one person
_VERIFIED = UserVerificationRequirement.REQUIRED

# What the library raises for whatever a stranger may send.
_WRONG = (
    WebAuthnException, ValueError, TypeError, KeyError, RecursionError,
)  # fmt: skip


def possible() -> bool:
    """Browsers know passkeys under a name only, by TLS or on this machine."""
    parts = urlsplit(settings.YIFEN_WEB_ORIGIN)
    try:
        ip_address(_rp_id())
    except ValueError:
        return parts.scheme == "https" or _rp_id() == "localhost"
    return False


def question(session: SessionBase, purpose: str, now: datetime) -> str:
    """JSON for the browser: any passkey of ours may answer. Whose they are is not told."""
    challenge = _asked(session, purpose, now)
    options = generate_authentication_options(
        rp_id=_rp_id(), challenge=challenge, timeout=ANSWER_S_MAX * 1000,
        user_verification=_VERIFIED,
    )  # fmt: skip
    return options_to_json(options)


def invitation(session: SessionBase, user: User, now: datetime) -> str:
    """JSON for the browser: make a passkey of this user."""
    options = generate_registration_options(
        rp_id=_rp_id(), rp_name="Yifen 一分", user_id=_handle(user), user_name=user.login,
        user_display_name=user.name, challenge=_asked(session, ENROL, now),
        timeout=ANSWER_S_MAX * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=bytes(row.credential_id))
            for row in Passkey.objects.filter(user=user)
        ],
    )  # fmt: skip
    return options_to_json(options)


def add(session: SessionBase, user: User, name: str, answer: str, now: datetime) -> Passkey:
    """The passkey that was made. Refused: PASSKEY_REFUSED."""
    challenge = _taken(session, ENROL, now)
    if challenge is None or Passkey.objects.filter(user=user).count() >= PASSKEYS_MAX:
        raise Refused(Code.PASSKEY_REFUSED)
    try:
        made = verify_registration_response(
            credential=answer[:ANSWER_CHARS_MAX], expected_challenge=challenge,
            expected_rp_id=_rp_id(), expected_origin=settings.YIFEN_WEB_ORIGIN,
            require_user_verification=True,
        )  # fmt: skip
        with transaction.atomic():  # one that is somebody's already breaks it
            return Passkey.objects.create(
                user=user, name=name, credential_id=made.credential_id,
                public_key=made.credential_public_key, sign_count=made.sign_count, created_at=now,
            )  # fmt: skip
    except (*_WRONG, IntegrityError):
        raise Refused(Code.PASSKEY_REFUSED) from None


def match(
    session: SessionBase, purpose: str, user: User, answer: str, now: datetime
) -> Passkey | None:
    """The user's passkey if it answered the question of this session; the question is used up
    whatever the answer is. One whose counter did not grow may be a copy: it is refused, and the audit
    trail says so."""
    challenge = _taken(session, purpose, now)
    return None if challenge is None else _answered(challenge, user, answer, now)


@transaction.atomic
def _answered(challenge: bytes, user: User, answer: str, now: datetime) -> Passkey | None:
    try:
        given = parse_authentication_credential_json(answer[:ANSWER_CHARS_MAX])
        row = Passkey.objects.select_for_update().get(user=user, credential_id=given.raw_id)
        if bytes(row.last_challenge) == challenge:  # the same answer twice at once
            return None
        if given.response.user_handle not in (None, _handle(user)):
            return None
        proved = verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=_rp_id(),
            expected_origin=settings.YIFEN_WEB_ORIGIN, credential_public_key=bytes(row.public_key),
            credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
    except (*_WRONG, Passkey.DoesNotExist):
        return None
    if proved.new_sign_count <= row.sign_count and (proved.new_sign_count or row.sign_count):
        act(connection, "passkey_copied", "access_passkey", row.pk, note=row.name)
        return None
    row.sign_count, row.used_at, row.last_challenge = proved.new_sign_count, now, challenge
    row.save(update_fields=["sign_count", "used_at", "last_challenge"])
    return row


def _rp_id() -> str:
    return urlsplit(settings.YIFEN_WEB_ORIGIN).hostname or ""


def _handle(user: User) -> bytes:
    return f"yifen:{user.pk}".encode()


def _asked(session: SessionBase, purpose: str, now: datetime) -> bytes:
    """A new question of this session; one that was asked before counts no longer."""
    challenge = token_bytes(32)
    session[_place(purpose)] = [bytes_to_base64url(challenge), now.timestamp()]
    return challenge


def _taken(session: SessionBase, purpose: str, now: datetime) -> bytes | None:
    """The question, once, while it is young."""
    kept: Any = session.pop(_place(purpose), None)
    if kept is None or now.timestamp() - kept[1] > ANSWER_S_MAX:
        return None
    session.save()  # now, whatever becomes of the request
    return base64url_to_bytes(kept[0])


def _place(purpose: str) -> str:
    return f"passkey_{purpose}"
