"""The words of the end of day 日终: its steps and why it waits, in both languages."""

from typing import Any

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.plugs import result_code
from yifen.night.steps import steps

REASONS = {
    "day_open": ("{day} 尚未到日切时点（{detail}）", "business day {day} is not over ({detail})"),
    "day_ahead": ("账簿会计日期还是 {detail}", "the book is still at {detail}"),
    "file_missing": ("{partner} 的对账文件未到 {detail}", "the file of {partner} is not there yet {detail}"),
    "not_reconciled": ("{partner} {day} 未对账 {detail}", "{partner} {day} is not reconciled {detail}"),
    "open_items": (
        "{partner} 有 {count} 笔未处理差异，{yuan} 元",
        "{partner} has {count} open differences, {yuan} yuan",
    ),
    "unsettled": ("{partner} {day} 未结算 {why} {detail}", "{partner} {day} is not settled {why} {detail}"),
    "proof": ("科目 {detail} 有 {yuan} 元未说明", "account {detail}: {yuan} yuan unexplained"),
    "trial_balance": ("试算不平，差 {yuan} 元", "the trial balance is off by {yuan} yuan"),
    "earlier_day": ("{day} 日终尚未关闭", "the end of day of {day} is not closed"),
    "failed": ("{partner} {day} {why} {detail}", "{partner} {day} {why} {detail}"),
}

FIGURES = {
    "files": Text("文件", "files"), "lines": Text("行", "rows"), "taken": Text("已收", "taken"),
    "fetched": Text("取得", "fetched"), "rows": Text("行", "rows"), "missing": Text("缺", "missing"),
    "refused": Text("拒收", "refused"), "unsettled": Text("未能结算", "not settled"),
    "runs": Text("对账", "reconciliations"), "matched": Text("勾对", "matched"),
    "matched_fen": Text("勾对金额", "amount matched"), "waiting": Text("等待中", "waiting"),
    "differences": Text("差异", "differences"), "failed": Text("失败", "failed"), "closed": Text("已平", "closed"),
    "told": Text("已告知", "told"), "left": Text("留待人工", "left to people"), "settled": Text("已结算", "settled"),
    "due_fen": Text("应结", "due"), "moved_fen": Text("结转", "moved"), "carried_fen": Text("留存", "carried"),
    "commission_fen": Text("手续费", "commission"), "periods": Text("清算期", "periods"),
    "fee_fen": Text("补收", "made up"), "instructed": Text("指令", "instructed"),
    "instructed_fen": Text("指令金额", "amount instructed"), "sent": Text("已发", "sent"),
    "done": Text("已到账", "arrived"), "returned": Text("退回", "returned"), "unknown": Text("未知", "unknown"),
    "expected": Text("应收渠道款", "channels' money due"),
    "expected_fen": Text("应收金额", "amount due from channels"), "swept": Text("划转", "swept"),
    "swept_fen": Text("划转金额", "amount swept"), "days": Text("会计日", "business days"), "csv": Text("CSV", "CSV"),
    "pdf": Text("PDF", "PDF"), "moves": Text("核心流水", "moves"),
    "silent_cores": Text("未答复的核心", "cores without an answer"), "answers": Text("应答", "answers"),
}  # fmt: skip
"""What a step counts."""


def step_text(step: str, language: str) -> str:
    """A step whose trade is gone by its name."""
    found = next((known.title for known in steps() if known.name == step), Text(step, step))
    return found[_which(language)]


def reason_text(reason: dict[str, Any], language: str) -> str:
    """A reason, as `eod_step.result` keeps it, in plain words."""
    pattern = REASONS[reason["kind"]][_which(language)]
    known = {"partner": "", "day": "", "count": 0, "detail": "", **reason}
    known["count"] = f"{known['count']:,}"
    if language.startswith("zh"):
        known["detail"] = known.get("detail_zh") or known["detail"]
    filled = pattern.format(**known, why=code_text(reason.get("code", 0), language),
                            yuan=grouped_yuan(int(reason.get("fen", 0))))  # fmt: skip
    return " ".join(part for part in filled.split(" ") if part)


def figures_text(sums: dict[str, int], language: str) -> str:
    """Those that are not zero, in words; amounts in yuan."""
    shown = []
    for name, figure in sums.items():
        value = "¥" + grouped_yuan(figure) if name.endswith("_fen") else f"{figure:,}"
        if figure:
            shown.append(f"{FIGURES.get(name, Text(name, name))[_which(language)]} {value}")
    return " · ".join(shown)


def lines_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What a step tells of single partners: why it waits, what failed, was refused or is left."""
    return [line for name in ("reasons", "failed", "refused", "left") for line in result.get(name, [])]


def code_text(number: int, language: str) -> str:
    """A code by its number and meaning, which is lost with its trade; nothing for 0."""
    try:
        meaning = result_code(number).meaning if number else None
    except ValueError:
        return f"{number:04d}"
    return f"{number:04d} {(meaning.en if _which(language) else meaning.zh)}" if meaning else ""


def _which(language: str) -> int:
    return 0 if language.startswith("zh") else 1
