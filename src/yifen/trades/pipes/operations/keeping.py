"""Pipes made, changed, switched off: an act of two people, but of a sandbox or a partner on its way in (X2).

A mail pipe always is: nobody at its address has said yes, so two people say that mail may go there."""

import base64
import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.delivering import secret_context
from yifen.trades.pipes.finding import event_kinds
from yifen.trades.pipes.models import Pipe
from yifen.trades.pipes.port import PipeTransport, kinds, transport

ACT = "pipes.pipe"
PIPES_MAX = 20  # of one partner
BY_TWO = frozenset({"mail"})  # of whichever partner; pipes_alone_v1 says the same
_BOUND = frozenset({"ref", "partner_id", "kind", "address", "wants", "settings", "secret", "enabled"})
_EMPTY = frozenset({"off_why", "secret_before", "before_until"})  # of a proposal: they stand there, and say nothing
_SPELLED = re.compile(r"([^:/?#]+)://([^/?#]*@)?(\[[^]]*\]|[^/?#@:]*)(?::(?:0*([0-9]+))?)?([/?#].*)?", re.DOTALL)
_PORTS = {"https": "443", "http": "80", "sftp": "22"}
WAYS = {"webhook": Text("Webhook", "Webhook"), "sftp": Text("SFTP", "SFTP"), "mail": Text("邮件", "Mail")}
ANOTHER_SERVER = Bilingual("用户、主机、端口或主机密钥已改，须重新填写密码或私钥",
                           "user, host, port or host key is another: give the password or key again")  # fmt: skip


class PipeTerms(NamedTuple):
    """What is agreed of a pipe. `secret`: of SFTP and mail what it signs in with, plain; None: as it is."""

    address: str
    wants: tuple[str, ...]
    settings: Mapping[str, Any] = {}
    secret: bytes | None = None


@transaction.atomic
def make(access: Access, partner: Partner, kind: str, terms: PipeTerms, now: datetime) -> Authorisation | Pipe:
    """A new pipe; of a live partner it is proposed. Refused: OUT_OF_SCOPE, INPUT_INVALID, PIPE_ADDRESS_INVALID,
    PIPE_WANTS_INVALID, PIPE_TWICE, LIMIT of pipes, and as `second.propose` refuses."""
    _require(access, partner)
    if kind not in kinds():
        raise Refused(Code.INPUT_INVALID, "kind")
    if Pipe.objects.filter(partner=partner).count() >= PIPES_MAX:
        raise Refused(Code.INPUT_INVALID, "partner", Bilingual("至多 {} 个推送通道", "{} pipes at most", PIPES_MAX))
    transport(kind).check_secret(terms.secret)
    ref = str(uuid.uuid4())
    row = {"ref": ref, "partner_id": partner.pk, "kind": kind, "enabled": True, "off_why": "",
           "secret_before": None, "before_until": None} | _said(ref, terms)  # fmt: skip
    return _agree(access, partner, row, now)


@transaction.atomic
def change(access: Access, pipe: Pipe, terms: PipeTerms, now: datetime) -> Authorisation | Pipe:
    """Another address, other events; it is on from then. Refused as `make` refuses, PIPE_UNCHANGED, and
    PIPE_SECRET_INVALID (the secret there is would be shown to another server)."""
    _require(access, pipe.partner)
    if terms.secret is not None:
        transport(pipe.kind).check_secret(terms.secret)
    row = {"ref": str(pipe.ref), "partner_id": pipe.partner_id, "kind": pipe.kind, "enabled": True,
           "off_why": ""} | _said(str(pipe.ref), terms)  # fmt: skip
    if terms.secret is None and all(getattr(pipe, name) == value for name, value in row.items() if name != "ref"):
        raise Refused(PipeCode.PIPE_UNCHANGED)
    return _agree(access, pipe.partner, row, now)


@transaction.atomic
def switch_off(access: Access, pipe: Pipe, why: str) -> None:
    """At once, by one person: it shuts a door. What happens meanwhile waits. Refused: OUT_OF_SCOPE."""
    _require(access, pipe.partner)
    Pipe.objects.filter(pk=pipe.pk).update(enabled=False, off_why=why[:200])


def subject(partner: Partner, ref: str) -> str:
    """What a proposal about a pipe is called."""
    return f"{partner.code} {ref[:8]}"


def named(key: str) -> Text:
    """What people call the pipe of a proposal: partner, way, address; one that is not there yet by its number."""
    code, _, ref = key.partition(" ")
    pipe = Pipe.objects.filter(partner__code=code, ref__startswith=ref).first() if ref else None
    if pipe is None:
        return Text(key, key)
    way = WAYS[pipe.kind]
    return Text(f"{code} · {way.zh} · {pipe.address}", f"{code} · {way.en} · {pipe.address}")


