"""What a route asks of who comes: every view declares it with `@allow`, or nobody gets in."""

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from yifen.core.access.roles import Permission

View = Callable[..., HttpResponseBase]


class Door(Enum):
    """Routes that ask for less than a permission."""

    PUBLIC = auto()  # anybody: payers, sign-in
    ARRIVING = auto()  # the password was right; second factor or a new password is to come
    SIGNED_IN = auto()  # any user, fully signed in


Allowed = Door | Permission


def allow(door: Allowed) -> Callable[[View], View]:
    """Declares who may call the view; `access.middleware` enforces it."""

    def declare(view: View) -> View:
        @wraps(view)
        def declared(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(*args, **kwargs)

        declared.door = door  # type: ignore[attr-defined]
        return declared

    return declare


def door_of(view: Any) -> Allowed | None:
    """What the view declared; None means that nobody may call it."""
    return getattr(view, "door", None)
