"""Where the pages' own hub is put together: one a process, started by its first call."""

from functools import cache
from pathlib import Path

from yifen.access import edge
from yifen.kernel.secrets import KeyRing, read_ring
from yifen.kernel.settings import read_settings
from yifen.payments.hub import Hub
from yifen.payments.local import LocalHub

FOLDER = Path(__file__).resolve().parents[3]


@cache
def key_ring() -> KeyRing:
    """The ring of the settings; it seals what the pages keep secret."""
    settings = read_settings()
    return read_ring(settings.key_ring, FOLDER / settings.data)


@cache
def local_hub() -> LocalHub:
    """The verbs for the desk and the payer's pages."""
    settings = read_settings()
    return LocalHub(lambda: Hub(settings, settings.database_url, key_ring(), edge.now))
