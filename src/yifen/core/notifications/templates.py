"""The texts of messages 消息模板: of the plugs, or the operator's own; their places are declared."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.plug import MessageKind
from yifen.core.notifications.carriers import Medium, Outgoing
from yifen.core.notifications.models import MessageTemplate
from yifen.core.plugs import plugs

LANGUAGES = ("zh", "en")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_ODD = re.compile(r"\{[^{}]*\}?|\}")  # what would go out as it stands
_LINE = re.compile(r"([A-Za-z_]+[0-9]*)=(.+)")  # of WeChat: its name of the place, what stands there
WECHAT_MAX = 20  # letters of what WeChat calls a thing


class TemplateText(NamedTuple):
    """A text with its places; `provider_id`: of the text as the provider took it in."""

    key: str
    title: str
    body: str
    provider_id: str = ""


class TemplateWrong(ValueError):
    """A text that cannot be used: the place that nobody fills, the line that is none, what is missing."""

    def __init__(self, zh: str, en: str, what: str) -> None:
        self.detail = Bilingual(zh + "{}", en + "{}", what)
        super().__init__(self.detail)


@cache
def kinds() -> dict[str, MessageKind]:
    """Every kind of message by its name."""
    return {kind.name: kind for plug in plugs() for kind in plug.messages}


def every_key() -> list[str]:
    """Of every text that there is."""
    return [f"{kind.name}/{channel}/{language}" for kind in kinds().values() for channel in kind.bodies
            for language in LANGUAGES]  # fmt: skip


def default(key: str) -> TemplateText:
    """The plug's own. KeyError: there is no such text."""
    name, channel, language = key.split("/")
    title, body = kinds()[name].bodies[channel]
    return TemplateText(key, getattr(title, language), getattr(body, language))


def template(key: str) -> TemplateText:
    """The one in use."""
    row = MessageTemplate.objects.filter(pk=key).first()
    return TemplateText(key, row.title, row.body, row.provider_id) if row else default(key)


def places(body: str) -> list[str]:
    """The names of its places, in order, each once."""
    return list(dict.fromkeys(_PLACE.findall(body)))


def check(text: TemplateText) -> None:
    """TemplateWrong."""
    name, channel, _language = text.key.split("/")
    kind = kinds()[name]
    known = [field.name for field in kind.fields]
    for said in (text.title, text.body):
        if odd := _ODD.search(_PLACE.sub(lambda found: "" if found[1] in known else found[0], said)):
            raise TemplateWrong("没有这个位置：", "there is no such place: ", odd[0])
    if left := set(kind.needs) - set(places(text.body)):
        raise TemplateWrong("正文里缺：", "missing in the text: ", ", ".join(f"{{{one}}}" for one in sorted(left)))
    if (stops := kind.stops.get(channel)) and not any(_says(text.body, word) for word in stops):
        raise TemplateWrong("正文须写明怎么退订：", "the text has to say how to stop it: ", " | ".join(stops))
    if channel == Medium.WECHAT:
        list(_lines(text.body))


def filled(text: TemplateText, values: Mapping[str, str]) -> tuple[str, str]:
    """Title and body as they are read. KeyError: a place without a value."""
    return _put(text.title, values), _put(text.body, values)


def message(
    key: str, to: str, values: Mapping[str, str], ref: str, url: str = "", stop_url: str = ""
) -> Outgoing:
    """A message of this text, as carriers take it."""
    text, (name, channel, _language) = template(key), key.split("/")
    title, body = filled(text, values)
    if channel == Medium.WECHAT:
        own = {place: _put(said, values)[:WECHAT_MAX] for place, said in _lines(text.body)}
    else:
        own = {place: values[place] for place in places(text.body)}
    return Outgoing(Medium(channel), name, to, title, body, own, text.provider_id, ref, url, stop_url)


def sample(key: str) -> dict[str, str]:
    """Values to look at a text with."""
    name, _channel, language = key.split("/")
    return {field.name: getattr(field.sample, language) for field in kinds()[name].fields}


def _says(body: str, word: str) -> bool:
    """As a word of its own: TD is not in STD."""
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", body) is not None


def _put(body: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], body)


def _lines(body: str) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise TemplateWrong("这一行须写成 名称=内容：", "a line is name=content: ", line[:40])
        yield found[1], found[2]
