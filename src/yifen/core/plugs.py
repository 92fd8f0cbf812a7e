"""All plugs together: read once, checked that no two claim the same thing.

The list of trades is a module named by YIFEN_TRADES (`yifen.project.trades`), with one tuple
`TRADES` of packages, as Django's settings are a module named by the environment.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Grant, Plug
from yifen.core.facts.settings import trades_of


class PlugError(Exception):
    """A plug cannot be read, or two claim the same thing; the message is a sentence that names them."""


@cache
def plugs() -> tuple[Plug, ...]:
    """Every plug, the lowest first. PlugError."""
    found = tuple(_read(package) for package in _packages())
    for sentence in (*clashes(found), *unfounded(found)):
        raise PlugError(sentence)
    return found


def _packages() -> tuple[str, ...]:
    name = trades_of()
    try:
        found = import_module(name).TRADES
    except (Exception, SystemExit) as error:  # whatever stands in the module
        raise PlugError(f"YIFEN_TRADES={name} is no list of trades: {error}") from error
    if not isinstance(found, tuple) or not found or not all(isinstance(one, str) for one in found):
        raise PlugError(f"YIFEN_TRADES={name} is no list of trades: TRADES is no tuple of packages")
    return found


def _read(package: str) -> Plug:
    """The plug of a package; whatever is wrong with it, the package is named."""
    try:
        plug = import_module(f"{package}.plug").PLUG
    except (Exception, SystemExit) as error:
        raise PlugError(f"the plug of {package} cannot be read: {error}") from error
    if not isinstance(plug, Plug) or plug.name != package:
        raise PlugError(f"the plug of {package} is no Plug of that name")
    for kind, claims in CLAIMS.items():
        try:
            list(claims(plug))
        except (TypeError, AttributeError) as error:
            raise PlugError(f"the plug of {package} has a wrong {kind}: {error}") from error
    return plug


CLAIMS: dict[str, Callable[[Plug], Iterator[str]]] = {
    "name": lambda plug: iter((plug.name,)),
    "table": lambda plug: (table.name for table in plug.tables),
    "permission": lambda plug: (permission.name for permission in plug.permissions),
    "act of two": lambda plug: (second.name for second in plug.second),
    "function that brings up to date": lambda plug: iter(plug.fresh),
    "function of what was moved": lambda plug: iter(plug.moved),
    "function of what goes back": lambda plug: iter(plug.moved_back),
    "function of what was asked for": lambda plug: iter(plug.asked),
    "function of what is held": lambda plug: iter(plug.held),
    "function of what is kept": lambda plug: iter(plug.keeps),
    "function of what is given": lambda plug: iter(plug.gives),
    "scheme of billers' addresses": lambda plug: iter(plug.billers),
    "function of who is refused": lambda plug: iter(plug.refuses),
    "function of whose bills are its own": lambda plug: iter(plug.sole),
    "function of what a core is asked": lambda plug: iter(plug.moves),
    "function of who stays": lambda plug: iter(plug.stays),
    "function of a drawer's cash": lambda plug: iter(plug.cash),
    "table of what was spent": lambda plug: iter(plug.spent),
    "kind of account": lambda plug: (account.kind for account in plug.accounts),
    "number of an account": lambda plug: (account.number for account in plug.accounts),
    "heading": lambda plug: (heading.group for heading in plug.headings),
    "role": lambda plug: (role.name for role in plug.roles),
    "night step": lambda plug: (step.name for step in plug.night),
    "task": lambda plug: (task.name for task in plug.tasks),
    "source of events": lambda plug: (source.name for source in plug.events),
    "kind of event": lambda plug: (kind.name for source in plug.events for kind in source.kinds),
    "command": lambda plug: (command.name for command in plug.commands),
    "category": lambda plug: (category.code for category in plug.categories),
    "list": lambda plug: iter(plug.lists),
    "alert": lambda plug: (alert.name for alert in plug.alerts),
    "metric": lambda plug: (metric.name for metric in plug.metrics),
    "function": lambda plug: iter(plug.functions),
    "code": lambda plug: (f"{code:04d}" for codes in plug.codes for code in codes),
    "code name": lambda plug: (code.name for codes in plug.codes for code in codes),
}
"""What only one plug may claim, and how it is read from one."""


def clashes(found: tuple[Plug, ...]) -> Iterator[str]:
    """A sentence for every thing that is claimed twice."""
    for kind, claims in CLAIMS.items():
        counted = Counter(claim for plug in found for claim in claims(plug))
        for claim, count in counted.items():
            if count > 1:
                who = [plug.name for plug in found if claim in set(claims(plug))]
                yield f"the {kind} {claim} is claimed twice: by {' and by '.join(who)}"


def unfounded(found: tuple[Plug, ...]) -> Iterator[str]:
    """A sentence for every trade that builds on one that is not there, or not before it (so there is no circle), or
    that gives a permission which is none."""
    below: set[str] = set()
    listed = {plug.name for plug in found}
    for plug in found:
        for ground in plug.builds_on:
            if ground not in listed:
                yield f"{plug.name} builds on {ground}, which is not in the list of trades"
            elif ground not in below:
                yield f"{plug.name} builds on {ground}, which does not stand before it in the list of trades"
        below.add(plug.name)
    known = {grant.name for plug in found for grant in plug.permissions}
    for plug in found:
        for name in plug.also:
            if name not in known:
                yield f"{plug.name} gives the permission {name}, which no plug has"


@cache
def called(name: str) -> Any:
    """What a dotted name stands for. PlugError names it when it is not there."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PlugError(f"{name} is named by a plug and cannot be read: {error}") from error


@cache
def permissions() -> dict[str, Grant]:
    """Every permission by its name, to all roles that have it, whichever plug says so."""
    found = {grant.name: grant for plug in plugs() for grant in plug.permissions}
    for name, also in (pair for plug in plugs() for pair in plug.also.items()):
        found[name] = found[name]._replace(to=(*found[name].to, *also))
    return found


@cache
def metrics() -> dict[str, Metric]:
    """Every figure by its name."""
    return {metric.name: metric for plug in plugs() for metric in plug.metrics}


@cache
def result_codes() -> dict[str, ResultCode]:
    """Every result code by its name, in order of precedence."""
    return {code.name: code for plug in plugs() for codes in plug.codes for code in codes}


@cache
def result_code(number: int) -> ResultCode:
    """The code that has this number. ValueError: none has."""
    for code in result_codes().values():
        if code == number:
            return code
    raise ValueError(f"{number} is no result code")
