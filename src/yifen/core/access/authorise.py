"""授权: a second person agrees to one act. On the spot at the maker's screen, or asked for and
decided later by who may. The operation that acts consumes it, so no view can forget it (X2)."""

from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest

from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation, User
from yifen.core.access.roles import permissions_of
from yifen.core.access.scope import scope_of
from yifen.core.access.signin import check_person
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused


def sign_here(
    request: HttpRequest, maker: User, name: str, password: str, code: str,
    permission: str,
) -> User:  # fmt: skip
    """The checker who signs at the maker's screen 主管现场授权. Not in a transaction: failures are
    counted and lock. Refused: AUTHORISATION_INVALID, CHECKER_IS_MAKER."""
    checker = check_person(request, name, password, code)
    if checker.pk == maker.pk:
        raise Refused(Code.CHECKER_IS_MAKER)
    may = permission in permissions_of(checker.role_set)
    if not may or not scope_of(checker).has_institution(maker.institution_id):
        raise Refused(Code.AUTHORISATION_INVALID)
    return checker


@transaction.atomic
def grant(
    action: str, subject_key: str, maker: User, checker: User, now: datetime, reason: str = ""
) -> Authorisation:
    """What the checker signed on the spot. Refused: CHECKER_IS_MAKER."""
    if checker.pk == maker.pk:
        raise Refused(Code.CHECKER_IS_MAKER)
    row = Authorisation.objects.create(
        action=action, subject_key=subject_key, reason=reason, maker=maker, checker=checker,
        requested_at=now, decided_at=now, granted=True,
    )  # fmt: skip
    _tell(row)
    return row


def _tell(row: Authorisation) -> None:
    """Into the audit trail: who agreed to, or refused, what of whom."""
    assert row.checker is not None
    act(connection, "authorised" if row.granted else "refused", row.action, row.subject_key,
        after={"maker": row.maker.login, "checker": row.checker.login}, note=row.reason)  # fmt: skip


def ask(
    action: str, subject_key: str, maker: User, now: datetime, reason: str = ""
) -> Authorisation:
    """Ask for it; the same question that is still open is answered with itself."""
    row, _ = Authorisation.objects.get_or_create(
        action=action, subject_key=subject_key, decided_at=None,
        defaults={"reason": reason, "maker": maker, "requested_at": now},
    )  # fmt: skip
    return row


@transaction.atomic
def decide(asked: Authorisation, checker: Access, granted: bool, now: datetime) -> Authorisation:
    """The checker's word on what was asked. Refused: AUTHORISATION_USED (decided before),
    CHECKER_IS_MAKER."""
    row = Authorisation.objects.select_for_update().get(pk=asked.pk)
    if row.decided_at is not None:
        raise Refused(Code.AUTHORISATION_USED)
    assert checker.user is not None
    if checker.user.pk == row.maker_id:
        raise Refused(Code.CHECKER_IS_MAKER)
    row.checker, row.granted, row.decided_at = checker.user, granted, now
    row.save(update_fields=["checker", "granted", "decided_at"])
    _tell(row)
    return row


def consume(authorisation: Authorisation, action: str, subject_key: str, now: datetime) -> None:
    """The act is done, once; call it in the act's own transaction. Refused: AUTHORISATION_INVALID
    (for another act, or refused), AUTHORISATION_USED."""
    row = Authorisation.objects.select_for_update().get(pk=authorisation.pk)
    if (row.action, row.subject_key, row.granted) != (action, subject_key, True):
        raise Refused(Code.AUTHORISATION_INVALID)
    if row.used_at is not None:
        raise Refused(Code.AUTHORISATION_USED)
    row.used_at = now
    row.save(update_fields=["used_at"])
