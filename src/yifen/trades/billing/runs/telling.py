"""The lines of a correction, a cancellation, or a bill made anew, as two people are told of them."""

from decimal import Decimal
from typing import Any

import psycopg

from yifen.core.access.second import Change
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.trades.billing.quantities import shown

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
BOUND = Text("保底、封顶", "Minimum or cap")


def ground(subject: dict[str, Any], place: int) -> Text:
    """What the line at this place (from 0) of a correction by amounts is for."""
    about = subject.get("amount") or []
    one = about[place] if place < len(about) else {}
    if "from" not in one:
        return Text("按金额", "By an amount")
    since, until, share = one["from"], one["to"], f"{(Decimal(one['share']) * 100).normalize():f} %"
    return Text(f"不热 {since} – {until} {one['degrees']} ℃ 退 {share}",
                f"Cold {since} – {until}, {one['degrees']} °C: {share} back")  # fmt: skip


def lines_said(conn: Conn, run_id: int, subject: dict[str, Any]) -> list[Change]:
    """Of a run of one bill its lines, one by one; of what is made anew, those of the bill before and after."""
    if of := subject.get("anew"):
        pairs = _beside(_lines(conn, run_id, {}, -1), _lines(conn, of, {}))
    else:
        pairs = [(None, line) for line in _lines(conn, run_id, subject)]
    area = subject.get("area_milli")
    first = [Change("area", Text("应计费面积", "Area that is billed"), None, shown(area))] if area else []
    return first + [Change(f"line{number}", Text(f"明细 {number}", f"Line {number}"), before, after)
            for number, (before, after) in enumerate(pairs, 1)]  # fmt: skip


def _lines(conn: Conn, run_id: int, subject: dict[str, Any], sign: int = 1) -> list[Text]:
    found = []
    for place, (name, part_no, tier, qty_milli, price, fen) in enumerate(
        conn.execute(_SQL["lines_of_run"], {"run": run_id, "sign": sign}).fetchall()
    ):
        if not part_no:
            said = ground(subject, place) if "amount" in subject else BOUND
            found.append(Text(f"{said.zh}：{grouped_yuan(fen)} 元", f"{said.en}: {grouped_yuan(fen)} yuan"))
        else:
            of = f"{name}{f' {tier}' if tier else ''} {shown(qty_milli)} × {price.normalize():f} = {grouped_yuan(fen)}"
            found.append(Text(f"{of} 元", f"{of} yuan"))
    return found


def _beside(taken: list[Text], made: list[Text]) -> list[tuple[Text | None, Text | None]]:
    longest = max(len(taken), len(made))
    return [(taken[n] if n < len(taken) else None, made[n] if n < len(made) else None) for n in range(longest)]
