"""The figures of pipes."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Text

METRICS = (
    Metric("yifen_pipe_deliveries", "gauge", ("kind", "state"), "推送：待送达与已放弃的条数，按方式；停用的通道不计",
           "Deliveries that wait and that were given up, by kind of pipe; those of pipes that are off aside"),
    Metric("yifen_pipe_oldest_seconds", "gauge", ("kind",), "最早一条待送达推送的等待时间，按方式",
           "How long the oldest delivery has waited, by kind of pipe"),
    Metric("yifen_event_source_seconds", "gauge", ("source",), "事件来源上次读到底以来的时间",
           "How long ago a source of events was read to its end"),
)  # fmt: skip
ALERTS = (
    Alert("YifenEventSourceStands", "yifen_event_source_seconds",
          Text("事件来源十分钟没有读到底", "a source of events was not read to its end for ten minutes"), Text(
        "推送通道 › 事件目录 写明原因；其他来源照常，它的事件不会丢，只是晚。",
        "Pipes › Events says why; other sources go on, its events are late and not lost."), 5, over=600, absent=True),
    Alert("YifenPipesLate", "yifen_pipe_oldest_seconds",
          Text("有推送等待超过六小时", "a delivery has waited for six hours"), Text(
        "推送通道 列出失败的通道和最后的应答：多为对方停机，请联系；也看 worker 单元是否在运行。",
        "Pipes lists those that fail and their last answer: mostly the other side is down, tell it; does the unit "
        "worker run?"), 10, over=6 * 3600),
)  # fmt: skip
