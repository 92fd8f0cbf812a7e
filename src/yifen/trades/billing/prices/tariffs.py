"""Published tariffs 公布的价格, to start a price from; a company checks them against its own notice.

Sources are named beside each: texts of the notices where they were seen whole, otherwise pages that repeat
them. `until`: the notice's own end. None: the source does not say.
"""

from datetime import date
from decimal import Decimal as D
from itertools import chain

from msgspec import Struct

from yifen.core.facts.plug import Text
from yifen.trades.billing.prices.versions import (
    ALL_MONTHS,
    PricePart,
    PriceVersion,
    TierLimit,
    month_bits,
)

SUMMER = month_bits(5, 6, 7, 8, 9, 10)
WINTER = month_bits(1, 2, 3, 4, 11, 12)


class Tariff(Struct, frozen=True):
    """A published price: of which fee (`unit`, and the `cycle` in which its tiers are counted, by real months or
    whole), which region and class, and from when to when."""

    key: str
    title: Text
    unit: str
    cycle: str
    version: PriceVersion
    since: date | None = None
    until: date | None = None
    class_: str = "residential"
    by_months: bool = False


def tiered(name: str, *prices: str) -> tuple[PricePart, ...]:
    """A component with a price a tier."""
    return tuple(PricePart(f"{name} {tier} 档", "qty", D(price), tier) for tier, price in enumerate(prices, 1))


def flat(name: str, price: str, basis: str = "qty") -> PricePart:
    """A component of one price."""
    return PricePart(name, basis, D(price))


def ends(*units: int, months: int = ALL_MONTHS, over: int | None = None, add: int = 0, each: bool = False,
         every: bool = False) -> tuple[TierLimit, ...]:  # fmt: skip
    """Limits of the whole cycle by tier, in units; a household of more than `over` has `add` more, or that for
    `each` person, in the first tier, or in `every` one."""
    return tuple(TierLimit(tier, unit * 1000, months, over, add * 1000, each) if tier == 1 or every
                 else TierLimit(tier, unit * 1000, months) for tier, unit in enumerate(units, 1))  # fmt: skip


def _price(name: str, *parts: PricePart | tuple[PricePart, ...], limits: tuple[TierLimit, ...] = (),
           cap: str | None = None) -> PriceVersion:  # fmt: skip
    rows = chain.from_iterable((part,) if isinstance(part, PricePart) else part for part in parts)
    return PriceVersion(name, tuple(rows), limits, cap_price=D(cap) if cap else None)


_SHANDONG = (date(2019, 7, 1), date(2024, 6, 30))
_JULY_2012 = date(2012, 7, 1)
_GUANGDONG = ends(260, 600, months=SUMMER) + ends(200, 400, months=WINTER)
_HARBIN = date(2016, 4, 1)

