"""The figures of the pages."""

from yifen.core.facts.plug import Metric

METRICS = (
    Metric("yifen_page_duration_seconds", "histogram", ("part", "status"),
           "页面的处理时间；part：地址的第一段（console、desk……），status：2xx……5xx",
           "how long pages took; part: the first word of the address (console, desk, …), status: 2xx … 5xx",
           bounds=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10), process=True),
    Metric("yifen_page_threads", "gauge", ("state",),
           "页面线程：max 总数、waiting 等待线程的请求", "threads of pages: max, waiting (requests that want one)",
           process=True),
)  # fmt: skip
