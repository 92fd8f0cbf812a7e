"""The key ring of this process, by its settings; free of Django."""

from functools import cache

from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.settings import ROOT, read_settings


@cache
def key_ring() -> KeyRing:
    """It seals what this hub keeps secret."""
    settings = read_settings()
    return read_ring(settings.key_ring, ROOT / settings.data)
