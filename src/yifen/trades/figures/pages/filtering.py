"""Filters as people type them: the words of the page, in either language, for the keys that views tell."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from yifen.core.access.telling import told
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.figures.catalogue import DIMENSIONS, OUTSIDE
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.pages.lists import APART, EMPTY, written

_SQL = queries("yifen.trades.figures")
_CARRIERS = re.compile(r"[a-z][a-z0-9_]{0,15}")  # a pay method without a word of ours is shown as it is written


def keys(conn: Any, name: str, typed: str, scope: dict[str, Any]) -> list[str]:
    """The keys of a dimension's values. Refused: REPORT_WRONG, where one is none of its words."""
    return [_key(conn, name, one, scope) for one in map(str.strip, typed.split(APART)) if one]


def _key(conn: Any, name: str, word: str, scope: dict[str, Any]) -> str:
    known = DIMENSIONS[name].words
    if word == EMPTY:
        return ""
    if (key := DIMENSIONS[name].key_of(word)) is not None:
        return key
    if name == "user":
        row = conn.execute(_SQL["user_said"], {**scope, "said": word}).fetchone()
        if row is not None:
            return str(row[0])
        if word.isascii() and word.isdigit() and len(word) < 18:
            return word
    elif name == "method" and _CARRIERS.fullmatch(word):
        return word
    elif not known.keys() - {"", OUTSIDE}:
        ((is_known,),) = conn.execute(_SQL["value_is_known"], {"name": name, "said": word}).fetchall()
        if is_known:
            return word
    raise Refused(FigureCode.REPORT_WRONG, "filters", word)


def listed(name: str, keys: Iterable[str], users: Mapping[str, str]) -> str:
    """As lists of what figures are made of filter by them, in words: a teller who is not in reach by "#" and number."""
    told_of = (f"#{key}" if name == "user" and key and key not in users else said(name, key, users) for key in keys)
    return written(told_of)


def said(name: str, key: str, users: Mapping[str, str]) -> str:
    """What the page calls it."""
    known = DIMENSIONS[name].words
    return told(known[key]) if key in known else users.get(key, key) if name == "user" else key
