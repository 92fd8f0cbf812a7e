"""The steps of the end of day 日终, in order: those that the plugs bring.

Each takes a connection in autocommit and the night, works in small transactions of its own, may be
repeated whatever interrupted it, and answers a small result, or raises `hub.night.Waits`.
"""

from functools import cache

from yifen.core.facts.plug import LAST, NightStep
from yifen.core.plugs import PlugError, plugs


@cache
def steps() -> tuple[NightStep, ...]:
    """All steps, each behind the one that it names; of two behind the same, the lower plug's comes
    first. PlugError: a step stands behind none that there is."""
    brought = [step for plug in plugs() for step in plug.night]
    found = _behind(brought, "")
    found += _behind(brought, LAST)
    if lost := [step.name for step in brought if step not in found]:
        raise PlugError(f"the night's steps {', '.join(lost)} stand behind no step that there is")
    return tuple(found)


def _behind(brought: list[NightStep], name: str) -> list[NightStep]:
    """The steps behind this one, each with those behind it."""
    found = []
    for step in brought:
        if step.after == name:
            found += [step, *_behind(brought, step.name)]
    return found
