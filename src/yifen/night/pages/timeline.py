"""A night as a picture: a bar a step, from when it began, as long as it took; what waits or failed in its tone."""

from typing import Any

from django.utils.translation import gettext as _

from yifen.face import words as said
from yifen.night.pages.telling import STATES
from yifen.night.queries import StepRow, tenths
from yifen.night.words import step_text

TONES = ("done", "running", "waiting", "failed")


def timeline(rows: list[StepRow], language: str) -> dict[str, Any] | None:
    """Seconds since the first step began; None: none has."""
    if not rows:
        return None
    first = min(row.started_at for row in rows)
    names = [step_text(row.step, language) for row in rows]
    begins = [tenths(row.started_at - first) for row in rows]
    lengths = [row.took or "0.0" for row in rows]
    states = [state for state in TONES if any(row.state == state for row in rows)]
    series = [
        {"type": "bar", "stack": "night", "name": str(said.word(STATES, state)), "tone": said.tone(STATES, state),
         "barMinHeight": 3, "barWidth": "60%",
         "data": [{"value": length, "url": f"#step_{row.step}"} if row.state == state else {"value": None}
                  for row, length in zip(rows, lengths, strict=True)]}
        for state in states
    ]  # fmt: skip
    before = {"type": "bar", "stack": "night", "silent": True, "tooltip": {"show": False}, "data": begins,
              "itemStyle": {"color": "transparent"}, "barWidth": "60%"}  # fmt: skip
    return {
        "legend": {"data": [one["name"] for one in series], "top": 0, "right": 0},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "value", "name": _("秒"), "min": 0},
        "yAxis": {"type": "category", "inverse": True, "data": names, "axisLabel": {"width": 90, "overflow": "break"}},
        "series": [before, *series],
    }
