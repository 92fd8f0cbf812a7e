"""One call of a provider's interface, and what its silence means."""

from collections.abc import Mapping
from typing import Any

from yifen.core.notifications.carriers import WAIT_S, SendOutcome, SendVerdict, said
from yifen.core.wire import outbound
from yifen.core.wire.decoding import decoded_any

BUSY = frozenset({429, 502, 503, 504})


def heard(
    method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, dict[str, Any]] | SendOutcome:
    """Status and JSON, or what no answer means: LATER where it was not sent, UNSURE where it may have been."""
    try:
        answer = outbound.call(method, url, headers, body, WAIT_S)
    except outbound.Unsent as error:
        return SendOutcome(SendVerdict.LATER, said=said(error))
    except outbound.NoReply as error:
        return SendOutcome(SendVerdict.UNSURE, said=said(error))
    try:
        found = decoded_any(answer.body) if answer.body else {}
    except ValueError:
        found = None
    if isinstance(found, dict):
        return answer.status, found
    verdict = SendVerdict.LATER if answer.status in BUSY or 400 <= answer.status < 500 else SendVerdict.UNSURE
    return SendOutcome(verdict, said=f"{answer.status}, unreadable")
