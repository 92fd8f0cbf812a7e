"""The door of the TCP dialect as a process."""

from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.hub.payments import listening
from yifen.hub.payments.hub import Hub
from yifen.hub.tcp.door.server import TcpDoor


async def serve(
    settings: Settings, url: str, ring: KeyRing, host: str, port: int, clock: Callable[[], datetime],
    told: Callable[[str], None],
) -> None:  # fmt: skip
    """Until SIGTERM or SIGINT. OSError: it cannot listen there."""

    def made(hub: Hub) -> tuple[TcpDoor, listening.Closing]:
        return TcpDoor(hub, settings.client_connections), _nothing

    await listening.serve("tcp", settings, url, ring, host, port, clock, told, made)


async def _nothing() -> None:
    """It holds nothing besides the hub."""
