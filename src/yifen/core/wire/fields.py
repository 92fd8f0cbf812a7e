"""Field tables in Markdown, Chinese or English, made from the field table."""

from typing import Literal

from msgspec import Struct

from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.messages import REQUESTS
from yifen.core.wire.replies import REPLIES
from yifen.core.wire.table import WireField, body_fields, fields_of
from yifen.core.wire.words import VERBS, WORDS

Language = Literal["zh", "en"]
HEADINGS = {
    "zh": ("JSON", "XML", "必填", "格式", "含义"),
    "en": ("JSON", "XML", "required", "form", "meaning"),
}
TITLES = {
    "zh": ("请求报文头（仅 XML）", "应答报文头（仅 XML）", "请求", "应答"),
    "en": ("Head of a request (XML only)", "Head of a reply (XML only)", "request", "reply"),
}
YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
IN_HEAD = "Head/Serial`, `Idempotency-Key"
LIST = {"zh": "列表，{}–{} 条 `{}`", "en": "list, {} to {} `{}`"}


def row(field: WireField, language: Language, nested: str = "") -> list[str]:
    """A field's row, followed by those of its entries."""
    place = 0 if language == "zh" else 1
    if field.entry is None:
        assert field.kind is not None
        form = (field.kind.zh, field.kind.en)[place]
    else:
        form = LIST[language].format(field.entries_min, field.entries_max, field.entry_tag)
    cells = (
        f"`{nested}{field.name}`",
        f"`{field.tag}`",
        YES_NO[language][int(field.optional)],
        form.replace("|", "\\|"),
        WORDS[field.name][place],
    )
    rows = [f"| {' | '.join(cells)} |"]
    for inner in fields_of(field.entry) if field.entry is not None else ():
        rows += row(inner, language, f"{nested}{field.name}[].")
    return rows


def table(struct: type[Struct], language: Language) -> str:
    """One struct's table."""
    headings = HEADINGS[language]
    lines = [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    for field in fields_of(struct):
        if field.name == "serial" and field not in body_fields(struct):
            field = WireField("serial", IN_HEAD, False, field.kind)
        lines += row(field, language)
    return "\n".join(lines)


def field_tables(language: Language = "zh") -> str:
    """The whole reference: both heads, then request and reply of each verb."""
    place = 0 if language == "zh" else 1
    request_head, reply_head, request, reply = TITLES[language]
    parts = [f"## {request_head}\n\n{table(RequestHead, language)}"]
    parts.append(f"## {reply_head}\n\n{table(ReplyHead, language)}")
    for verb, struct in REQUESTS.items():
        title = f"`{verb}` {VERBS[verb][place]}"
        parts.append(f"## {title}: {request}\n\n{table(struct, language)}")
        if verb in REPLIES:
            parts.append(f"## {title}: {reply}\n\n{table(REPLIES[verb], language)}")
    return "\n\n".join(parts) + "\n"
