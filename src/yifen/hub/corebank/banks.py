"""A core of an institution's tree: where it listens, the key that both share, its own accounts. Money moves by it, so
two people decide; the key is sealed before a proposal keeps it."""

import base64
import hashlib
import re
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.hub.corebank.port import key_context
from yifen.hub.corebank.rules import KEY_LEAST, KEY_MOST, KEY_SHAPE

ACT = "corebank.bank"
TITLES = {
    "institution": Text("机构", "Institution"), "name": Text("名称", "Name"), "endpoint": Text("接口地址", "Endpoint"),
    "secret": Text("密钥 SHA-256 指纹", "SHA-256 fingerprint of the key"), "cash": Text("现金", "Cash"),
    "clearing": Text("清算", "Clearing"), "sundry": Text("其他应解汇款", "Sundry remittances"),
    "income": Text("代收公用事业费业务收入", "Income of collections"), "enabled": Text("启用", "In use"),
}  # fmt: skip
ACCOUNT = re.compile(r"[0-9A-Za-z-]{4,40}")
_CODE = re.compile(r"[A-Z0-9]{2,16}")
_CODE_SHAPE = Bilingual("核心代码为 2 至 16 位大写字母、数字", "a core's code has 2 to 16 capital letters and digits")
_ACCOUNT_SHAPE = "{0}账号为 4 至 40 位字母、数字或 -", "{1}: an account has 4 to 40 letters, digits or -"
KEY_MISSING = Bilingual("新登记的，须填双方共用的密钥", "what is new needs the key that both share")
_SQL = queries(__package__)


class CoreForm(NamedTuple):
    """A core as it is asked for; an empty `secret`: the key of now stays."""

    code: str
    institution_id: int
    name: str
    endpoint: str
    secret: str
    cash: str
    clearing: str
    sundry: str
    income: str
    enabled: bool = True


def propose(access: Access, form: CoreForm, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    institution = Institution.objects.filter(pk=form.institution_id).first()
    if institution is None or not access.scope.has_institution(institution.pk):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if not _CODE.fullmatch(form.code):
        raise Refused(Code.INPUT_INVALID, "code", _CODE_SHAPE)
    if form.secret and not (KEY_LEAST <= len(form.secret) <= KEY_MOST and form.secret.isascii()):
        raise Refused(Code.INPUT_INVALID, "secret", KEY_SHAPE)
    sealed = base64.b64encode(key_ring().seal(form.secret.encode(), key_context(form.code))).decode()
    content = form._asdict() | {"sealed": sealed if form.secret else None, "institution": institution.pk,
                                "endpoint": form.endpoint.strip().rstrip("/")}  # fmt: skip
    del content["secret"], content["institution_id"]
    return second.propose(access, ACT, form.code, content, now, institution=institution)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be, the key by a fingerprint alone. Refused: INPUT_INVALID."""
    check_endpoint(content["endpoint"], "endpoint")
    for field in ("name", "endpoint"):
        if not content[field]:
            raise Refused(Code.INPUT_INVALID, field, Bilingual("缺{0}", "missing: {1}", *TITLES[field]))
    for field in ("cash", "clearing", "sundry", "income"):
        if not ACCOUNT.fullmatch(content[field]):
            raise Refused(Code.INPUT_INVALID, field, Bilingual(*_ACCOUNT_SHAPE, *TITLES[field]))
    before = _standing(content["code"])
    if before is None and content["sealed"] is None:
        raise Refused(Code.INPUT_INVALID, "secret", KEY_MISSING)
    if before and before["institution"] != content["institution"]:
        theirs = Institution.objects.get(pk=before["institution"])
        raise Refused(Code.INPUT_INVALID, "institution", f"{content['code']}: {theirs}")
    now = _told(before) if before else {}
    after = _told(content | {"sealed": content["sealed"] or (before or content)["sealed"]})
    return [Change(field, title, now.get(field), after[field]) for field, title in TITLES.items()]


def run(content: dict[str, Any], decision: Decision) -> None:
    """From the next move on. Refused: AUTHORISATION_INVALID."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["put_bank"], [content["code"]])
        code = cursor.fetchone()[0]
    if code:
        raise Refused(result_code(code))


def _standing(code: str) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL["bank_now"], [code])
        row = cursor.fetchone()
    if row is None:
        return None
    names = ("code", "institution", "name", "endpoint", "sealed", "cash", "clearing", "sundry", "income", "enabled")
    found = dict(zip(names, row, strict=True))
    return found | {"sealed": base64.b64encode(bytes(found["sealed"])).decode()}


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """As people read it."""
    plain = key_ring().open(base64.b64decode(content["sealed"]), key_context(content["code"]))
    institution = Institution.objects.get(pk=content["institution"])
    return content | {"institution": str(institution), "enabled": second.yes_no(content["enabled"]),
                      "secret": f"#{hashlib.sha256(plain).hexdigest()[:8]}"}  # fmt: skip
