"""A secret that is shown once: made by a POST, kept sealed in the session, and shown by the page that follows, so
that loading the page anew neither makes another nor shows it again."""

from django.http import HttpRequest

from yifen.core.access.edge import key_ring_of

CONTEXT = "shown once"


def keep(request: HttpRequest, name: str, secret: str) -> None:
    """For the next look at the page of that name."""
    request.session[f"once {name}"] = key_ring_of(request).seal(secret.encode(), CONTEXT).hex()


def take(request: HttpRequest, name: str) -> str:
    """What was kept; "" from the second time on."""
    sealed = request.session.pop(f"once {name}", "")
    return key_ring_of(request).open(bytes.fromhex(sealed), CONTEXT).decode() if sealed else ""
