"""The figures of the end of day."""

from yifen.core.facts.plug import Metric

METRICS = (
    Metric("yifen_night_days_open", "gauge", ("book",),
           "已日切、日终尚未关闭的会计日", "business days that were cut and whose end of day is not closed"),
    Metric("yifen_night_open_seconds", "gauge", ("book",),
           "最早一个未关闭日终开始至今的时间", "since the oldest end of day that is not closed began"),
    Metric("yifen_night_step_seconds", "gauge", ("book", "step", "state"),
           "最近一次日终各步骤的时间；state：running、waiting、failed、done",
           "how long the steps of the newest end of day took; state: running, waiting, failed, done"),
)  # fmt: skip
