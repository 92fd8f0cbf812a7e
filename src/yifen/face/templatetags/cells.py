"""Cells of tables and amounts, drawn without templates: a page of a list has hundreds of them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from yifen.face.templatetags.money import yuan

register = template.Library()
NOTHING = "—"
_CELLS: dict[str, SafeString] = {
    kind: SafeString(f'<td class="{of}" data-label="{{}}">{{}}</td>\n')
    for kind, of in {"amount": "num", "num": "num", "time": "cell-time", "post": "cell-actions",
                     "link": "cell-actions", "code": "cell-code"}.items()
}  # fmt: skip
_BADGE = SafeString('<td data-label="{}">{}</td>\n')
_TEXT = SafeString('<td class="cell-text" data-label="{}">{}</td>\n')


@register.simple_tag(takes_context=True)
def cell(context: Context, given: Mapping[str, Any], column: Mapping[str, Any] | None) -> SafeString:
    """`given` says its kind (amount, num, badge, time, post, link, code, text), what that shows (fen, at, text, tone)
    and where it leads (url); the column's title is what a phone shows before it."""
    title, kind, url = (column or {}).get("title", ""), given.get("kind", "text"), given.get("url", "")
    match kind:
        case "amount":
            shown: Any = amount(given.get("fen"))
        case "badge":
            badge = format_html('<span class="badge badge-{}">{}</span>', given.get("tone") or "neutral", _text(given))
            return format_html(_BADGE, title, badge)
        case "time":
            shown = _moment(given) or given.get("text") or NOTHING
        case "post":
            shown, url = _button(context, given) if url else "", ""
        case "link":
            shown = _text(given) if url else ""
        case _:
            shown = NOTHING if given.get("text", "") is None else _text(given)
    if url and (kind != "time" or given.get("at")):
        shown = format_html('<a href="{}">{}</a>', url, shown)
    return format_html(_CELLS.get(kind, _TEXT), title, shown)


@register.simple_tag
def amount(fen: int | None, large: object = "", sign: object = "") -> SafeString:
    """Yuan with the fen set apart; — for none."""
    if fen is None:
        return format_html('<span class="muted">{}</span>', NOTHING)
    of = (" amount-negative" if fen < 0 else "" if fen else " amount-zero") + (" amount-large" if large else "")
    before = SafeString('<span class="amount-sign">¥</span>') if sign else ""
    whole = yuan(fen)
    return format_html('<span class="amount{}">{}{}<span class="amount-fen">{}</span></span>', of, before, whole[:-3],
                       whole[-3:])  # fmt: skip


def _text(given: Mapping[str, Any]) -> Any:
    return given.get("text", "")


def _moment(given: Mapping[str, Any]) -> str:
    at = given.get("at")
    return f"{localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _button(context: Context, given: Mapping[str, Any]) -> SafeString:
    button = format_html('<button class="link-button">{}</button>', _text(given))
    token = CsrfTokenNode().render(context)
    return format_html('<form method="post" action="{}" hx-boost="false">{}{}</form>', given["url"], token, button)
