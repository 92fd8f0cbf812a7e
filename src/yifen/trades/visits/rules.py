"""What visits decide without a database: how one may end, in which order doors are walked, how a house is drawn, what a
photo is, how a channel fares."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from itertools import groupby
from typing import Generic, NamedTuple, Protocol, TypeVar

from yifen.core.facts.refused import Refused
from yifen.hub.payments.traffic_queries import BP, Figure
from yifen.trades.visits.codes import VisitCode
from yifen.trades.visits.pictures import bare

ASKED_BY_HAND = ("check", "inspect", "collect")
SEEN = ("ok", "differs", "warm", "cold", "no_access", "refused")
ACTED = ("ok", "no_access", "refused")
FINDINGS = {"inspect": SEEN, "check": SEEN, "cut": ACTED, "restore": ACTED, "collect": ACTED}
"""How a visit of each kind may end; the database asks the same (`visits_findings_v1`)."""

# --- photos
PHOTOS_MAX, PHOTO_BYTES_MAX = 3, 4 << 20
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class VisitPhoto(NamedTuple):
    """A picture without what its camera wrote beside it; its digest is that of `body`."""

    kind: str
    digest: bytes
    body: bytes


def photo(body: bytes, field: str = "") -> VisitPhoto:
    """What it is says its beginning, never its name. Refused: PHOTO_TOO_LARGE, PHOTO_UNFIT."""
    if len(body) > PHOTO_BYTES_MAX:
        raise Refused(VisitCode.PHOTO_TOO_LARGE, field)
    kind = next((kind for magic, kind in _MAGIC.items() if body.startswith(magic)), None)
    if kind is None:
        raise Refused(VisitCode.PHOTO_UNFIT, field)
    plain = bare(body)
    return VisitPhoto(kind, sha256(plain).digest(), plain)


# --- where he stood
class Position(NamedTuple):
    """Degrees, and within how many metres; empty: his phone did not say."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None


def position(latitude: str, longitude: str, accuracy: str) -> Position:
    """As a phone's browser says it; all empty is nowhere. Refused: POSITION_INVALID."""
    if not (latitude or longitude or accuracy):
        return Position()
    try:
        north, east, metres = (Decimal(text) for text in (latitude, longitude, accuracy or "0"))
        if not (abs(north) <= 90 and abs(east) <= 180 and 0 <= metres <= 10_000_000):
            raise InvalidOperation
        return Position(round(north, 6), round(east, 6), round(metres) if accuracy else None)
    except InvalidOperation:
        raise Refused(VisitCode.POSITION_INVALID, "latitude") from None


# --- doors
_DIGITS = re.compile(r"([0-9]+)")
_DOOR = re.compile(r"(?:(?P<unit>.*?)[-－—_# ]*)?(?P<number>[0-9]{3,4})(?:室|号|房)?")


def walked(path: str) -> list[tuple[bool, int, str]]:
    """A key by which addresses stand as one walks: house 3 before house 10."""
    parts = (part for part in _DIGITS.split(path) if part)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


class HouseDoor(Protocol):
    """A door as houses are drawn of it; `unit`: of which stairs, "" of the house itself."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...


D = TypeVar("D", bound=HouseDoor)


class Floor(NamedTuple, Generic[D]):
    """Doors of a floor, a column a place; None: there is none."""

    number: int
    doors: list[D | None]


class Stairs(NamedTuple, Generic[D]):
    """A unit 单元: its floors from the top down, or, where a name tells no floor, all doors in a row."""

    name: str
    floors: list[Floor[D]]
    row: list[D]


def house(doors: Iterable[D]) -> list[Stairs[D]]:
    """A house by its stairs."""
    ordered = sorted(doors, key=lambda door: (walked(_stairs(door)), walked(door.name)))
    return [_unit(name, list(found)) for name, found in groupby(ordered, key=_stairs)]


def _stairs(door: HouseDoor) -> str:
    found = _DOOR.fullmatch(door.name)
    return " ".join(filter(None, (door.unit, found["unit"] if found else "")))


def _unit(name: str, doors: Sequence[D]) -> Stairs[D]:
    """101 is the first door of floor 1: all but the last two digits are the floor."""
    at: dict[tuple[int, int], D] = {}
    for door in doors:
        found = _DOOR.fullmatch(door.name)
        place = divmod(int(found["number"]), 100) if found else None
        if place is None or place in at:
            return Stairs(name, [], list(doors))
        at[place] = door
    columns = sorted({column for _, column in at})
    floors = sorted({floor for floor, _ in at}, reverse=True)
    return Stairs(name, [Floor(floor, [at.get((floor, column)) for column in columns]) for floor in floors], [])


def tone(signs: Sequence[str]) -> str:
    """Of a door with these signs: what matters most."""
    return next((sign for sign in ("overdue", "owes", "stopped", "paid") if sign in signs), "empty")


# --- channels
SLOW_MS, ABLE_BP, DOWN_BP = 2_000, 9_900, 5_000


def fares(calls: Figure | None, is_suspended: bool = False) -> str:
    """How a channel fares by its calls of the last minutes: up, slow, down, quiet (nobody called), stopped."""
    if is_suspended:
        return "stopped"
    if calls is None or not calls.calls:
        return "quiet"
    if calls.able_bp < DOWN_BP:
        return "down"
    return "slow" if calls.able_bp < ABLE_BP or calls.p95 > SLOW_MS else "up"


def rate_bp(paid_fen: int, asked_fen: int) -> int:
    """What share was paid, in hundredths of a percent, never rounded up to all of it."""
    return paid_fen * BP // asked_fen if asked_fen else 0
