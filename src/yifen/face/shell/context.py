"""What every template may use: who is calling, and where he may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yifen import __version__
from yifen.core.plugs import called, plugs
from yifen.face.shell.navigation import groups_for

THEMES = ("auto", "light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    access = getattr(request, "access", None)
    theme = request.COOKIES.get("theme", "auto")
    user = access.user if access else None

    def where() -> str:
        """Only the head of a console's page asks."""
        told = (called(name)(user) for plug in plugs() for name in plug.stands) if user and user.partner_id else ()
        return next(filter(None, told), "")

    return {
        "where": where,
        "access": access,
        "user": access.user if access else None,
        "navigation": groups_for(access, request.path) if access and access.user else [],
        "theme": theme if theme in THEMES else "auto",
        "languages": settings.LANGUAGES,
        "version": __version__,
    }
