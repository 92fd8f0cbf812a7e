"""Where the pages' own hub is put together: one a process, started by its first call."""

from functools import cache

from yifen.core.access import edge
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.settings import ROOT, read_settings
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub


@cache
def key_ring() -> KeyRing:
    """The ring of the settings; it seals what the pages keep secret."""
    settings = read_settings()
    return read_ring(settings.key_ring, ROOT / settings.data)


@cache
def local_hub() -> LocalHub:
    """The verbs for the desk and the payer's pages."""
    settings = read_settings()
    return LocalHub(lambda: Hub(settings, settings.database_url, key_ring(), edge.now))
