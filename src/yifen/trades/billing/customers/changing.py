"""What a second person is shown of a file of customers besides its counts: rows that change what there is, before and
after, and what looks odd."""

from collections.abc import Iterable
from typing import Any

import psycopg

from yifen.core.access.sealing import ring
from yifen.core.access.second import Change, yes_no
from yifen.core.facts.masking import masked_name
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.quantities import shown

SHOWN_MAX = 30
_SQL = queries(__package__)
_ODD = (
    ("no_price", Text("⚠ 类别、地区没有价格的行", "⚠ Rows whose class and region have no price")),
    ("no_area", Text("⚠ 按面积收费却没有面积的行", "⚠ Rows without the area that their price needs")),
    ("one_door", Text("⚠ 同一门牌同一费种有几户的行", "⚠ Rows of several accounts of a fee at one door")),
)


def changes(conn: psycopg.Connection[Any], file_id: int) -> list[Change]:
    """The first SHOWN_MAX changed rows, a line each column that changes; then what is odd, where it is."""
    rows = conn.execute(_SQL["changed_rows"], (file_id, SHOWN_MAX)).fetchall()
    odd = conn.execute(_SQL["odd_rows"], (file_id,)).fetchone() or ()
    return [
        *(change for row in rows for change in _of_row(*row)),
        *(Change(name, title, None, f"{count:,}") for (name, title), count in zip(_ODD, odd, strict=False) if count),
    ]


def _of_row(account_no: str, name: str, new_name: str, *rest: Any) -> Iterable[Change]:
    biller_id, ring_ = rest[-1], ring()

    def holder(sealed: str | None) -> str:
        return masked_name(opened_name(ring_, biller_id, account_no, sealed))

    pairs = (
        ("name", Text("户名", "Name"), (name, new_name), holder), ("area", Text("面积", "Area"), rest[0:2], shown),
        ("persons", Text("人口", "Persons"), rest[2:4], str), ("class", Text("用户类别", "Class"), rest[4:6], str),
        ("region", Text("地区", "Region"), rest[6:8], str), ("factor", Text("系数", "Factor"), rest[8:10], _factor),
        ("prepaid", Text("预付费", "Prepaid"), rest[10:12], yes_no),
        ("consent", Text("同意短信", "Agrees to messages"), rest[12:14], yes_no),
    )  # fmt: skip
    for field, title, (old, new), say in pairs:
        if old != new:
            yield Change(f"{field}:{account_no}", Text(f"{account_no} {title.zh}", f"{account_no} {title.en}"),
                         say(old), say(new))  # fmt: skip


def _factor(factor: Any) -> str:
    return f"{factor.normalize():f}"
