"""The figures of the pages."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Never, Text

METRICS = (
    Metric("yifen_page_duration_seconds", "histogram", ("part", "status"),
           "页面的处理时间；part：地址的第一段（console、desk……），status：2xx……5xx",
           "how long pages took; part: the first word of the address (console, desk, …), status: 2xx … 5xx",
           bounds=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10), process=True),
    Metric("yifen_page_threads", "gauge", ("state",),
           "页面线程：max 总数、waiting 等待线程的请求", "threads of pages: max, waiting (requests that want one)",
           process=True),
    Metric("yifen_books_check_age_seconds", "gauge", (),
           "页面上最近一次完整验证账务至今的时间", "since the books were last replayed whole from the pages"),
    Metric("yifen_books_check_ok", "gauge", (),
           "那次验证是否一致（1 是）", "1 where they were as they were sealed"),
)  # fmt: skip

ALERTS = (
    Alert("YifenBooksAltered", "yifen_books_check_ok",
          Text("账务验证发现改动", "a check of the books found something altered"), Text(
        "停网关，原样复制数据库，查清谁能以超级用户写入；运维指南“出问题时”有全部步骤。",
        "stop the gateways, copy the database as it is, find out who may write as superuser: Operations, When "
        "something is wrong."),
        1, under=1, grave=True, absent=Never(Text("尚未验证过", "never verified yet"), Text(
            "由财务或审计在 账务 › 哈希链 立即验证；./yifen verify 也验证，但不计入这里。",
            "Finance or an auditor: Ledger › Hash chain › Verify now; `./yifen verify` proves it too, but does not "
            "count here."))),
)  # fmt: skip
