"""A night as its page tells it: steps with their figures in words, the proof account by account."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.face import words as said
from yifen.night.queries import Run, StepRow
from yifen.night.reports.daily_proof import Explained, Explanation, Proof
from yifen.night.steps import steps as night_steps
from yifen.night.words import figures_text, step_text

Shown = dict[str, Any]
STATES: said.Words = {
    "": (gettext_lazy("未到"), "neutral"),
    "running": (gettext_lazy("进行中"), "waiting"),
    "waiting": (gettext_lazy("等待"), "waiting"),
    "failed": (gettext_lazy("失败"), "bad"),
    "done": (gettext_lazy("完成"), "ok"),
}
WHATS: said.Words = {
    "arriving": (gettext_lazy("渠道款未到"), "neutral"),
    "repair": (gettext_lazy("差异挂账"), "neutral"),
    "carried": (gettext_lazy("上次结算留存"), "neutral"),
    "unsettled": (gettext_lazy("当日未结算缴费"), "neutral"),
    "settled": (gettext_lazy("其后已结转"), "neutral"),
    "suspense": (gettext_lazy("挂账"), "neutral"),
}


def run_state(run: Run, state: str | None) -> tuple[Any, str]:
    """Where the night stands, in a word and a tone; `state`: of its last step."""
    if run.is_closed:
        return (_("签字关闭"), "waiting") if run.signed_by else (_("已关闭"), "neutral")
    return said.word(STATES, state or ""), said.tone(STATES, state or "")


def steps(
    rows: list[StepRow], language: str, institutions: frozenset[int] | None, whole: bool
) -> list[Shown]:
    """All in their order; one that was not begun has no time. What went wrong inside is for who
    has the whole book: it may name another's partner."""
    there = {row.step: row for row in rows}
    return [_step(step.name, there.get(step.name), language, institutions, whole)
            for step in night_steps()]  # fmt: skip


def _step(
    name: str, row: StepRow | None, language: str, institutions: frozenset[int] | None, whole: bool
) -> Shown:
    state = row.state if row else ""
    return {
        "name": name, "title": step_text(name, language), "state": said.badge(STATES, state), "row": row,
        "took": row.took if row else "",
        "figures": figures_text(row.sums(None if whole else institutions), language) if row else "",
        "reasons": row.reasons(language, None if whole else institutions) if row else [],
        "error": row.error_in(language) if row and whole else "",
    }  # fmt: skip


def proof(found: Proof) -> list[Shown]:
    """Each account, and the lines that explain it."""
    return [{"account": one, "name": said.account(one.account.name), "lines": [line(part) for part in one.lines]}
            for one in accounts(found)]  # fmt: skip


def accounts(found: Proof) -> list[Explained]:
    """Those on which something stands, what nobody explains first."""
    there = [one for one in found.accounts if one.account.balance_fen or one.lines]
    return sorted(there, key=lambda one: (not one.difference_fen, one.account.code))


def line(part: Explanation) -> Shown:
    what = said.word(WHATS, part.what)
    url = reverse("difference", args=[part.item_id]) if part.item_id else ""
    return {"what": what, "part": part, "url": url}
