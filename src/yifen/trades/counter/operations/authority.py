"""主管现场授权 inside the act: whoever calls, the act itself asks who the checker is (X2)."""

from datetime import datetime

from yifen.core.access.authorise import consume, grant
from yifen.core.access.models import Authorisation, User
from yifen.core.access.roles import permissions_of
from yifen.core.access.scope import scope_of
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused


def authorise(
    action: str, subject_key: str, maker: User, checker: User, now: datetime, reason: str
) -> Authorisation:
    """Granted and used, in the act's own transaction. The checker signed at the screen before
    (`access.authorise.sign_here`). Refused: CHECKER_IS_MAKER, AUTHORISATION_INVALID."""
    if checker.pk == maker.pk:
        raise Refused(Code.CHECKER_IS_MAKER)
    may = "desk.authorise" in permissions_of(checker.role_set)
    if not (may and checker.is_active and scope_of(checker).has_institution(maker.institution_id)):
        raise Refused(Code.AUTHORISATION_INVALID)
    granted = grant(action, subject_key, maker, checker, now, reason)
    consume(granted, action, subject_key, now)
    return granted
