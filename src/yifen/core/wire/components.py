"""What a signature can cover (RFC 9421 section 2): components of a message and their base."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from yifen.core.wire.structured import InnerList, StructuredItem
from yifen.core.wire.structured_text import inner_text

Headers = Mapping[str, str]


def header_map(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """ASGI's or httpx's raw header lines → lower-case mapping."""
    found: dict[str, str] = {}
    for raw_name, raw_value in lines:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip(" \t")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


class Parts(Struct):
    """What a signature can cover: derived components (`@method` …) and header fields."""

    derived: dict[str, str]
    headers: Headers

    def value(self, item: StructuredItem) -> str:
        """ValueError: a component that this message does not have or that we do not support."""
        if type(item.value) is not str or item.parameters:
            raise ValueError("components with parameters are not supported")
        values = self.derived if item.value.startswith("@") else self.headers
        if item.value not in values:
            raise ValueError(f"{item.value} is not in the message")
        text = values[item.value]
        if "\n" in text or "\r" in text or not text.isascii():
            raise ValueError(f"{item.value} cannot be signed")
        return text


def request_parts(method: str, target: str, headers: Headers, scheme: str = "https") -> Parts:
    """`target` as in the request line: path with query. The authority is the Host header."""
    path, mark, query = target.partition("?")
    authority = headers.get("host", headers.get(":authority", "")).lower()
    authority = authority.removesuffix(":443" if scheme == "https" else ":80")
    derived = {
        "@method": method,
        "@path": path or "/",
        "@query": "?" + query,
        "@request-target": target,
        "@target-uri": f"{scheme}://{authority}{path or '/'}{mark}{query}",
        "@authority": authority,
        "@scheme": scheme,
    }
    return Parts(derived, headers)


def reply_parts(status: int, headers: Headers) -> Parts:
    return Parts({"@status": str(status)}, headers)


def signature_base(parts: Parts, covered: InnerList) -> bytes:
    """RFC 9421 section 2.5. ValueError: a component is missing or stands twice."""
    lines = {str(item.value): parts.value(item) for item in covered.items}
    if len(lines) != len(covered.items):
        raise ValueError("a component stands twice")
    text = "".join(f'"{name}": {value}\n' for name, value in lines.items())
    return f'{text}"@signature-params": {inner_text(covered)}'.encode("ascii")
