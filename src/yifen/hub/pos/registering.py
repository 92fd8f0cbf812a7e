"""Acquirers and terminals: whose money a terminal takes, by which keys. Money comes by it, so two people decide; a key
is sealed before a proposal keeps it, and shown by its check value alone."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.endpoint import check_host
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.core.wire.pos_keys import ALGORITHMS, MASTER_BYTES, check_value
from yifen.hub.pos.door.terminals import acquirer_context, terminal_context
from yifen.hub.pos.rules import ACCOUNTS

ACQUIRER, TERMINAL = "pos.acquirer", "pos.terminal"
STATES = {"in_use": Text("在用", "In use"), "blacklisted": Text("黑名单", "Blacklisted")}
OF_ACQUIRER = {
    "institution": Text("机构", "Institution"), "name": Text("名称", "Name"), "host": Text("主机", "Host"),
    "port": Text("端口", "Port"), "algorithm": Text("MAC 算法", "MAC algorithm"),
    "key": Text("密钥校验值", "Check value of the keys"), "timeout_s": Text("超时（秒）", "Time-out (seconds)"),
    "enabled": Text("启用", "In use"),
}  # fmt: skip
OF_TERMINAL = {
    "merchant_no": Text("商户号", "Merchant number"), "merchant_name": Text("商户名称", "Merchant's name"),
    "channel": Text("渠道", "Channel"), "biller": Text("收费单位", "Biller"), "acquirer": Text("收单机构", "Acquirer"),
    "algorithm": Text("MAC 算法", "MAC algorithm"), "account_in": Text("户号所在域", "Field of the account number"),
    "key": Text("主密钥校验值", "Check value of the master key"), "state": Text("状态", "State"),
}  # fmt: skip
_CODE, _TERMINAL_NO, _MERCHANT_NO = (re.compile(one) for one in ("[A-Z0-9]{2,16}", "[0-9A-Z]{8}", "[0-9A-Z]{15}"))
_SQL = queries(__package__)


class AcquirerForm(NamedTuple):
    """`key`: 64 hex digits, of PINs and of MACs; empty: those of now stay."""

    code: str
    institution_id: int
    name: str
    host: str
    port: int
    algorithm: str
    key: str
    timeout_s: int = 15
    enabled: bool = True


class TerminalForm(NamedTuple):
    """`key`: the master key, 32 hex digits; empty: that of now stays."""

    terminal_no: str
    merchant_no: str
    merchant_name: str
    channel_id: int
    biller_id: int
    acquirer_code: str
    algorithm: str
    account_in: str
    key: str
    state: str = "in_use"


def propose_acquirer(access: Access, form: AcquirerForm, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    institution = Institution.objects.filter(pk=form.institution_id).first()
    if institution is None or not access.scope.has_institution(institution.pk):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if not _CODE.fullmatch(form.code):
        raise Refused(Code.INPUT_INVALID, "code")
    content = form._asdict() | {"sealed": _sealed(form.key, 2 * MASTER_BYTES, acquirer_context(form.code)),
                                "institution": institution.pk}  # fmt: skip
    del content["key"], content["institution_id"]
    return second.propose(access, ACQUIRER, form.code, content, now, institution=institution)


def propose_terminal(access: Access, form: TerminalForm, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    if not _TERMINAL_NO.fullmatch(form.terminal_no):
        raise Refused(Code.INPUT_INVALID, "terminal_no")
    biller = Partner.objects.filter(pk=form.biller_id).first()
    for partner_id, field in ((form.biller_id, "biller"), (form.channel_id, "channel")):
        if not access.scope.has_partner(partner_id):
            raise Refused(Code.OUT_OF_SCOPE, field)
    row = _row("acquirer_id", form.acquirer_code)
    if biller is None or row is None:
        raise Refused(Code.INPUT_INVALID, "acquirer")
    content = form._asdict() | {"sealed": _sealed(form.key, MASTER_BYTES, terminal_context(form.terminal_no)),
                                "acquirer_id": row[0]}  # fmt: skip
    del content["key"], content["acquirer_code"]
    return second.propose(access, TERMINAL, form.terminal_no, content, now, institution=biller.institution)


def view_acquirer(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: INPUT_INVALID."""
    check_host(content["host"], "host")
    for field, is_fit in (("name", bool(content["name"])), ("port", 0 < content["port"] < 65536),
                          ("algorithm", content["algorithm"] in ALGORITHMS),
                          ("timeout_s", 1 <= content["timeout_s"] <= 30)):  # fmt: skip
        if not is_fit:
            raise Refused(Code.INPUT_INVALID, field)
    names = ("code", "institution", "name", "host", "port", "algorithm", "sealed", "timeout_s", "enabled")
    before = _standing("acquirer_now", names, content["code"])
    if (before is None and content["sealed"] is None) or (before and before["institution"] != content["institution"]):
        raise Refused(Code.INPUT_INVALID, "institution" if before else "key")
    return _changes(OF_ACQUIRER, before, content, _told_acquirer)


