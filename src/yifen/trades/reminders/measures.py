"""The figures of reminders."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Text

METRICS = (
    Metric("yifen_reminders_due", "gauge", (), "已到发送时间、尚未发出的提醒", "Reminders that are due and not sent"),
    Metric("yifen_reminders_oldest_due_seconds", "gauge", (), "其中最早一条的等待时间",
           "How long the oldest of them has waited"),
)  # fmt: skip
ALERTS = (
    Alert("YifenRemindersLate", "yifen_reminders_oldest_due_seconds",
          Text("有提醒等待超过两小时", "a reminder has waited for two hours"), Text(
        "消息通道 写明哪个发不出去、最近的原因；也看 worker 单元是否在运行。",
        "Messages says which carrier does not take them, and its last reason; does the unit worker run?"),
        10, over=7200),
)  # fmt: skip
