"""What keeps a day from being "一分不差", as reconciliation sees it: no evidence, and differences."""

from datetime import date

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.hub.gaps import DayGap, days_en, days_zh
from yifen.hub.night import Connection

_SQL = queries(__package__)
_EVIDENCE = _SQL["evidence"]
_DIFFERENCES = _SQL["differences"]
LACKS = {
    "file_missing": Text("{partner} {day} 对账文件未到", "of {day_en} on {partner}: its file is missing"),
    "part_missing": Text("{partner} {day} 对账文件缺 {parts}",
                         "of {day_en} on {partner}: {parts} of its files missing"),
    "not_reconciled": Text("{partner} {day} 文件未对账", "of {day_en} on {partner}: its file was not compared"),
    "not_awaited": Text("{partner} {day} 没有对账方式，不等它的文件",
                        "of {day_en} on {partner}: no profile awaits a file"),
}  # fmt: skip
CLASSES = {
    "ours_only": Text("我方有对方无", "ours only"),
    "theirs_only": Text("对方有我方无", "theirs only"),
    "status": Text("状态不符", "other status"),
    "amount": Text("金额不符", "other amount"),
    "fee": Text("手续费不符", "other fee"),
    "duplicate": Text("对方重复", "duplicate"),
}
STANDS = {
    "open": Text("待处理", "open"),
    "waiting": Text("等次日文件", "waits for the next file"),
    "told": Text("已请对方调整，待其文件显示", "the partner was told, until a file of theirs shows it"),
    "parked": Text("挂账", "on suspense"),
}
WITHDRAWN = Text("，其文件已撤回", ", its file was withdrawn")


def gaps(conn: Connection, book_id: int, day: date) -> list[DayGap]:
    """Evidence first: partners by code; then differences of the day and of those before it that still stand."""
    params = {"book": book_id, "day": day}
    rows = conn.execute(_EVIDENCE, params).fetchall()
    return [_lack(day, *row) for row in rows] + [
        _difference(*row) for row in conn.execute(_DIFFERENCES, params).fetchall()
    ]


def _lack(
    day: date, partner_id: int, partner: str, described: bool, missing: list[str], lines: int, fen: int
) -> DayGap:
    """`lines` and `fen`: what our own file of the day tells this partner, which nobody has confirmed."""
    if not described:
        reason = "not_awaited"
    elif not missing:
        reason = "not_reconciled"
    else:
        reason = "file_missing" if missing == ["*"] else "part_missing"
    words = {"partner": partner, "day": day, "day_en": days_en((day,)), "parts": " ".join(missing)}
    zh, en = (said.format(**words) for said in LACKS[reason])
    return DayGap(partner_id, partner, reason, lines, fen, (day,), zh, en)


def _difference(
    partner_id: int, partner: str, reason: str, kind: str, is_withdrawn: bool, count: int, fen: int, days: list[date]
) -> DayGap:
    what, stands, when = CLASSES[kind], STANDS[reason], tuple(days)
    note = WITHDRAWN if is_withdrawn else Text("", "")
    return DayGap(
        partner_id, partner, reason, count, fen, when,
        f"{partner} {days_zh(when)} {what.zh} {count:,} 笔，{stands.zh}{note.zh}",
        f"{what.en} of {days_en(when)} on {partner}, {stands.en}{note.en}" + (f" ({count:,})" if count > 1 else ""),
    )  # fmt: skip
