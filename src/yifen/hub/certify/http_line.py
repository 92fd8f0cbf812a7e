"""The way to a biller over HTTP: a connection for each message, bounded in time and size."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from yifen.core.facts.addresses import Network
from yifen.core.wire import outbound
from yifen.hub.certify.target import Heard, Silence

ANSWER_BYTES_MAX = 4 << 20
CONNECT_S = 5.0
GLANCE_S = 0.001  # how long the answer is waited for when we hang up


class HttpLine:
    """The hub's own way out; `allowed`: what may be called besides the open internet, None: what the
    operator allows."""

    def __init__(self, allowed: Sequence[Network] | None = None) -> None:
        self._allowed = allowed

    def post(self, url: str, headers: Mapping[str, str], body: bytes, wait_s: float) -> Heard:
        """The answer. Raises Silence."""
        try:
            answer = outbound.call("POST", url, headers, body, wait_s, ANSWER_BYTES_MAX,
                                   allowed=self._allowed)  # fmt: skip
        except outbound.NoReply as error:
            raise Silence(str(error)) from None
        return Heard(*answer)

    def hang_up(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send it all and go. Raises Silence when it could not be sent."""
        try:
            with suppress(outbound.Unread):
                outbound.call("POST", url, headers, body, CONNECT_S, ANSWER_BYTES_MAX, GLANCE_S,
                              self._allowed)  # fmt: skip
        except outbound.NoReply as error:
            raise Silence(str(error)) from None
