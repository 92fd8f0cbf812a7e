"""Texts of messages changed by two people 消息模板: what each says is checked against its places."""

from datetime import datetime
from typing import Any

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
from yifen.core.notifications import templates
from yifen.core.notifications.templates import TemplateText, TemplateWrong
from yifen.core.plugs import result_code

ACT = "messages.template"
FIELDS = {"title": Text("标题", "Title"), "body": Text("正文", "Text"),
          "provider_id": Text("对方模板编号", "Provider's template id")}  # fmt: skip
CHANNELS = {"sms": Text("短信", "SMS"), "mail": Text("邮件", "Mail"), "wechat": Text("微信", "WeChat"),
            "app": Text("应用", "App")}  # fmt: skip
LANGUAGES = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}


def propose(access: Access, text: TemplateText, now: datetime, reason: str = "") -> Authorisation:
    """Put it before a second person. Refused: INPUT_INVALID with what is wrong, and as `second.propose`."""
    check(text)
    top = Institution.objects.filter(parent=None).order_by("pk").first()
    return second.propose(access, ACT, text.key, {"template": text._asdict()}, now, institution=top, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Each part as it is and as it will be, and how it reads with sample values."""
    after = TemplateText(**content["template"])
    check(after)
    before, sample = templates.template(after.key), templates.sample(after.key)
    return [
        *(Change(name, title, getattr(before, name) or None, getattr(after, name) or None)
          for name, title in FIELDS.items()),
        Change("preview", Text("试看", "As it reads"), templates.filled(before, sample)[1],
               templates.filled(after, sample)[1]),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """With the next message."""
    with connection.cursor() as cursor:
        cursor.execute(queries(__package__)["put_template"], [content["template"]["key"]])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))


def named(key: str) -> Text:
    """What a text is called; one that no plug brings any more by its key."""
    if key not in templates.every_key():
        return Text(key, key)
    name, channel, language = key.split("/")
    parts = (templates.kinds()[name].text, CHANNELS[channel], LANGUAGES[language])
    return Text(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))


def check(text: TemplateText) -> None:
    """Refused: INPUT_INVALID with what is wrong."""
    if text.key not in templates.every_key():
        raise Refused(Code.INPUT_INVALID, "key")
    for name in ("title", "provider_id"):
        if not getattr(text, name).isprintable():
            raise Refused(Code.INPUT_INVALID, name)
    try:
        templates.check(text)
    except TemplateWrong as wrong:
        raise Refused(Code.INPUT_INVALID, "body", wrong.detail) from None