def view_terminal(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: INPUT_INVALID."""
    channel = Partner.objects.filter(pk=content["channel_id"], channel__isnull=False)
    biller = Partner.objects.filter(pk=content["biller_id"], biller__isnull=False)
    for field, is_fit in (
        ("merchant_no", _MERCHANT_NO.fullmatch(content["merchant_no"])), ("merchant_name", content["merchant_name"]),
        ("algorithm", content["algorithm"] in ALGORITHMS), ("account_in", content["account_in"] in ACCOUNTS),
        ("state", content["state"] in STATES), ("channel", channel.exists()), ("biller", biller.exists()),
    ):  # fmt: skip
        if not is_fit:
            raise Refused(Code.INPUT_INVALID, field)
    names = ("terminal_no", "merchant_no", "merchant_name", "channel_id", "biller_id", "acquirer_id", "algorithm",
             "account_in", "sealed", "state")  # fmt: skip
    before = _standing("terminal_now", names, content["terminal_no"])
    if before is None and content["sealed"] is None:
        raise Refused(Code.INPUT_INVALID, "key")
    return _changes(OF_TERMINAL, before, content, _told_terminal)


def run_acquirer(content: dict[str, Any], decision: Decision) -> None:
    """From the next message on. Refused: AUTHORISATION_INVALID."""
    _put("put_acquirer", content["code"])


def run_terminal(content: dict[str, Any], decision: Decision) -> None:
    """From the next message on. Refused: AUTHORISATION_INVALID, POS_ORIGINAL_UNFIT (something of it is open)."""
    _put("put_terminal", content["terminal_no"])


def _sealed(key: str, size: int, context: str) -> str | None:
    if not key:
        return None
    try:
        plain = bytes.fromhex(key)
    except ValueError:
        plain = b""
    if len(plain) != size:
        raise Refused(Code.INPUT_INVALID, "key")
    return base64.b64encode(key_ring().seal(plain, context)).decode()


def _changes(
    titles: Mapping[str, Text], before: dict[str, Any] | None, content: dict[str, Any], told: Any
) -> list[Change]:
    now = told(before) if before else {}
    after = told(content | {"sealed": content["sealed"] or (before or content)["sealed"]})
    return [Change(field, title, now.get(field), after[field]) for field, title in titles.items()]


def _told_acquirer(content: dict[str, Any]) -> dict[str, Any]:
    institution = Institution.objects.get(pk=content["institution"])
    return content | {"institution": str(institution), "enabled": second.yes_no(content["enabled"]),
                      "key": _check(content, acquirer_context(content["code"]))}  # fmt: skip


def _told_terminal(content: dict[str, Any]) -> dict[str, Any]:
    row = _row("acquirer_code", content["acquirer_id"])
    return content | {"channel": str(Partner.objects.get(pk=content["channel_id"])),
                      "biller": str(Partner.objects.get(pk=content["biller_id"])), "acquirer": row[0] if row else "",
                      "state": STATES[content["state"]],
                      "key": _check(content, terminal_context(content["terminal_no"]))}  # fmt: skip


def _check(content: dict[str, Any], context: str) -> str:
    """Of each key, as the other side reads it too."""
    plain = key_ring().open(base64.b64decode(content["sealed"]), context)
    keys = [plain[at : at + MASTER_BYTES] for at in range(0, len(plain), MASTER_BYTES)]
    return " ".join(check_value(content["algorithm"], key).hex().upper() for key in keys)


def _standing(name: str, names: tuple[str, ...], key: str) -> dict[str, Any] | None:
    row = _row(name, key)
    if row is None:
        return None
    found = dict(zip(names, row, strict=True))
    return found | {"sealed": base64.b64encode(bytes(found["sealed"])).decode()}


def _row(name: str, key: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], [key])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _put(name: str, key: str) -> None:
    row = _row(name, key)
    if row and row[0]:
        raise Refused(result_code(row[0]))
