"""Structured fields (RFC 9651) as text, in the one form that signatures are computed over."""

from base64 import b64encode

from yifen.core.wire.structured import Bare, InnerList, Parameters, Token


def string_text(text: str) -> str:
    """A string in quotes. ASCII only, else ValueError."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("structured strings are ASCII")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def bytes_text(content: bytes) -> str:
    """Bytes: `:base64:`."""
    return f":{b64encode(content).decode()}:"


def bare_text(value: Bare | Token) -> str:
    """Any bare item."""
    match value:
        case bool():
            return "?1" if value else "?0"
        case int():
            return str(value)
        case bytes():
            return bytes_text(value)
        case Token():
            return str(value)
        case _:
            return string_text(value)


def parameters_text(parameters: Parameters) -> str:
    """`;created=1;keyid="a:1"`; a true parameter is its name alone."""
    return "".join(
        f";{name}" if value is True else f";{name}={bare_text(value)}"
        for name, value in parameters.items()
    )


def inner_text(inner: InnerList) -> str:
    """`("@method" "@path");created=1`."""
    kept: dict[str, str] = inner.__dict__
    if "text" not in kept:
        items = " ".join(bare_text(item.value) + parameters_text(item.parameters) for item in inner.items)
        kept["text"] = f"({items}){parameters_text(inner.parameters)}"
    return kept["text"]
