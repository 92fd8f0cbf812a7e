"""What the lines of the TCP dialect bring to the hub's plug."""

from yifen.core.facts.plug import Grant, SealedColumn, Second, Table, Text, Watch
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R

TCP_TABLES = (
    Table("tcp_line", writes=(), reads=(GATEWAY, WEB, WORKER, NIGHT), hidden=("sealed",),
          watch=Watch(secret=("sealed",)), sealed=(SealedColumn(
              "sealed", "'tcp_line:' || (SELECT y.code FROM partner y WHERE y.id = r.partner_id)"),)),
    Table("tcp_notice", writes=(), watch=Watch()),
)  # fmt: skip
TCP_FUNCTIONS = {"tcp_away_v1": (GATEWAY,), "tcp_line_v1": (WEB,), "tcp_noticed_v1": (GATEWAY,)}
TCP_GRANTS = (
    Grant("tcp.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.AUDITOR),
          "看 TCP 专线", "see lines of the TCP dialect"),
    Grant("tcp.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
          "提出、复核 TCP 专线", "propose and decide on lines of the TCP dialect"),
)  # fmt: skip
TCP_ACTS = (
    Second("tcp.line", Text("TCP 专线", "TCP line"), "tcp.edit", "tcp.edit", "yifen.hub.tcp.registering:view",
           "yifen.hub.tcp.registering:run", about="tcp_about_v1", named="yifen.hub.tcp.registering:named"),
)  # fmt: skip
TCP_TERMS = {
    "tcp_line": Text("TCP 专线", "TCP line"), "tcp_notice": Text("专线通知", "Notice by a line"),
    "inst_id": Text("机构号", "Number in the messages"), "is_yuan": Text("金额以元计", "Amounts in yuan"),
    "notice_id": Text("通知编号", "Notice number"), "said": Text("内容", "What it said"),
}
