"""What pipes bring: partners told of events, without being asked."""

from yifen.core.facts.plug import (
    ASKED,
    Grant,
    MenuEntry,
    Plug,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.measures import ALERTS, METRICS

_CONTEXT = "'pipe:' || r.ref"
_READ = (WEB, WORKER)

PLUG = Plug(
    name="yifen.trades.pipes",
    apps=("yifen.trades.pipes",),
    tables=(
        Table("pipe", writes=(WEB,), changes=(WORKER,), keep_rows=True, reads=_READ,
              keep=("ref", "partner_id", "kind", "made_at"), alone_when="pipes_alone_v1",
              watch=Watch(secret=("secret", "secret_before")),
              sealed=(SealedColumn("secret", _CONTEXT, when="secret IS NOT NULL"),
                      SealedColumn("secret_before", _CONTEXT, when="secret_before IS NOT NULL"))),
        Table("pipe_cursor", writes=(WORKER,), reads=_READ),
        Table("pipe_event", writes=(WORKER,), reads=_READ),
        # Pages send again; only the worker says what became of it.
        Table("pipe_delivery", writes=(WORKER,), changes=(WEB,), keep=("pipe_id", "event_id", "made_at"), reads=_READ),
        Table("pipe_try", writes=(WORKER,), reads=_READ),
        Table("pipe_fetched", writes=(WORKER,), reads=_READ),
        Table("pipe_look", writes=(WORKER,), reads=_READ),
    ),
    functions={"pipes_alone_v1": (WEB, WORKER), "pipes_bound_v1": (WEB,)},
    terms={
        "pipe": Text("推送通道", "Pipe"), "ref": Text("编号", "Number"), "address": Text("地址", "Address"),
        "wants": Text("事件", "Events"), "settings": Text("设置", "Settings"),
        "secret_before": Text("前一密钥", "Secret before"), "before_until": Text("前一密钥失效", "Secret before ends"),
        "enabled": Text("启用", "On"), "off_why": Text("停用原因", "Why off"), "made_at": Text("建立时间", "Made at"),
        "sent_again": Text("重发", "Sent again"), "tried_now": Text("立即再试", "Tried at once"),
    },
    permissions=(
        Grant("pipes.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.BILLER_STAFF, R.DEVELOPER, R.AUDITOR),
              "看推送通道、事件和送达情况", "see pipes, events and deliveries"),
        Grant("pipes.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.DEVELOPER),
              "提出推送通道的新建和修改，停用；沙箱和接入中的即时生效，邮件通道除外",
              "propose pipes and their changes, switch them off; of sandboxes and partners on their way in at once, "
              "but for mail"),
        Grant("pipes.run", (R.PLATFORM_ADMIN, R.DEVELOPER),
              "换推送密钥，发测试事件，重发", "make a pipe's new secret, send a test, send again"),
        Grant("pipes.approve", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "复核推送通道", "decide on pipes"),
    ),
    second=(
        Second("pipes.pipe", Text("推送通道", "Pipe"), "pipes.edit", "pipes.approve",
               "yifen.trades.pipes.operations.keeping:view", "yifen.trades.pipes.operations.keeping:put",
               ("pipe",), "pipes_bound_v1", named="yifen.trades.pipes.operations.keeping:named"),
    ),
    opened=("yifen.trades.pipes.operations.opening:opened",),
    codes=(PipeCode,),
    menu=(MenuEntry("partners", 40, Text("推送通道", "Pipes"), "pipes", "webhook", "pipes.view"),),
    urls=(Urls("console/", "yifen.trades.pipes.pages.urls"),),
    lists=("yifen.trades.pipes.pages.lists:PIPES", "yifen.trades.pipes.pages.lists:DELIVERIES",
           "yifen.trades.pipes.pages.fetched:FETCHED"),
    metrics=METRICS,
    alerts=ALERTS,
    gauges=("yifen.trades.pipes.gauges:read",),
    today=("yifen.trades.pipes.pages.waiting:what_waits",),
    search=("yifen.trades.pipes.pages.searching:found",),
    tasks=(
        Task("pipes.find", "yifen.trades.pipes.finding:run", cron="* * * * * */3", alone=True),
        Task("pipes.deliver", "yifen.trades.pipes.delivering:run", cron="* * * * * */2", alone=True),
        Task("pipes.fetch", "yifen.trades.pipes.fetching.run:run", cron="* * * * * 7", alone=True),
        Task("pipes.forget", "yifen.trades.pipes.forgetting:run", cron="41 * * * *"),
        Task("pipes.ping", "yifen.trades.pipes.operations.running:ping", queue=ASKED),
    ),
)  # fmt: skip
