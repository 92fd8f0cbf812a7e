"""The figures of the end of day."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Text

METRICS = (
    Metric("yifen_night_days_open", "gauge", ("book",),
           "已日切、日终尚未关闭的会计日", "business days that were cut and whose end of day is not closed"),
    Metric("yifen_night_open_seconds", "gauge", ("book",),
           "最早一个未关闭日终开始至今的时间", "since the oldest end of day that is not closed began"),
    Metric("yifen_night_step_seconds", "gauge", ("book", "step", "state"),
           "最近一次日终各步骤的时间；state：running、waiting、failed、done",
           "how long the steps of the newest end of day took; state: running, waiting, failed, done"),
)  # fmt: skip

ALERTS = (
    Alert("YifenNightOpen", "yifen_night_open_seconds",
          Text("日终开始四小时仍未关闭", "an end of day is not closed four hours after it began"), Text(
        "日终页写明等什么：缺文件、差异未处理、未结算；或由两人签字关闭。",
        "the page End of day says what it waits for: a file, differences, a settlement; two people may close it by "
        "signature."),
        5, over=4 * 3600),
    Alert("YifenNightStepFailed", "yifen_night_step_seconds",
          Text("日终步骤失败", "a step of the end of day failed"), Text(
        "日终页写明步骤和原因，过一分钟自动再试。",
        "the page End of day says which and why; it is tried again after a minute."),
        5, over=-1, where=(("state", "failed"),), absent=True, grave=True),
)  # fmt: skip
