"""The way to a biller over HTTP: a connection for each message, bounded in time and size."""

from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx

from yifen.hub.certify.target import Heard, Silence

ANSWER_BYTES_MAX = 4 << 20
CONNECT_S = 5.0
GLANCE_S = 0.001  # how long the answer is waited for when we hang up


class HttpLine:
    """Redirects are not followed, and no proxy of the environment is used, as in the hub."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._http = httpx.Client(
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def post(self, url: str, headers: Mapping[str, str], body: bytes, wait_s: float) -> Heard:
        """The answer. Raises Silence."""
        deadline = self._elapsed_s() + wait_s
        times = httpx.Timeout(wait_s, connect=min(wait_s, CONNECT_S))
        try:
            with self._http.stream("POST", url, headers=dict(headers), content=body,
                                   timeout=times) as response:  # fmt: skip
                content = self._whole(response, deadline)
        except httpx.HTTPError as error:
            raise Silence(str(error) or type(error).__name__) from None
        names = {name.lower(): value for name, value in response.headers.items()}
        return Heard(response.status_code, names, content)

    def _whole(self, response: httpx.Response, deadline: float) -> bytes:
        """The body. Raises Silence when it drips on for ever."""
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > ANSWER_BYTES_MAX or self._elapsed_s() > deadline:
                raise Silence("the answer did not end")
        return bytes(content)

    def hang_up(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send it all and go. Raises Silence when it could not be sent."""
        times = httpx.Timeout(CONNECT_S, read=GLANCE_S)
        try:
            with suppress(httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError):
                self._http.post(url, headers=dict(headers), content=body, timeout=times)
        except httpx.HTTPError as error:
            raise Silence(str(error) or type(error).__name__) from None
