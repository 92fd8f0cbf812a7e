"""The tabs above the lists of jobs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(current: str) -> list[dict[str, Any]]:
    """Undecided calls, daily files, exports, failed jobs."""
    names = (("jobs", _("未决调用")), ("daily_files", _("对账文件")), ("exports", _("导出")),
             ("failed_jobs", _("失败的任务")))  # fmt: skip
    return [{"title": title, "url": reverse(name), "current": name == current}
            for name, title in names]  # fmt: skip
