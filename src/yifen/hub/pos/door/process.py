"""The door of terminals as a process."""

from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.hub.payments import listening
from yifen.hub.payments.hub import Hub
from yifen.hub.pos.door.server import PosDoor
from yifen.hub.pos.door.terminals import PosSides


async def serve(
    settings: Settings, url: str, ring: KeyRing, host: str, port: int, clock: Callable[[], datetime],
    told: Callable[[str], None],
) -> None:  # fmt: skip
    """Until SIGTERM or SIGINT. OSError: it cannot listen there."""

    def made(hub: Hub) -> tuple[PosDoor, listening.Closing]:
        sides = PosSides.of(hub, url, ring)
        return PosDoor(sides, settings.client_connections), sides.close

    await listening.serve("pos", settings, url, ring, host, port, clock, told, made)
