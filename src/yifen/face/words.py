"""The words and tones in which pages show the states of the database (docs/reference/glossary.md)."""

from collections.abc import Iterable
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts import sandbox
from yifen.core.facts.plug import Text
from yifen.core.plugs import plugs

Words = dict[str, tuple[str | Promise, str]]  # state → what it is called, its tone


class Toned(str):
    """A badge's text that brings its tone, where no word of a table has it."""

    tone: str

    def __new__(cls, text: str, tone: str) -> "Toned":
        made = super().__new__(cls, text)
        made.tone = tone
        return made


def own(access: Access, text: str | Promise) -> str:
    """A title of menu or list as who reads it calls the thing: a court has no payables, but sub-accounts. Plugs say it
    by role."""
    said = str(text)
    return next((told(theirs) for plug in plugs() for role, pairs in plug.own_words.items() if role in access.roles
                 for ours, theirs in pairs if said in ours), said)  # fmt: skip


PAYER_STATES: Words = {
    "held": (_("暂收"), "waiting"),
    "taken": (_("已收"), "ok"),
    "returned": (_("已退回"), "neutral"),
    "refunded": (_("已退款"), "neutral"),
}
BILLER_STATES: Words = {
    "registered": (_("已登记"), "waiting"),
    "sent": (_("已发出"), "waiting"),
    "unknown": (_("结果未知"), "bad"),
    "booked": (_("已销账"), "ok"),
    "rejected": (_("已拒绝"), "neutral"),
    "reversing": (_("冲正中"), "waiting"),
    "reversed": (_("已冲正"), "neutral"),
}
PAYABLE_STATES: Words = {
    "open": (_("待缴"), "accent"),
    "settled": (_("已缴清"), "ok"),
    "withdrawn": (_("已撤回"), "neutral"),
}
PAYABLE_MODES: Words = {
    "exact": (_("全额"), "neutral"),
    "partial": (_("可部分缴"), "neutral"),
    "open": (_("不限额"), "neutral"),
}
TRANSFER_KINDS: Words = {
    "posted": (_("入账"), "ok"),
    "pending": (_("预占"), "waiting"),
    "post": (_("预占转入账"), "ok"),
    "void": (_("预占撤销"), "neutral"),
}
SIDES: Words = {
    "asset": (_("资产"), "neutral"),
    "liability": (_("负债"), "neutral"),
    "income": (_("收入"), "neutral"),
    "expense": (_("支出"), "neutral"),
}
VERBS: Words = {
    "query": (_("查询"), "neutral"),
    "charge": (_("销账"), "neutral"),
    "confirm": (_("销账结果查询"), "neutral"),
    "reverse": (_("冲正"), "neutral"),
    "refund": (_("退款"), "neutral"),
    "file": (_("对账文件"), "neutral"),
}


def word(words: Words, state: str) -> str | Promise:
    """What a state is called; one that is not known, as it stands."""
    return words[state][0] if state in words else state


def tone(words: Words, state: str) -> str:
    """The tone of its badge."""
    return words[state][1] if state in words else "neutral"


def listed(parts: Iterable[object]) -> str:
    """One after the other, as the reader's language sets them apart."""
    return gettext("、").join(map(str, parts))


def account(name: str) -> str:
    """An account as the reader's language calls its kind; whose it is stays as that one is called."""
    title, space, whose = name.partition(" ")
    found = _accounts().get(title)
    return f"{told(found) if found else title}{space}{called(whose)}"


def called(name: str) -> str:
    """A name as it was given; what we ourselves named, of the sandbox, in the reader's language."""
    if (get_language() or "").startswith("en"):
        for zh, en in sandbox.NAMES.items():
            name = name.replace(zh, en)
    return name


@cache
def _accounts() -> dict[str, Text]:
    """What plugs call their kinds of accounts."""
    return {one.title.zh: one.title for plug in plugs() for one in plug.accounts}


def of(states: Iterable[tuple[str, str | Promise]], **tones: str) -> Words:
    """The choices of a model's field; what `tones` does not name is neutral."""
    return {state: (name, tones.get(state, "neutral")) for state, name in states}


def choices(words: Words) -> list[tuple[str, str | Promise]]:
    """All states, for a filter."""
    return [(state, name) for state, (name, _) in words.items()]


def badge(words: Words, state: str) -> dict[str, str | Promise]:
    """A badge for `parts/badge.html` and `parts/facts.html`."""
    return {"kind": "badge", "text": word(words, state), "tone": tone(words, state)}
