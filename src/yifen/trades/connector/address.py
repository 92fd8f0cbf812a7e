"""Where a utility's database is, and how we sign in there: sealed as one."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct, json

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.endpoint import check_host

SCHEME = "db"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
NETWORKED = ("postgresql", "mysql", "mssql", "oracle", "db2")


class SourceLogin(NamedTuple):
    """One account there."""

    user: str
    password: str
    writes: bool = False


class SourceAddress(Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """`database`: its name; of SQLite the file's. `write_user` empty: the reading account writes too."""

    kind: str
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    password: str = ""
    write_user: str = ""
    write_password: str = ""
    tls: bool = False

    def __repr__(self) -> str:
        return f"SourceAddress({self.place})"

    @property
    def reader(self) -> SourceLogin:
        return SourceLogin(self.user, self.password)

    @property
    def writer(self) -> SourceLogin:
        if self.write_user:
            return SourceLogin(self.write_user, self.write_password, True)
        return SourceLogin(self.user, self.password, True)

    @property
    def place(self) -> str:
        """For people; without passwords."""
        return f"{self.kind}://{self.host}:{self.port}/{self.database}" if self.host else f"{self.kind}:{self.database}"

    @property
    def shown(self) -> str:
        """What the row says in plain."""
        return f"{self.kind} · {self.database}"[:100]

    def check(self) -> None:
        """Refused: INPUT_INVALID with the field; of the host too, where this process may not call it."""
        self.check_shape()
        if self.host:
            check_host(self.host, "host")

    def check_shape(self) -> None:
        """Refused: INPUT_INVALID with the field."""
        if self.kind == "sqlite":
            if FILE.fullmatch(self.database) is None or self.host or self.user:
                raise Refused(Code.INPUT_INVALID, "database", "*.db")
            return
        if self.kind not in NETWORKED:
            raise Refused(Code.INPUT_INVALID, "kind")
        for field, text, most in (("database", self.database, 63), ("user", self.user, 63),
                                  ("write_user", self.write_user or "-", 63)):  # fmt: skip
            if not 1 <= len(text) <= most or not text.isprintable():
                raise Refused(Code.INPUT_INVALID, field)
        if not 1 <= self.port <= 65535:
            raise Refused(Code.INPUT_INVALID, "port")


def context(code: str) -> str:
    """For what a source's address is sealed."""
    return f"connector_source:{code}"


def sealed(ring: KeyRing, code: str, address: SourceAddress) -> bytes:
    return ring.seal(json.encode(address), context(code))


def opened(ring: KeyRing, code: str, seal: bytes) -> SourceAddress:
    """KeyRingError: another source's, or of a ring that is not here."""
    return json.decode(ring.open(bytes(seal), context(code)), type=SourceAddress)


def address_of(url: str, write_url: str = "") -> SourceAddress:
    """`mysql://reader:secret@10.1.2.3:3306/water?tls=1`, `sqlite:///water.db`. Refused: INPUT_INVALID."""
    from yifen.trades.connector.kinds import KINDS  # which needs what stands above

    parts, writing = urlsplit(url), urlsplit(write_url)
    kind = KINDS.get(parts.scheme)
    if kind is None:
        raise Refused(Code.INPUT_INVALID, "url", "|".join(KINDS))
    try:
        port = parts.port or kind.port
    except ValueError:
        raise Refused(Code.INPUT_INVALID, "url") from None
    return SourceAddress(
        kind=parts.scheme, host=parts.hostname or "", port=port, database=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username or ""), password=unquote(parts.password or ""),
        write_user=unquote(writing.username or ""), write_password=unquote(writing.password or ""),
        tls=parse_qs(parts.query).get("tls") == ["1"],
    )  # fmt: skip