TARIFFS = (
    # 鲁发改价格〔2019〕509号, its whole text.
    Tariff("sd-power", Text("山东 居民阶梯电价", "Shandong power, residential"), "kWh", "year", _price(
        "山东居民阶梯", tiered("电费", ".5469", ".5969", ".8469"), limits=ends(2520, 4800, over=4, add=1200)),
        *_SHANDONG, by_months=True),
    Tariff("sd-power-shared", Text("山东 合表电价", "Shandong power, shared meters"), "kWh", "year", _price(
        "山东合表", flat("电费", ".555")), *_SHANDONG, "shared", True),
    Tariff("sd-power-low", Text("山东 低保户电价", "Shandong power, low income"), "kWh", "year", _price(
        "山东低保", tiered("电费", "0", ".5469", ".5969", ".8469"), limits=ends(180, 2520, 4800)),
        *_SHANDONG, "low_income", True),  # 15 a month are free
    # cc01cc/Eru living-cost-electricity.md; its beginning is practice.
    Tariff("zj-power", Text("浙江 居民阶梯电价", "Zhejiang power, residential"), "kWh", "year", _price(
        "浙江居民阶梯", tiered("电费", ".538", ".588", ".838"), limits=ends(2760, 4800)), _JULY_2012),
    Tariff("zj-power-tou", Text("浙江 居民峰谷阶梯电价", "Zhejiang power, peak and valley"), "kWh", "year",
           _price("浙江居民峰谷", flat("峰电", ".568", "peak"), flat("谷电", ".288", "valley"),
                  PricePart("二档加价", "qty", D(".05"), 2), PricePart("三档加价", "qty", D(".30"), 3),
                  limits=ends(2760, 4800)), _JULY_2012),
    Tariff("zj-power-shared", Text("浙江 合表电价", "Zhejiang power, shared meters"), "kWh", "year", _price(
        "浙江合表", flat("电费", ".558")), _JULY_2012, class_="shared"),
    # 粤价〔2012〕135号, as repeated.
    Tariff("gz-power", Text("广州 居民阶梯电价", "Guangzhou power, residential"), "kWh", "month", _price(
        "广州居民阶梯", tiered("电费", ".589", ".639", ".889"), limits=_GUANGDONG), _JULY_2012),
    # benj-tang/china_southern_power_grid_stat: the price that is shown (.6629) is rounded.
    Tariff("sz-power", Text("深圳 居民阶梯电价", "Shenzhen power, residential"), "kWh", "month", _price(
        "深圳居民阶梯", tiered("电费", ".66286875", ".71286875", ".96286875"), limits=_GUANGDONG), _JULY_2012),
    # Pages that repeat the notice.
    Tariff("bj-power", Text("北京 居民阶梯电价", "Beijing power, residential"), "kWh", "month", _price(
        "北京居民阶梯", tiered("电费", ".4883", ".5383", ".7883"), limits=ends(240, 400))),
    # laihamady 760561.
    Tariff("bj-water", Text("北京 居民阶梯水价", "Beijing water, residential"), "m³", "year", _price(
        "北京居民阶梯", tiered("水费", "2.07", "4.07", "6.07"), flat("水资源费", "1.57"), flat("污水处理费", "1.36"),
        limits=ends(180, 260))),
    # zhinanshenghuo 2024-06; sewage 1.00 is inside.
    Tariff("hz-water", Text("杭州 居民阶梯水价", "Hangzhou water, residential"), "m³", "year", _price(
        "杭州居民阶梯", tiered("水费", "2.90", "3.85", "6.70"), limits=ends(216, 300)), by_months=True),
    # liuwentao001/20201001HRBZLS: the plan of tiers of 2016; its third tier is not in it.
    Tariff("hrb-water", Text("哈尔滨 居民阶梯水价", "Harbin water, residential"), "m³", "year", _price(
        "哈尔滨居民阶梯", tiered("水费", "2.40", "3.60"), limits=ends(150, over=5, add=30, each=True)), _HARBIN),
    Tariff("hrb-water-shared", Text("哈尔滨 合表水价", "Harbin water, shared meters"), "m³", "year", _price(
        "哈尔滨合表", flat("水费", "2.60")), _HARBIN, class_="shared"),
    Tariff("hrb-water-low", Text("哈尔滨 低保户水价", "Harbin water, low income"), "m³", "year", _price(
        "哈尔滨低保", flat("水费", "2.40")), _HARBIN, class_="low_income"),
    # yzzs 2022: sewage has tiers too; that of its tiers is not seen, so it is left out.
    Tariff("sz-water", Text("深圳 居民阶梯水价（不含污水）", "Shenzhen water without sewage"), "m³", "month",
           _price("深圳居民阶梯", tiered("水费", "2.67", "4.01", "8.01"), flat("垃圾处理费", ".59"),
                  limits=ends(22, 30))),
    # cenmusics.
    Tariff("na-water", Text("南安 居民阶梯水价", "Nan'an water, residential"), "m³", "month", _price(
        "南安居民阶梯", tiered("水费", "1.85", "2.78", "5.55"), flat("污水处理费", ".95"), limits=ends(20, 35))),
    # chinagoodname.
    Tariff("bj-gas", Text("北京 居民阶梯气价", "Beijing gas, residential"), "m³", "year", _price(
        "北京居民阶梯", tiered("燃气费", "2.61", "2.83", "4.23"), limits=ends(350, 500))),
    Tariff("bj-gas-boiler", Text("北京 居民采暖气价", "Beijing gas, residential with a boiler"), "m³", "year", _price(
        "北京居民采暖", tiered("燃气费", "2.61", "2.83", "4.23"), limits=ends(1500, 2500)), class_="boiler"),
    # flirticon 823521; what low-income homes get back is no part of the price.
    Tariff("la-gas", Text("六安 居民阶梯气价", "Lu'an gas, residential"), "m³", "year", _price(
        "六安居民阶梯", tiered("燃气费", "2.80", "3.36", "3.92"),
        limits=ends(360, 600, over=4, add=60, each=True, every=True))),
    # hand4g 689346.
    Tariff("bj-heat", Text("北京 居民供热（按面积）", "Beijing heat by area"), "m²", "year", _price(
        "北京按面积", flat("热费", "24", "area"))),
    Tariff("bj-heat-metered", Text("北京 居民供热（计量）", "Beijing heat, metered"), "kWh", "year", _price(
        "北京计量", flat("基本热费", "12", "area"), flat("计量热费", ".16")), class_="metered"),
    # honzun 18035.
    Tariff("tj-heat", Text("天津 居民供热（按面积）", "Tianjin heat by area"), "m²", "year", _price(
        "天津按面积", flat("热费", "25", "area"))),
    Tariff("tj-heat-metered", Text("天津 居民供热（计量）", "Tianjin heat, metered"), "kWh", "year", _price(
        "天津计量", flat("基本热费", "7.5", "area"), flat("计量热费", ".13")), class_="metered"),
    # bkwk, honzun 5094: by usable area; metered heat costs at most what the area does.
    Tariff("hrb-heat", Text("哈尔滨 居民供热（按使用面积）", "Harbin heat by usable area"), "m²", "year", _price(
        "哈尔滨按面积", flat("热费", "38.32", "area"))),
    Tariff("hrb-heat-metered", Text("哈尔滨 居民供热（计量）", "Harbin heat, metered"), "GJ", "year", _price(
        "哈尔滨计量", flat("基本热费", "15.33", "area"), flat("计量热费", "42.55"), cap="38.32"), class_="metered"),
    # A contract's own price: a company puts its own there.
    Tariff("property", Text("物业费（按面积按月）", "Property fee by area and month"), "m²", "month", _price(
        "物业服务费", flat("物业费", "2.35", "area_month"))),
)  # fmt: skip
BY_KEY = {tariff.key: tariff for tariff in TARIFFS}
