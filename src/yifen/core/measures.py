"""The figures that every process tells of itself, and those of the job runner."""

from yifen.core.facts.metrics import Metric
from yifen.core.facts.plug import Alert, Text

METRICS = (
    Metric("yifen_build_info", "gauge", ("version", "python"),
           "版本，恒为 1", "the version; always 1", process=True),
    Metric("yifen_process_ready", "gauge", (),
           "进程是否就绪（1 是，0 否；原因见 /ready）", "whether the process is ready: 1 or 0; /ready says why not",
           process=True),
    Metric("yifen_process_silent_seconds", "gauge", (),
           "进程最近一次写出指标至今的时间", "since the process last told its figures", process=True),
    Metric("yifen_process_start_time_seconds", "gauge", (),
           "进程启动时刻（自 1970 年）", "when the process began, since 1970", process=True),
    Metric("yifen_process_cpu_seconds_total", "counter", (),
           "进程用去的 CPU 时间", "processor time that the process used", process=True),
    Metric("yifen_process_resident_memory_bytes", "gauge", (),
           "进程占用的内存", "memory that the process holds", process=True),
    Metric("yifen_process_open_fds", "gauge", (),
           "进程打开的文件和连接数", "files and connections that the process has open", process=True),
    Metric("yifen_disk_free_bytes", "gauge", (),
           "数据文件夹所在磁盘的剩余空间", "room left on the disk of the data folder", process=True),
    Metric("yifen_job_duration_seconds", "histogram", ("task", "outcome"),
           "后台任务每次运行的时间；outcome：done、again（将重试）、failed",
           "how long a try of a job took; outcome: done, again (to be tried again), failed",
           bounds=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600), process=True),
    Metric("yifen_jobs", "gauge", ("queue", "state"),
           "任务数：todo 等待、doing 运行、failed 近一日失败", "jobs: todo, doing, failed within a day"),
    Metric("yifen_jobs_oldest_seconds", "gauge", ("queue",),
           "等待最久的任务已等的时间", "how long the oldest job that may run has waited"),
    Metric("yifen_runners", "gauge", (),
           "半分钟内有迹象的任务运行器", "job runners that gave a sign of life within half a minute"),
    Metric("yifen_processes", "gauge", ("role", "state"),
           "一分钟内有迹象的进程：alive 在运行，其中 ready 就绪、unready 未就绪；"
           "role：gateway、web、worker、night、pos、tcp",
           "processes with a sign of life within a minute: alive, ready and unready of them; role: gateway, web, "
           "worker, night, pos, tcp"),
    Metric("yifen_gauges_failed", "gauge", ("gauges",),
           "某业务的数据库指标是否读取失败（1 是）", "1 where a trade's figures could not be read of the database"),
)  # fmt: skip


def _no(role: str, zh: str, en: str, cure: Text, minutes: int, grave: bool) -> Alert:
    title = Text(f"没有就绪的{zh}进程", f"no {en} is ready")
    return Alert(f"YifenNo{role.capitalize()}", "yifen_processes", title, cure, minutes, under=1,
                 where=(("role", role), ("state", "ready")), grave=grave)  # fmt: skip


ALERTS = (
    _no("gateway", "网关", "gateway", Text(
        "看 gateway 单元是否在运行；在运行则看其 /ready 写明的原因。期间合作方收不到应答。",
        "does the unit gateway run? If so, its /ready says why not. Partners get no answers."), 1, grave=True),
    _no("web", "页面", "process of the pages", Text(
        "看 web 单元是否在运行；在运行则看其 /ready 写明的原因。",
        "does the unit web run? If so, its /ready says why not."), 2, grave=True),
    _no("worker", "后台作业", "worker", Text(
        "启动 worker 单元：未知缴费无人查询，任务不做，数据库指标也不再读取。",
        "start the unit worker: nobody asks about undecided payments, jobs wait, gauges are not read."), 2, grave=True),
    _no("night", "日终", "process of the night", Text(
        "启动 night 单元，否则当晚不日切、不结算。",
        "start the unit night, or no day is cut and settled tonight."), 5, grave=False),
    Alert("YifenProcessUnready", "yifen_processes", Text("有进程未就绪", "a process is not ready"), Text(
        "系统状态页和 /ready 写明是哪一个、为什么：数据库、名册或提交卡住。",
        "the page System state and /ready say which and why: the database, the roster, a lane that is stuck."),
        2, over=0, where=(("state", "unready"),)),
    Alert("YifenNoRunner", "yifen_runners", Text("任务运行器没有迹象", "no job runner gives a sign of life"), Text(
        "看 worker、night 单元的日志；数据库是否可写。",
        "look at the log of the units worker and night; does the database take writing?"), 2, under=1, grave=True),
    Alert("YifenJobsWait", "yifen_jobs_oldest_seconds",
          Text("任务等待超过十分钟", "a job has waited for ten minutes"), Text(
        "看是否有任务占住队列（yifen_jobs，state=doing）；night 队列由日终进程执行。",
        "does a job hold its queue (yifen_jobs, state=doing)? The queue night is the night process's."), 5, over=600),
    Alert("YifenJobsFailed", "yifen_jobs", Text("近一日有任务失败", "jobs failed within a day"), Text(
        "作业 › 失败的任务 列出，原因在 worker 的日志里。",
        "Jobs › Failed jobs lists them; the worker's log says why."), 1, over=0, where=(("state", "failed"),)),
    Alert("YifenGaugesFailed", "yifen_gauges_failed",
          Text("有业务的指标读不出来", "a trade's figures cannot be read"), Text(
        "worker 的日志写明原因；在此之前这一业务的告警都不可信。",
        "the worker's log says why; until then no alert of that trade can be trusted."), 5, over=0),
    Alert("YifenDiskLow", "yifen_disk_free_bytes",
          Text("数据盘剩余不足 5 GiB", "less than 5 GiB left on the data disk"), Text(
        "清理或扩容：数据库写满后不再接受缴费。",
        "make room: a full disk of the database takes no payments."), 5, under=5 * 2**30, grave=True),
    Alert("YifenProcessSilent", "yifen_process_silent_seconds", Text("进程没有迹象", "a process is silent"), Text(
        "进程卡住：取其日志后重启该单元。",
        "it hangs: keep its log, then restart the unit."), 1, over=20, grave=True),
    Alert("YifenNotTold", "yifen_runners", Text("数据库指标无人读取", "nobody reads the figures of the database"), Text(
        "没有 worker 在读，或数据库不可用：其余告警此时都不会响。",
        "no worker reads them, or the database is away: no other alert rings meanwhile."),
        2, grave=True, expr="absent(yifen_runners)"),
)  # fmt: skip
