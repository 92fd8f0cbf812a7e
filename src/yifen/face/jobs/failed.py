"""Jobs that failed and are tried no more 失败的任务: which, when, how often. They are of the whole house."""

from django.utils.translation import gettext_lazy as _

from yifen.core.facts.sqlfiles import queries
from yifen.face.jobs.tabs import tabs
from yifen.face.lists.asking import one_of
from yifen.face.lists.listing import Column, Listing

FAILED = Listing(
    name="failed_jobs",
    title=_("失败的任务"),
    heading=_("作业"),
    note=_("后台任务重试已尽；按时钟运行的留一小时，其余留一个月。原因在工作进程的日志里。"),
    empty=_("没有失败的任务"),
    permission="jobs.view",
    route="jobs/failed/",
    tabs=tabs,
    source=queries(__package__)["failed"],
    scope="%(everywhere)s",
    where=("j.status = 'failed'",),
    key="j.id",
    grows=True,
    filters=one_of("when", _("失败时间"), [("week", _("近七日"))], {"week": "e.at > %(now)s - interval '7 days'"}),
    columns=(
        Column("job_id", "j.id", _("编号"), "code", value=lambda r, a: str(r.job_id)),
        Column("task", "j.task_name", _("任务"), "code"),
        Column("queue", "j.queue_name", _("队列"), "code"),
        Column("attempts", "j.attempts", _("已试"), "num"),
        Column("failed_at", "e.at", _("失败时间"), "time"),
    ),
)  # fmt: skip
