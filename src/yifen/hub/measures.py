"""The figures of the hub: calls, lanes, reads, roster, and what the database knows of payments, chains and traffic."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Never, Text
from yifen.hub.payments.bounds import BATCH_SECONDS, BATCH_SIZES, CALL_SECONDS

METRICS = (
    Metric("yifen_call_duration_seconds", "histogram", ("partner", "verb", "code"),
           "合作方来文的处理时间；partner：channel、biller、own 本方渠道、sandbox、nobody 未识别",
           "how long calls of partners took; partner: channel, biller, own (hosted here), sandbox, nobody (unknown)",
           bounds=CALL_SECONDS, process=True),
    Metric("yifen_biller_call_duration_seconds", "histogram", ("verb", "code"),
           "主动调用收费单位系统的时间", "how long our calls of billers' systems took",
           bounds=CALL_SECONDS, process=True),
    Metric("yifen_lane_batch_size", "histogram", (),
           "一次提交的笔数", "payments in one transaction", bounds=BATCH_SIZES, process=True),
    Metric("yifen_lane_batch_seconds", "histogram", (),
           "一次提交的时间", "how long one transaction took", bounds=BATCH_SECONDS, process=True),
    Metric("yifen_lane_waiting", "gauge", (),
           "排队等待提交的请求", "requests that wait for their transaction", process=True),
    Metric("yifen_lane_busy_seconds", "gauge", (),
           "最久的一次提交已用的时间", "how long the longest transaction under way has lasted", process=True),
    Metric("yifen_backlog_requests", "gauge", (),
           "进程内未答的请求", "requests that lanes hold", process=True),
    Metric("yifen_backlog_requests_max", "gauge", (),
           "未答请求上限，超过即答 BUSY（YIFEN_QUEUE_MAX）", "the bound behind BUSY (YIFEN_QUEUE_MAX)", process=True),
    Metric("yifen_read_connections", "gauge", ("state",),
           "读连接：used 使用中、waiting 等待中、max 上限",
           "connections for reads: used, waiting (who wants one), max", process=True),
    Metric("yifen_roster_age_seconds", "gauge", (),
           "合作方名册最近一次核对至今的时间", "since the roster was last compared with the database", process=True),
    Metric("yifen_traffic_lost_total", "counter", (),
           "未能记入流量统计的来文", "calls that the traffic's figures lost", process=True),
    Metric("yifen_wire_messages_waiting", "gauge", (),
           "等待写入的留存报文", "messages that wait to be written", process=True),
    Metric("yifen_wire_messages_dropped_total", "counter", (),
           "因队列满未留存的报文", "messages that found no room and are not kept", process=True),
    Metric("yifen_payments_undecided", "gauge", ("state",),
           "结果未知的缴费：asking 仍在查询、stopped 重试已尽",
           "payments whose outcome is not known: asking (still asked about), stopped (no longer)"),
    Metric("yifen_payments_undecided_oldest_seconds", "gauge", (),
           "最久未知的缴费报来至今的时间", "how long the oldest of them has been here"),
    Metric("yifen_outbox_overdue_seconds", "gauge", (),
           "应执行而未执行的收费单位调用最久已过的时间",
           "how long the call of a biller that is due longest is overdue"),
    Metric("yifen_recent_calls", "gauge", ("answer",),
           "近五分钟来文：taken 成功、refused 拒绝、failed 我方未能处理（9xxx）",
           "calls of the last five minutes: taken, refused, failed (9xxx, ours)"),
    Metric("yifen_recent_failed_ratio", "gauge", (),
           "近五分钟应成功而我方未能处理的来文占比；不足二十笔为 0",
           "of the calls of the last five minutes that could be taken, the share that we failed; 0 below twenty calls"),
    Metric("yifen_chain_unproved_batches", "gauge", (),
           "最近一次日切之后封链、尚未锚定的批次", "sealed batches since the last cut kept the chains' heads"),
    Metric("yifen_chain_kept_age_seconds", "gauge", (),
           "最近一次日切保存链头至今的时间", "since a cut last kept the chains' heads"),
)  # fmt: skip

ALERTS = (
    Alert("YifenCallsFail", "yifen_recent_failed_ratio",
          Text("来文失败超过 5%（9xxx）", "more than 5 % of the calls fail (9xxx)"), Text(
        "9002：数据库不可用；9001：提交跟不上，先看磁盘和锁等待；9003：看网关日志。",
        "9002: the database is away; 9001: commits lag, look at disk and locks; 9003: the gateway's log."),
        2, over=0.05, grave=True),
    Alert("YifenUndecidedOld", "yifen_payments_undecided_oldest_seconds",
          Text("有缴费超过一小时结果未知", "a payment has been undecided for an hour"), Text(
        "作业 › 未决调用 列出；该收费单位的系统是否可达、是否公告停机。",
        "Jobs › Undecided calls lists them; is the biller's system there, was an outage announced?"), 5, over=3600),
    Alert("YifenUndecidedStopped", "yifen_payments_undecided",
          Text("有缴费重试已尽、仍未知", "payments that nobody asks about any more"), Text(
        "与收费单位核对后由两人下定论，或等对账。",
        "ask the biller, then let two people decide, or let reconciliation do it."),
        5, over=0, where=(("state", "stopped"),)),
    Alert("YifenOutboxLate", "yifen_outbox_overdue_seconds",
          Text("收费单位调用迟于应执行时间两分钟", "calls of billers are two minutes overdue"), Text(
        "看 worker 单元是否在运行、日志里的 a rung failed。",
        "does the unit worker run? Look for `a rung failed` in its log."), 3, over=120, grave=True),
    Alert("YifenChainNotKept", "yifen_chain_kept_age_seconds",
          Text("超过 26 小时没有日切保存链头", "no cut kept the chains' heads for 26 hours"), Text(
        "看日终：会计日没有切。也可 ./yifen anchor 先把链头留在库外。",
        "look at the end of day: no day was cut. `./yifen anchor` keeps the heads outside meanwhile."),
        10, over=26 * 3600, absent=Never(Text("尚未日切", "no day cut yet"), Text(
            "第一次日切会保存；开业后仍如此，看日终单元是否在运行。",
            "the first cut keeps them; where payments are taken already: does the end of day's unit run?"))),
    Alert("YifenBacklogFull", "yifen_backlog_requests",
          Text("排队将满，即将答 BUSY", "the backlog is nearly full: BUSY comes next"), Text(
        "先看磁盘刷写和锁等待；再加网关无益。",
        "look at the disk and lock waits first; more gateways do not help."),
        1, expr="yifen_backlog_requests > 0.8 * yifen_backlog_requests_max"),
)  # fmt: skip
