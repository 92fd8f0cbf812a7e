"""Where the pages' own hub is put together: one a process, started by its first call."""

from functools import cache

from yifen.core.access import edge
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub


@cache
def local_hub() -> LocalHub:
    """The verbs for the desk and the payer's pages."""
    settings = read_settings()
    return LocalHub(lambda: Hub(settings, settings.database_url, key_ring(), edge.now))
