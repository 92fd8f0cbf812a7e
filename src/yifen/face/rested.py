"""What other trades moved because of a partner's file: each tells it by its plug (`rested`)."""

from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.plug import Text
from yifen.core.plugs import called, plugs


class RestedMoney(NamedTuple):
    """A document of a kind, its name, what it moved or will move; the route of its page, if any, and its number."""

    kind: Text
    name: str
    amount_fen: int
    route: str
    number: int


def rested(conn: Any, partner_id: int, day: date, file_id: int) -> list[RestedMoney]:
    """All that rests on a partner's file of a day, in the order of the plugs."""
    asked = (conn, partner_id, day, file_id)
    return [money for plug in plugs() for name in plug.rested for money in called(name)(*asked)]
