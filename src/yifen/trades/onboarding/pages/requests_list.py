"""The list of requests into sandboxes 沙箱请求: what a partner's developer sent, and what it was answered."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code, Meaning
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_codes
from yifen.face import words
from yifen.face.lists.asking import chosen, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope

_SQL = queries(__package__)
FAULTS = [("yes", _("有错误")), ("no", _("成功"))]
FAULTY = {"yes": "m.code NOT IN (0, 8001)", "no": "m.code IN (0, 8001)"}

PROOFS = [("yes", _("已证明")), ("no", _("未证明"))]
PROVED = {"yes": "m.proved", "no": "NOT m.proved"}


def request_url(row: Row, access: Access) -> str:
    return reverse("sandbox_request", args=[row.number])


def meaning_of(code: int) -> Meaning:
    """Of a code that may be of a trade."""
    known = {one.value: one for one in result_codes().values()}
    return known.get(code, Code.FAULT).meaning


def code_words(code: int) -> str:
    """`2005 签名错误`."""
    meaning = meaning_of(code)
    return f"{code:04d} {meaning.en if (get_language() or '').startswith('en') else meaning.zh}"


def code_tone(row: Row) -> str:
    return {0: "ok", Code.PROCESSING.value: "waiting"}.get(row.code, "bad")


def sandboxes(access: Access) -> list[tuple[Any, Any]]:
    """Those in scope, each as its code and name."""
    rows = Partner.objects.exclude(sandbox_of=None).order_by("code")
    if access.scope.partners is not None:
        rows = rows.filter(pk__in=access.scope.partners)
    return [(row.pk, str(row)) for row in rows]


REQUESTS = Listing(
    name="sandbox_requests",
    title=_("沙箱请求"),
    note=_("合作方发到沙箱的请求，已脱敏；点开看错在哪里、待签字符串和应有的摘要。"),
    empty=_("还没有收到沙箱请求"),
    empty_note=_("用沙箱密钥发出第一笔查询，几秒后在这里可见。没有写明合作方代码、或代码写错的请求不在此列。"),
    permission="partners.view",
    export="partners.view",
    route="partners/requests/",
    source=_SQL["requests"],
    scope=in_scope("m.partner_id", sandboxes=True),
    where=("m.direction = 'in'", "m.dialect <> 'hosted'"),
    key="m.message_no",
    grows=True,
    opens=request_url,
    filters=(
        *chosen("partner", _("合作方"), "m.partner_id = %(partner)s", sandboxes),
        *one_of("faulty", _("结果"), FAULTS, FAULTY),
        *one_of("proved", _("签名证明"), PROOFS, PROVED),
    ),
    columns=(
        Column("at", "m.at", _("时间"), "time"),
        Column("partner", "p.code", _("合作方"), "code"),
        Column("verb", "m.verb", _("接口"), words=words.VERBS, filters=one_of("verb", _("接口"), words.VERBS)),
        Column("serial", "m.serial", _("流水号"), "code"),
        Column("code", "m.code", _("结果"), "badge", value=lambda r, a: code_words(r.code), tone=code_tone),
        Column("at_fault", "m.fault ->> 'field'", _("出错处"), "code"),
        Column("ms", "m.ms", _("毫秒"), "num"),
    ),
    reads={"number": "m.message_no", "fault": "m.fault::text", "proved": "m.proved", "dialect": "m.dialect",
           "encoding": "m.encoding", "request_bytes": "m.request_bytes", "request": "m.request", "reply": "m.reply"},
)  # fmt: skip
