"""A partner's line: its number, MAC and master key. Money comes by it, so two people decide; the key is sealed before a
proposal keeps it, and shown by its check value alone."""

import base64
import re
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
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.core.wire.pos_keys import check_value
from yifen.core.wire.tcp_messages import ALGORITHMS
from yifen.hub.payments.remote.tcp_lines import MASTER_BYTES, context
from yifen.hub.tcp.codes import TcpCode

ACT = "tcp.line"
TITLES = {
    "inst_id": Text("机构号", "Number in the messages"), "algorithm": Text("MAC 算法", "MAC algorithm"),
    "is_yuan": Text("金额以元计", "Amounts in yuan"), "enabled": Text("启用", "In use"),
    "key": Text("主密钥校验值", "Check value of the master key"),
}  # fmt: skip
SQL = queries(__package__)
_INST = re.compile(r"[0-9A-Za-z]{1,15}")


class LineForm(NamedTuple):
    """`key`: the master key, 32 hex digits; empty: that of now stays."""

    partner_id: int
    inst_id: str
    algorithm: str
    is_yuan: bool
    enabled: bool
    key: str


def propose(access: Access, form: LineForm, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    partner = Partner.objects.filter(pk=form.partner_id).first()
    if partner is None or not access.scope.has_partner(form.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    content = form._asdict() | {"sealed": _sealed(form.key, partner.code)}
    del content["key"]
    return second.propose(access, ACT, str(partner.pk), content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: INPUT_INVALID, TCP_NUMBER_TAKEN."""
    partner = Partner.objects.get(pk=content["partner_id"])
    for field, is_fit in (("inst_id", _INST.fullmatch(content["inst_id"])),
                          ("algorithm", content["algorithm"] in ALGORITHMS)):  # fmt: skip
        if not is_fit:
            raise Refused(Code.INPUT_INVALID, field)
    if _row("number_taken", content["inst_id"], partner.pk):
        raise Refused(TcpCode.TCP_NUMBER_TAKEN, "inst_id")
    row = _row("line_now", partner.pk)
    if row is None and content["sealed"] is None:
        raise Refused(Code.INPUT_INVALID, "key")
    before = dict(zip(("inst_id", "algorithm", "is_yuan", "enabled", "sealed"), row, strict=True)) if row else None
    sealed = base64.b64decode(content["sealed"]) if content["sealed"] else None
    after = _told(content | {"sealed": sealed or (before or content)["sealed"]}, partner.code)
    now = _told(before, partner.code) if before else {}
    return [Change(field, title, now.get(field), after[field]) for field, title in TITLES.items()]


def run(content: dict[str, Any], decision: Decision) -> None:
    """From the next message on. Refused: AUTHORISATION_INVALID."""
    row = _row("put_line", content["partner_id"])
    if row and row[0]:
        raise Refused(result_code(row[0]))


def named(subject: str) -> Text:
    """The partner."""
    partner = Partner.objects.filter(pk=int(subject)).first() if subject.isdigit() else None
    return Text(*[str(partner or subject)] * 2)


def _told(content: dict[str, Any], partner: str) -> dict[str, Any]:
    plain = key_ring().open(bytes(content["sealed"]), context(partner))
    return content | {"is_yuan": second.yes_no(content["is_yuan"]), "enabled": second.yes_no(content["enabled"]),
                      "key": check_value(content["algorithm"], plain).hex().upper()}  # fmt: skip


def _sealed(key: str, partner: str) -> str | None:
    if not key:
        return None
    try:
        plain = bytes.fromhex(key)
    except ValueError:
        plain = b""
    if len(plain) != MASTER_BYTES or plain[:8] == plain[8:]:
        raise Refused(Code.INPUT_INVALID, "key")
    return base64.b64encode(key_ring().seal(plain, context(partner))).decode()


def _row(name: str, *params: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
