"""Who may not be paid, or may not speak: each way to be shut, set up and undone, with the code that says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.world import World
from yifen.core.facts.codes import Code


class ShutCase(NamedTuple):
    """`shut` and `open` take (channel, biller); `new`: what a new payment is told, `old`: what is asked
    about one that was made before (None: it is done)."""

    name: str
    shut: str
    open: str
    new: Code
    old: Code | None = None


CASES = (
    ShutCase("biller suspended",
             "UPDATE partner SET suspended = true, live_at = now() WHERE id = %(biller)s",
             "UPDATE partner SET suspended = false WHERE id = %(biller)s", Code.BILLER_SUSPENDED),
    ShutCase("biller never live",
             "UPDATE partner SET suspended = true, live_at = NULL WHERE id = %(biller)s",
             "UPDATE partner SET suspended = false WHERE id = %(biller)s", Code.BILLER_UNKNOWN),
    ShutCase("channel suspended",
             "UPDATE partner SET suspended = true, live_at = now() WHERE id = %(channel)s",
             "UPDATE partner SET suspended = false WHERE id = %(channel)s",
             Code.PARTNER_SUSPENDED, Code.PARTNER_SUSPENDED),
    ShutCase("admission ended",
             "UPDATE admission SET active = false WHERE (channel_id, biller_id) = (%(channel)s, %(biller)s)",
             "UPDATE admission SET active = true WHERE (channel_id, biller_id) = (%(channel)s, %(biller)s)",
             Code.NOT_ADMITTED),
    ShutCase("a sandbox's channel", "UPDATE partner SET book_id = 900 WHERE id = %(channel)s",
             "UPDATE partner SET book_id = 1 WHERE id = %(channel)s", Code.NOT_ADMITTED),
)  # fmt: skip
NAMES = ("biller-suspended", "biller-never-live", "channel-suspended", "admission-ended", "sandbox")


@contextmanager
def shut(world: World, case: ShutCase, channel: int, biller: int) -> Iterator[None]:
    """Committed at once, as an autocommit connection does it, and open again afterwards."""
    pair = {"channel": channel, "biller": biller}
    with world.as_owner():
        world.conn.execute(case.shut, pair)
    try:
        yield
    finally:
        with world.as_owner():
            world.conn.execute(case.open, pair)
