"""The figures of pipes."""

from yifen.core.facts.plug import Metric

METRICS = (
    Metric("yifen_pipe_deliveries", "gauge", ("kind", "state"), "推送：待送达与已放弃的条数，按方式；停用的通道不计",
           "Deliveries that wait and that were given up, by kind of pipe; those of pipes that are off aside"),
    Metric("yifen_pipe_oldest_seconds", "gauge", ("kind",), "最早一条待送达推送的等待时间，按方式",
           "How long the oldest delivery has waited, by kind of pipe"),
    Metric("yifen_event_source_seconds", "gauge", ("source",), "事件来源上次读到底以来的时间",
           "How long ago a source of events was read to its end"),
)  # fmt: skip
