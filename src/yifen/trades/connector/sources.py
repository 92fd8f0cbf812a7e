"""A utility's database and its mapping, as two people decide them. Bills come out of it and money's word goes in; the
address and passwords are sealed before a proposal keeps them, and the second person is shown where it is, never how we
sign in."""

import base64
import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller, Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.trades.connector import address as addresses
from yifen.trades.connector.address import CODE, SourceAddress, opened, sealed
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.kinds import KINDS
from yifen.trades.connector.mapping import Mapping, mapping_of

SOURCE, MAPPING = "connector.source", "connector.mapping"
TITLES = {
    "partner_id": Text("收费单位", "Biller"), "kind": Text("数据库种类", "Kind of database"),
    "place": Text("地址", "Address"), "user": Text("查询账号", "Reading account"),
    "write_user": Text("写入账号", "Writing account"),
    "password": Text("查询密码指纹", "Reading password, fingerprint"),
    "write_password": Text("写入密码指纹", "Writing password, fingerprint"),
    "tls": Text("必须加密传输", "TLS demanded"),
    "enabled": Text("启用", "In use"),
}  # fmt: skip
SQL = queries(__package__)


class StandingSource(NamedTuple):
    """A source as its row has it, opened."""

    partner_id: int
    address: SourceAddress
    enabled: bool