def view(content: dict[str, Any]) -> list[Change]:
    """What of the pipe is new. Refused: INPUT_INVALID (it says more than is shown), as the address and the kinds of
    events are, PIPE_UNCHANGED (somebody else has made it so)."""
    row = content["rows"]["pipe"]
    if row.keys() - _BOUND - _EMPTY or any(row.get(name) for name in _EMPTY):
        raise Refused(Code.INPUT_INVALID, "pipe")
    pipe = _checked(row)
    was: dict[str, second.Said] = {} if pipe is None else {
        "partner": pipe.partner.code, "kind": WAYS[pipe.kind], "address": pipe.address, "wants": listed(pipe.wants),
        "enabled": second.yes_no(pipe.enabled)}  # fmt: skip
    pairs = [
        Change("partner_id", Text("合作方", "Partner"), was.get("partner"),
               Partner.objects.get(pk=row["partner_id"]).code),
        Change("kind", Text("方式", "Way"), was.get("kind"), WAYS[row["kind"]]),
        Change("address", Text("地址", "Address"), was.get("address"), row["address"]),
        Change("wants", Text("事件", "Events"), was.get("wants"), listed(row["wants"])),
        *_settings(transport(row["kind"]), pipe.settings if pipe is not None else None, row["settings"]),
        Change("enabled", Text("启用", "On"), was.get("enabled"), second.yes_no(row["enabled"])),
    ]  # fmt: skip
    if "secret" in row:
        pairs.append(Change("secret", Text("密码或密钥", "Password or key"), None, _fingerprint(row["secret"])))
    found = [one for one in pairs if one.before != one.after]
    if not found:
        raise Refused(PipeCode.PIPE_UNCHANGED)
    return found


def put(content: dict[str, Any], decision: Decision) -> None:
    """As it was agreed."""
    _put(content["rows"]["pipe"], decision.now)


def _require(access: Access, partner: Partner) -> None:
    if not access.may("pipes.edit"):
        raise Refused(Code.PERMISSION_MISSING)
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")


def _said(ref: str, terms: PipeTerms) -> dict[str, Any]:
    row: dict[str, Any] = {"address": _address(terms.address), "wants": sorted(set(terms.wants)),
                           "settings": dict(terms.settings)}  # fmt: skip
    if terms.secret is not None:
        row["secret"] = f"\\x{key_ring().seal(terms.secret, secret_context(ref)).hex()}"
    return row


def _address(typed: str) -> str:
    """The one spelling in which it is kept: what names the server in small letters, without its way's own port and a
    dot behind the host; what follows stays. `pipes_place_v1` says the same."""
    found = _SPELLED.fullmatch(typed.strip())
    if found is None:  # of mail
        name, at, host = typed.strip().rpartition("@")
        return f"{name}{at}{host.lower()}"
    scheme, user, host, port, rest = found.groups("")
    scheme, slash = scheme.lower(), "" if rest.startswith("/") else "/"
    port = "" if port in ("", _PORTS.get(scheme)) else f":{port}"
    return f"{scheme}://{user}{host.lower().rstrip('.')}{port}{slash}{rest}"


def _checked(row: dict[str, Any]) -> Pipe | None:
    """The pipe as it is; None: there is none yet."""
    address, settings, wants, way = row["address"], row["settings"], row["wants"], transport(row["kind"])
    if not address or len(address) > 300 or not address.isprintable():
        raise Refused(PipeCode.PIPE_ADDRESS_INVALID, "address", Bilingual("须有 1 至 300 个可见字符",
                                                                          "1 to 300 characters that can be seen"))
    way.check(address, settings)
    if not wants or not set(wants) <= set(event_kinds()):
        raise Refused(PipeCode.PIPE_WANTS_INVALID, "wants")
    pipe = Pipe.objects.select_related("partner").filter(ref=row["ref"]).first()
    if pipe is not None and pipe.secret is not None and "secret" not in row and (
            way.secret_goes_to(pipe.address, pipe.settings) != way.secret_goes_to(address, settings)):  # fmt: skip
        raise Refused(PipeCode.PIPE_SECRET_INVALID, "secret", ANOTHER_SERVER)
    twins = Pipe.objects.filter(partner=row["partner_id"], kind=row["kind"]).exclude(ref=row["ref"])
    if (pipe is None or pipe.address != address) and _address(address) in {_address(one.address) for one in twins}:
        raise Refused(PipeCode.PIPE_TWICE, "address")
    return pipe


def _agree(access: Access, partner: Partner, row: dict[str, Any], now: datetime) -> Authorisation | Pipe:
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    _checked(row)
    if partner.is_arriving and row["kind"] not in BY_TWO:
        return _put(row, now)
    return second.propose(access, ACT, subject(partner, row["ref"]), {"rows": {"pipe": row}}, now, partner=partner)


def _put(row: dict[str, Any], now: datetime) -> Pipe:
    fields = row | ({"secret": bytes.fromhex(row["secret"][2:])} if row.get("secret") else {})
    pipe = Pipe.objects.filter(ref=row["ref"]).first()
    if pipe is None:
        return Pipe.objects.create(**fields, made_at=now)
    Pipe.objects.filter(pk=pipe.pk).update(**{
        name: value for name, value in fields.items() if name not in ("ref", "partner_id", "kind")})
    pipe.refresh_from_db()
    return pipe


def _fingerprint(sealed: str) -> str:
    """Of the sealed bytes: that it is another, and nothing to find it by."""
    digest = hashlib.sha256(bytes.fromhex(sealed[2:])).digest()
    return f"SHA256:{base64.b64encode(digest).decode()[:16]}"


def listed(wants: list[str]) -> Text:
    """Kinds of events, each with what it is called."""
    known = event_kinds()
    titles = [(name, known[name].title if name in known else Text("", "")) for name in sorted(wants)]
    return Text("、".join(f"{name} {title.zh}".strip() for name, title in titles),
                ", ".join(f"{name} {title.en}".strip() for name, title in titles))  # fmt: skip


def _settings(way: PipeTransport, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Change]:
    was, now = way.words(before) if before is not None else {}, way.words(after)
    for name in [*now, *(name for name in was if name not in now)]:
        title = (now.get(name) or was[name]).title
        yield Change(f"settings_{name}", title, *(said[name].value if name in said else None for said in (was, now)))


