"""The figures of reminders."""

from yifen.core.facts.plug import Alert, Metric, Text

METRICS = (
    Metric("yifen_reminders_due", "gauge", (), "已到发送时间、尚未发出的提醒", "Reminders that are due and not sent"),
    Metric("yifen_reminders_oldest_due_seconds", "gauge", (), "其中最早一条的等待时间",
           "How long the oldest of them has waited"),
)  # fmt: skip
ALERTS = (
    Alert("YifenRemindersLate", "yifen_reminders_oldest_due_seconds",
          Text("有提醒等待超过两小时", "a reminder has waited for two hours"), Text(
        "消息 › 发送方 写明哪个停了、何时再试；也看 worker 单元是否在运行。",
        "Messages › Carriers says which one is down and when it is tried again; does the unit worker run?"),
        10, over=7200),
)  # fmt: skip
