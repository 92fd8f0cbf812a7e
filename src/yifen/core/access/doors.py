"""What a route asks of who comes: every view declares it with `@allow`, or nobody gets in."""

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from yifen.core.access.roles import grants
from yifen.core.plugs import PlugError

View = Callable[..., HttpResponseBase]


class Door(Enum):
    """Routes that ask for less than a permission."""

    PUBLIC = auto()  # anybody: payers, sign-in
    ARRIVING = auto()  # the password was right; second factor or a new password is to come
    SIGNED_IN = auto()  # any user, fully signed in


Allowed = Door | str


def allow(door: Allowed) -> Callable[[View], View]:
    """Declares who may call the view; `access.middleware` enforces it. PlugError at start: no plug
    brings that permission."""
    if isinstance(door, str) and door not in grants():
        raise PlugError(f"a route asks for {door}, which no plug brings")

    def declare(view: View) -> View:
        @wraps(view)
        def declared(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(*args, **kwargs)

        declared.door = door  # type: ignore[attr-defined]
        return declared

    return declare


def fresh(view: View) -> View:
    """Beside `@allow`: what this view does (its POST) asks again who is there, unless he just said so
    (`access.fresh`); a look does not."""

    @wraps(view)
    def declared(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    declared.fresh = True  # type: ignore[attr-defined]
    return declared


def asks_again(view: Any) -> bool:
    """What the view declared."""
    return getattr(view, "fresh", False)


def door_of(view: Any) -> Allowed | None:
    """What the view declared; None means that nobody may call it."""
    return getattr(view, "door", None)
