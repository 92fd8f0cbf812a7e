"""The figures that every process tells of itself, and those of the job runner."""

from yifen.core.facts.plug import Metric

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
           "一分钟内有迹象的进程：alive 在运行、ready 且就绪；role：gateway、web、worker、night",
           "processes with a sign of life within a minute: alive, and ready of them; role: gateway, web, worker, "
           "night"),
    Metric("yifen_gauges_failed", "gauge", ("gauges",),
           "某业务的数据库指标是否读取失败（1 是）", "1 where a trade's figures could not be read of the database"),
)  # fmt: skip
