"""What the agent bank of the demo tells of its bureau's month: 60 cards, and who swiped what. Pure."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from yifen.core.facts.days import ZONE
from yifen.trades.budget.sample_bureau import COLLEAGUES, DIVISION, STAFF
from yifen.trades.cards.words.wording import CardSaid, CardWord, SwipeSaid

LIMIT_FEN = 5_000_000
_SHOPS = (("桂林宾馆", "7011"), ("青溪超市", "5411"), ("好再来饭店", "5812"), ("云川加油站", "5541"),
          ("新华书店", "5942"))  # fmt: skip


class MonthSwipe(NamedTuple):
    """So many days ago; `mark`: what its holder says of it, empty: nothing."""

    key: str
    login: str
    fen: int
    merchant: str
    mcc: str
    ago: int
    mark: str = "official"
    kind: str = "cleared"
    usd: int = 0


SWIPES = (
    MonthSwipe("stay", "edu3", 86_000, "桂林宾馆", "7011", 26),
    MonthSwipe("flight", "edu3", 124_050, "云川航空", "4511", 25),
    MonthSwipe("meeting", "edu3", 5_000_000, "青溪会议中心", "7011", 20),
    MonthSwipe("asked", "edu3", 45_600, "桂林宾馆", "7011", 4),
    MonthSwipe("food", "edu3", 23_980, "青溪超市", "5411", 3, "private"),
    MonthSwipe("unsaid", "edu3", 31_200, "好再来饭店", "5812", 2, ""),
    MonthSwipe("at head", "edu4", 67_700, "南宁饭店", "7011", 12),
    MonthSwipe("at bureau", "edu4", 5_000_000, "省干部培训中心", "8299", 11),
    MonthSwipe("refused", "edu4", 99_900, "南宁饭店", "7011", 10),
    MonthSwipe("disputed", "edu4", 12_345, "网上商城", "5969", 9, "disputed"),
    MonthSwipe("goes back", "sch3", 212_000, "桂林宾馆", "7011", 24),
    MonthSwipe("train", "sch3", 38_050, "铁路客票", "4112", 23),
    MonthSwipe("taxi", "sch3", 6_400, "青溪出租", "4121", 5),
    MonthSwipe("abroad", "sch3", 120_000, "HOTEL HANOI", "7011", 6, usd=16_600),
    MonthSwipe("hold", "sch4", 50_000, "桂林宾馆", "7011", 1, "", "auth"),
    MonthSwipe("cancelled", "sch4", 88_000, "云川航空", "4511", 15),
    MonthSwipe("cancelled", "sch4", 88_000, "云川航空", "4511", 13, "", "refund"),
    MonthSwipe("lent", "sch5", 320_000, "省实验基地", "7011", 18),
    MonthSwipe("short", "hea3", 5_000_000, "青溪会议中心", "7011", 17),
    MonthSwipe("short too", "hea3", 2_000_000, "青溪会议中心", "7011", 16),
    MonthSwipe("fuel", "hea3", 15_000, "云川加油站", "5541", 2),
    MonthSwipe("paid", "hea4", 145_000, "南宁饭店", "7011", 22),
    MonthSwipe("vouched", "hea4", 76_500, "桂林宾馆", "7011", 21),
    MonthSwipe("due", "hea4", 53_200, "桂林宾馆", "7011", 19),
    MonthSwipe("half", "sch5", 2_600_000, "青溪电脑城", "5732", 7),
    MonthSwipe("other half", "sch5", 2_500_000, "青溪电脑城", "5732", 7),
    MonthSwipe("jewels", "hea3", 36_800, "青溪珠宝行", "5944", 3),
)


def holders() -> list[tuple[str, str, str]]:
    """Staff number, name and unit of each who has a card: all but the bureau and who confirms cards."""
    staff = [(login.upper(), name, unit) for login, name, unit, _duty, role in STAFF if unit and role != "unit_cashier"]
    return [*staff, *COLLEAGUES]


def told(now: datetime) -> CardWord:
    """All of it in one message; who has no login swipes once."""
    at, card_of = now - timedelta(days=29), {}
    cards = []
    for turn, (staff_no, name, unit) in enumerate(holders(), 1):
        card_of[staff_no] = f"6283880000{turn:06d}"
        cards.append(CardSaid(kind="new", at=at, card_no=card_of[staff_no], staff_no=staff_no, name=name, unit=unit,
                              limit_fen=LIMIT_FEN, expires=f"{(now.year + 4) % 100:02d}11"))  # fmt: skip
    swipes = [*SWIPES, *(MonthSwipe(number, number, 3_000 + turn * 1_117, *_SHOPS[turn % 5], turn % 28 + 1, "")
                         for turn, (number, _name, _unit) in enumerate(COLLEAGUES))]  # fmt: skip
    said = [_said(card_of[one.login.upper()], one, turn, now) for turn, one in enumerate(swipes)]
    return CardWord(serial=f"W{now:%Y%m%d%H%M%S}", bureau=DIVISION, cards=cards, swipes=said)


def number_of(key: str) -> str:
    """The bank's number of a swipe that a person of the demo made."""
    return f"S{next(turn for turn, one in enumerate(SWIPES) if one.key == key):06d}"


def _said(card_no: str, one: MonthSwipe, turn: int, now: datetime) -> SwipeSaid:
    day = (now.astimezone(ZONE) - timedelta(days=one.ago)).date()
    at = datetime.combine(day, time(9 + turn % 9, turn * 7 % 60), ZONE)
    return SwipeSaid(
        kind=one.kind, card_no=card_no, number=f"S{turn:06d}", swiped_at=at, amount_fen=one.fen,
        reference=f"R{number_of(one.key)[1:] if one.key in _KEYS else turn:0>11}",
        posted_on=None if one.kind == "auth" else day, currency="USD" if one.usd else "CNY", foreign=one.usd,
        merchant=one.merchant, mcc=one.mcc,
    )  # fmt: skip


_KEYS = {one.key for one in SWIPES}
