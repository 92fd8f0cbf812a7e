"""Sample payers and bills: Chinese names, account numbers, amounts; the same for the same seed."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟")
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国玉梅志华小春雪梦瑶子轩浩宇晨一诺思远"


class PayerBill(NamedTuple):
    """One payable of a payer; amounts in fen."""

    ref: str
    title: str
    mode: str
    due_fen: int
    min_fen: int
    max_fen: int
    due_on: date | None


class Payer(NamedTuple):
    """A payer's account 户号 with a biller, and what it owes."""

    account_no: str
    name: str
    bills: tuple[PayerBill, ...]


def person(random: Random) -> str:
    surname = random.choice(COMPOUND) if random.random() < 0.02 else random.choice(SURNAMES)
    return surname + "".join(random.choices(GIVEN, k=1 if random.random() < 0.2 else 2))


def exact(ref: str, title: str, due_fen: int, due_on: date) -> PayerBill:
    return PayerBill(ref, title, "exact", due_fen, due_fen, due_fen, due_on)


def monthly(name: str, low: int, high: int, random: Random, day: date) -> tuple[PayerBill, ...]:
    """Last month's bill, and for one payer in three the month before still open."""
    months = [day.replace(day=1) - timedelta(days=1)]
    if random.random() < 0.34:
        months.append(months[0].replace(day=1) - timedelta(days=1))
    return tuple(
        exact(f"{end:%Y%m}", f"{end.year}年{end.month}月{name}", random.randint(low, high),
              end + timedelta(days=25))
        for end in reversed(months)
    )  # fmt: skip


def heat(random: Random, day: date) -> tuple[PayerBill, ...]:
    """Area × price for the season; may be paid in parts of at least 100 yuan."""
    season = day.year if day.month >= 7 else day.year - 1
    area_m2_hundredths, price_fen = random.randint(4500, 16000), 2650
    due = area_m2_hundredths * price_fen // 100
    return (PayerBill(f"{season}", f"{season}—{season + 1}采暖季热费", "partial", due,
                 min(10_000, due), due, date(season, 12, 31)),)  # fmt: skip


def water(random: Random, day: date) -> tuple[PayerBill, ...]:
    """Metered households have bills, prepaid meters (one in four) are topped up at will."""
    if random.random() < 0.25:
        return (PayerBill("TOPUP", "预存水费", "open", 0, 1_000, 200_000, None),)
    return monthly("水费", 1_200, 16_000, random, day)


def bills_of(category: str, random: Random, day: date) -> tuple[PayerBill, ...]:
    match category:
        case "heat":
            return heat(random, day)
        case "water":
            return water(random, day)
        case "power":
            return monthly("电费", 3_000, 60_000, random, day)
        case "gas":
            return monthly("燃气费", 2_000, 40_000, random, day)
    return monthly("物业费", 8_000, 45_000, random, day)


def payers(category: str, prefix: str, count: int, seed: int, day: date) -> Iterator[Payer]:
    """This many payers of one biller; `day` is today, which the bills hang on."""
    random = Random(f"{seed}|{category}|{prefix}")
    for number in range(1, count + 1):
        account_no = f"{prefix}{number:06d}{random.randrange(100):02d}"
        yield Payer(account_no, person(random), bills_of(category, random, day))
