"""What is paid for: a biller's category, its name and its icon."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(NamedTuple):
    """One tile of the first page."""

    code: str
    title: str | Promise
    title_zh: str  # posters are in both languages whoever prints them
    title_en: str
    icon: str


CATEGORIES = {
    row.code: row
    for row in (
        Category("power", _("电费"), "电费", "Electricity", "zap"),
        Category("water", _("水费"), "水费", "Water", "droplet"),
        Category("gas", _("燃气费"), "燃气费", "Gas", "flame"),
        Category("heat", _("供暖费"), "供暖费", "Heating", "thermometer"),
        Category("property", _("物业费"), "物业费", "Property fee", "building-2"),
        Category("telecom", _("通信费"), "通信费", "Phone and internet", "phone"),
        Category("tv", _("有线电视"), "有线电视", "Cable TV", "tv"),
        Category("school", _("教育缴费"), "教育缴费", "Education", "graduation-cap"),
        Category("fine", _("罚没款"), "罚没款", "Fines", "scale"),
        Category("court", _("法院案款"), "法院案款", "Court payments", "gavel"),
    )
}
OTHER = Category("other", pgettext_lazy("category", "其他"), "其他", "Other", "receipt-text")


def category(code: str) -> Category:
    """The known one, else what it is called with the icon of the rest."""
    return CATEGORIES.get(code, OTHER._replace(code=code))


def in_order(codes: Iterable[str]) -> list[Category]:
    """As the table above has them, the others behind."""
    known = list(CATEGORIES)
    found = [category(code) for code in codes]
    return sorted(found, key=lambda row: known.index(row.code) if row.code in known else len(known))