def propose_source(
    access: Access, code: str, partner_id: int, address: SourceAddress, enabled: bool, now: datetime
) -> Authorisation:
    """Empty passwords: those of now stay, where host and account are those of now. Refused: OUT_OF_SCOPE,
    INPUT_INVALID, and as `view_source` and `second.propose` refuse."""
    partner = Partner.objects.filter(pk=partner_id).first()
    if partner is None or not access.scope.has_partner(partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner_id")
    if CODE.fullmatch(code) is None:
        raise Refused(Code.INPUT_INVALID, "code")
    kept = _with_passwords(address, source(code))
    content = {"code": code, "partner_id": partner_id, "kind": kept.kind, "shown": kept.shown, "enabled": enabled,
               "sealed": base64.b64encode(sealed(key_ring(), code, kept)).decode()}  # fmt: skip
    return second.propose(access, SOURCE, code, content, now, partner=partner)


def view_source(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: INPUT_INVALID, SOURCE_TAKEN."""
    code, partner_id = content["code"], content["partner_id"]
    after = opened(key_ring(), code, base64.b64decode(content["sealed"]))
    if CODE.fullmatch(code) is None or (after.kind, after.shown) != (content["kind"], content["shown"]):
        raise Refused(Code.INPUT_INVALID, "code")
    after.check()
    if not Biller.objects.filter(pk=partner_id).exists():
        raise Refused(Code.INPUT_INVALID, "partner_id")
    taken = _row("source_taken", {"code": code, "partner": partner_id})
    if taken and taken[0]:
        raise Refused(ConnectorCode.SOURCE_TAKEN, "code")
    before = source(code)
    was = _told(before) if before else {}
    told = _told(StandingSource(partner_id, after, content["enabled"]))
    return [Change(field, title, was.get(field), told[field]) for field, title in TITLES.items()]


def run_source(content: dict[str, Any], decision: Decision) -> None:
    """From the next call on. Refused: AUTHORISATION_INVALID, SOURCE_TAKEN."""
    _refuse(_row("put_source", (content["code"],)))


def propose_mapping(access: Access, code: str, toml: str, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, MAPPING_INVALID, MAPPING_UNCHANGED, and as `second.propose` refuses."""
    found = source(code)
    if found is None or not access.scope.has_partner(found.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "code")
    partner = Partner.objects.get(pk=found.partner_id)
    return second.propose(access, MAPPING, code, {"code": code, "toml": plain(toml)}, now, partner=partner)


def view_mapping(content: dict[str, Any]) -> list[Change]:
    """Each part as it is and as it will be. Refused: SOURCE_UNKNOWN, MAPPING_INVALID, MAPPING_UNCHANGED."""
    code, after = content["code"], mapping_of(content["toml"])
    if source(code) is None:
        raise Refused(ConnectorCode.SOURCE_UNKNOWN, "code")
    now = newest(code)
    if now is not None and now[1] == content["toml"]:
        raise Refused(ConnectorCode.MAPPING_UNCHANGED, "toml")
    was, will = _parts(mapping_of(now[1])) if now else {}, _parts(after)
    shown = [Change(part, Text(part, part), was.get(part), will.get(part))
             for part in {**was, **will} if was.get(part) != will.get(part)]  # fmt: skip
    digest = Change("digest", Text("文件摘要", "Digest of the file"), _digest(now[1]) if now else None,
                    _digest(content["toml"]))  # fmt: skip
    return [*shown, digest]


def run_mapping(content: dict[str, Any], decision: Decision) -> None:
    """The next version, from the next call on. Refused: AUTHORISATION_INVALID."""
    _refuse(_row("put_mapping", (content["code"], decision.now)))


def source(code: str) -> StandingSource | None:
    row = _row("source", (code,))
    return StandingSource(row[0], opened(key_ring(), code, row[2]), row[3]) if row else None


def newest(code: str) -> tuple[int, str] | None:
    """Version and text of the mapping in force."""
    row = _row("newest_mapping", (code,))
    return (row[0], row[1]) if row else None


def plain(toml: str) -> str:
    """As a form or a file brings it, with one kind of line end."""
    return toml.replace("\r\n", "\n").strip() + "\n"


def named(subject: str) -> Text:
    """The source as addresses have it."""
    return Text(*[f"{addresses.SCHEME}://{subject}"] * 2)


def _with_passwords(address: SourceAddress, before: StandingSource | None) -> SourceAddress:
    """Refused: INPUT_INVALID of a password that is lacking: one of now is shown to no other server or account."""
    was = before.address if before else SourceAddress(kind="")
    same = (was.kind, was.host, was.port, was.tls) == (address.kind, address.host, address.port, address.tls)
    found = {}
    for user, password in (("user", "password"), ("write_user", "write_password")):
        if getattr(address, user) and not getattr(address, password):
            if not same or getattr(was, user) != getattr(address, user):
                raise Refused(Code.INPUT_INVALID, password)
            found[password] = getattr(was, password)
    names = {name: getattr(address, name) for name in address.__struct_fields__}
    made = SourceAddress(**{**names, **found})
    made.check()
    return made


def _told(found: StandingSource) -> dict[str, second.Said]:
    one = found.address
    return {
        "partner_id": str(Partner.objects.get(pk=found.partner_id)), "kind": KINDS[one.kind].title, "place": one.place,
        "user": one.user, "write_user": one.write_user, "password": _mark(one.password),
        "write_password": _mark(one.write_password), "tls": second.yes_no(one.tls),
        "enabled": second.yes_no(found.enabled)}  # fmt: skip


def _mark(password: str) -> str:
    """That it is another, and nothing to find it by: of the ring's own key."""
    if not password:
        return ""
    return hashlib.blake2b(password.encode(), key=key_ring().derive("connector password"), digest_size=6).hexdigest()


def _parts(mapping: Mapping) -> dict[str, str]:
    """What people read of a mapping: each statement whole, and what its columns are."""
    found = {"limits": str(mapping.limits), "text": str(mapping.text), "customer": _words(mapping.customer),
             "owed": _words(mapping.owed)}  # fmt: skip
    for part, way in (("paid", mapping.paid), ("day", mapping.day)):
        if way:
            found[part] = _words(way)
    for part, written in (("pay", mapping.pay), ("back", mapping.back)):
        found |= {f"{part}[{number}]": _words(one) for number, one in enumerate(written)}
    return found


def _words(way: Any) -> str:
    given = {name: getattr(way, name) for name in way.__struct_fields__ if name != "sql"}
    said = [f"{name} = {value!r}" for name, value in given.items() if value not in ("", [])]
    return "\n".join((way.sql.strip(), *said))


def _digest(toml: str) -> str:
    return hashlib.sha256(toml.encode()).hexdigest()[:16]


def _row(name: str, params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _refuse(row: tuple[Any, ...] | None) -> None:
    if row and row[0]:
        raise Refused(result_code(row[0]))
