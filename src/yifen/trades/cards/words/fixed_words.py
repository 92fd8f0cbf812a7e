"""Fixed-width files of the bank: 0310-PURCH (swipes), 0310-CDOPN (new cards), 0310-CDREP (reissued). GBK, cut by bytes;
a line that does not fit refuses the whole file. Pure.

How the layouts are read where they are silent: the bank's number of a swipe is date and trace; message 0100 is an
authorisation, sign C or code 20 a refund; a refund carries the reference of its swipe; the first two of the 21
digits of a card say its length; id type 99 is a staff number 工号.
"""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from yifen.core.facts.refused import Refused
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.words.wording import ROWS_MOST, CardSaid, CardWord, SwipeSaid

Layout = tuple[tuple[str, int], ...]
PURCH: Layout = (
    ("date", 8),
    ("core_no", 6),
    ("type", 4),
    ("message", 4),
    ("code", 2),
    ("entry", 2),
    ("clear_date", 8),
    ("acquirer", 11),
    ("forwarder", 11),
    ("issuer", 11),
    ("trace", 6),
    ("card", 21),
    ("sign", 1),
    ("fen", 12),
    ("time", 10),
    ("mcc", 4),
    ("terminal", 8),
    ("merchant_no", 15),
    ("merchant", 40),
    ("currency", 3),
    ("reference", 12),
    ("auth", 6),
    ("response", 2),
    ("cancel", 1),
    ("remark", 65),
    ("spare", 50),
    ("end", 4),
)
CDOPN: Layout = (
    ("name", 30),
    ("name2", 30),
    ("id_type", 2),
    ("id", 19),
    ("unit", 80),
    ("unit_code", 20),
    ("card", 19),
    ("new_card", 19),
    ("expires", 4),
    ("opened", 8),
    ("limit", 10),
    ("title", 20),
    ("spare", 50),
    ("end", 4),
)
LAYOUTS = {"PURCH": (PURCH, 327), "CDOPN": (CDOPN, 315), "CDREP": (CDOPN, 315)}
_KIND = re.compile(r"0310-(PURCH|CDOPN|CDREP)-([0-9A-Za-z]{1,12})-([0-9A-Za-z-]{1,20})")
CNY, STAFF = "156", "99"


class FileName(NamedTuple):
    """0310-PURCH-bureau-number: what it is, whose, and which; the whole is the word's serial."""

    kind: str
    bureau: str
    number: str


def named(name: str) -> FileName:
    """Refused CARD_WORD_UNREADABLE."""
    found = _KIND.fullmatch(name)
    if found is None:
        raise Refused(CardCode.CARD_WORD_UNREADABLE, "name", name[:60])
    return FileName(*found.groups())


def read(name: str, body: bytes, zone: tzinfo) -> CardWord:
    """All its lines. Refused CARD_WORD_UNREADABLE, CARD_FILE_LAYOUT (with the line)."""
    file = named(name)
    layout, width = LAYOUTS[file.kind]
    lines = body.splitlines() if b"\n" in body else [body[at : at + width] for at in range(0, len(body), width)]
    if not 0 < len(lines) <= ROWS_MOST:
        raise Refused(CardCode.CARD_FILE_LAYOUT, "lines", str(len(lines)))
    cards: list[CardSaid] = []
    swipes: list[SwipeSaid] = []
    for number, line in enumerate(lines, start=1):
        try:
            cells = cut(line, layout)
            if file.kind == "PURCH":
                swipes.append(swipe(cells, zone))
            else:
                cards.append(card(cells, file.kind, zone))
        except (ValueError, OverflowError) as error:
            raise Refused(CardCode.CARD_FILE_LAYOUT, f"line {number}", str(error)[:120]) from None
    return CardWord(serial=name, bureau=file.bureau, cards=cards, swipes=swipes)


def cut(line: bytes, layout: Layout) -> dict[str, str]:
    """ValueError: another length, or a cell that is no GBK, as one is that was cut in the middle of a letter."""
    if len(line) != sum(width for _, width in layout):
        raise ValueError(f"{len(line)} bytes")
    cells, at = {}, 0
    for name, width in layout:
        cells[name] = line[at : at + width].decode("gbk").strip()
        if "\0" in cells[name]:
            raise ValueError(name)
        at += width
    return cells


def swipe(cells: dict[str, str], zone: tzinfo) -> SwipeSaid:
    """A line of 0310-PURCH. ValueError."""
    day, fen = day_of(cells["date"]), digits(cells["fen"])
    kind = (
        "auth"
        if cells["message"] == "0100"
        else "refund"
        if cells["sign"] == "C" or cells["code"] == "20"
        else "cleared"
    )
    is_cny = cells["currency"] in (CNY, "")
    return SwipeSaid(
        kind=kind,
        card_no=card_no(cells["card"]),
        number=cells["date"] + cells["trace"],
        swiped_at=moment(cells["time"], day, zone),
        amount_fen=fen if is_cny else 0,
        reference=cells["reference"],
        posted_on=None if kind == "auth" else day_of(cells["clear_date"] or cells["date"]),
        currency="CNY" if is_cny else cells["currency"],
        foreign=0 if is_cny else fen,
        auth_code=cells["auth"],
        merchant_no=cells["merchant_no"],
        merchant=cells["merchant"],
        mcc=cells["mcc"],
        terminal=cells["terminal"],
        remark=cells["remark"],
    )


def card(cells: dict[str, str], kind: str, zone: tzinfo) -> CardSaid:
    """A line of 0310-CDOPN or 0310-CDREP. ValueError."""
    day = day_of(cells["opened"])
    return CardSaid(
        kind="new" if kind == "CDOPN" else "reissued",
        at=datetime(day.year, day.month, day.day, tzinfo=zone),
        card_no=cells["card"],
        new_card_no="" if kind == "CDOPN" else cells["new_card"],
        staff_no=cells["id"] if cells["id_type"] == STAFF else "",
        name=cells["name"],
        unit=cells["unit_code"],
        limit_fen=digits(cells["limit"] or "0") * 100,
        expires=cells["expires"],
    )


def card_no(cell: str) -> str:
    """21 digits or fewer; the first two say how many follow."""
    length, number = digits(cell[:2]), cell[2:]
    if len(number) != length:
        raise ValueError(f"a card of {length} digits has {len(number)}")
    return number


def moment(text: str, posted: date, zone: tzinfo) -> datetime:
    """MMDDhhmmss has no year: the newest that is not behind the posting."""
    for year in (posted.year, posted.year - 1):
        at = datetime.strptime(f"{year}{text}", "%Y%m%d%H%M%S").replace(tzinfo=zone)
        if at.date() <= posted + timedelta(days=1):
            return at
    raise ValueError(f"time {text}")


def day_of(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 -- a day has no zone


def digits(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text!r} is no number")
    return int(text)


def line(values: dict[str, str], layout: Layout) -> bytes:
    """The other way round, for who writes such files. ValueError: a cell is too long."""
    cells = []
    for name, width in layout:
        cell = values.get(name, "").encode("gbk")
        if len(cell) > width:
            raise ValueError(name)
        cells.append(cell.ljust(width))
    return b"".join(cells)
