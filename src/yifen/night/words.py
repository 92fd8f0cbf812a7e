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
