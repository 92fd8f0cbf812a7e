"""The page of the views that the role yifen_reader reads, out of the table beside them."""

from collections.abc import Callable, Iterable

from yifen.trades.figures.columns import VIEWS


def figures_page(note: str, table: Callable[[Iterable[str], Iterable[Iterable[str]]], str]) -> str:
    parts = [
        f"## {view.name}\n\n{view.row.zh}。{view.row.en[0].upper()}{view.row.en[1:]}.\n\n"
        + table(("column", "unit", "中文", "English"),
                ((f"`{name}`", unit, text.zh, text.en) for name, unit, text in view.columns))
        for view in VIEWS
    ]
    return (
        "# Figures 统计视图\n\n" + note
        + "What the role `yifen_reader` reads, and nothing else ([figures](../figures.md)); amounts are in fen. "
        "角色 `yifen_reader` 可读的全部（[统计与报表](../figures.zh.md)），金额以分计。\n\n" + "\n".join(parts)
    )  # fmt: skip
