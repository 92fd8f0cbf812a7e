"""One request into a sandbox: what was wrong with it, as far as its developer may know."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from msgspec import DecodeError, json

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.access.telling import language
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Channel, Partner, PartnerKey
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import one
from yifen.hub.certify.channel import heard_by
from yifen.trades.onboarding.operations.keys import fingerprint_of
from yifen.trades.onboarding.pages.requests_list import REQUESTS, code_tone, code_words

GUESSES = {
    "no_key": _("收到的摘要与“不加密钥”算出的相同：应在报文之后接上密钥再算。"),
    "key_first": _("收到的摘要与“密钥在前”算出的相同：密钥应接在报文之后。"),
    "blanks": _("收到的摘要与“去掉首尾空白”算出的相同：应对实际发出的字节计算。"),
    "no_declaration": _("收到的摘要与“不含 XML 声明”算出的相同：声明也在计算之内。"),
    "other_encoding": _("收到的摘要与“用另一种编码”算出的相同：应对实际发出的字节计算。"),
    "key_as_text": _("收到的签名与“以十六进制文本为密钥”算出的相同：密钥是这些数字所表示的字节。"),
    "line_end": _("收到的签名与“末尾多一个换行”算出的相同：待签字符串末尾没有换行。"),
    "crlf": _("收到的签名与“以 CRLF 换行”算出的相同：行间只有一个 LF。"),
    "body": _("收到的签名与“直接对报文体”算出的相同：应对待签字符串计算。"),
    "no_parameters": _("收到的签名与“不含 @signature-params 一行”算出的相同：该行也在其内。"),
}  # fmt: skip
KEYID = re.compile(r'keyid="([A-Z0-9-]{2,15}):([0-9]{1,4})"')


@allow("partners.view")
def sandbox_request(request: HttpRequest, number: int) -> HttpResponse:
    """404: of no sandbox in scope."""
    access = access_of(request)
    row = one(REQUESTS, access, number)
    if row is None:
        raise Http404
    partner = Partner.objects.get(code=row.partner)
    return render(request, "console/partners/request.html", {
        "row": row, "partner": partner, "code": code_words(row.code), "tone": code_tone(row),
        "fault": fault_of(row, access), "clauses": clauses(request, row, partner),
    })  # fmt: skip


def fault_of(row: Row, access: Access) -> dict[str, Any]:
    """What is shown of it: what would have fitted, to who may issue such a key. Nothing of a fault that is none."""
    try:
        fault = json.decode(row.fault or "{}", type=dict[str, str])
    except DecodeError:
        return {}
    guess = fault.pop("guess", "")
    if not access.may("partners.keys") and fault.get("field") != "Content-Digest":
        fault.pop("expected", None)
    if guess in GUESSES:
        return fault | {"guess": GUESSES[guess]}
    print_ = key_print(fault.get("base", "")) if access.may("partners.keys") else ""
    other = _("不是常见的差错：待签字符串若与此处逐字相同，则密钥不同。%s")
    return fault | ({"guess": other % print_} if print_ else {})


def key_print(base: str) -> str:
    """Name and fingerprint of the key with which this string had to be signed; empty where there is none."""
    named = KEYID.search(base)
    rows = PartnerKey.objects.select_related("partner")
    key = rows.filter(partner__code=named[1], version=int(named[2])).first() if named else None
    try:
        return f"{named[1]}:{named[2]} {fingerprint_of(key)}" if named and key else ""
    except Refused:
        return ""


def clauses(request: HttpRequest, row: Row, partner: Partner) -> list[tuple[str, str]]:
    """For or against which clauses a channel's request counts: id, title. What nothing proves to be the channel's
    counts for none."""
    known = {code.value: code for code in Code}
    if not row.proved or row.code not in known or not Channel.objects.filter(pk=partner.pk).exists():
        return []
    is_zh = language(request).startswith("zh")
    return [(one.id, one.title.zh if is_zh else one.title.en) for one in heard_by(row.verb, known[row.code])]
