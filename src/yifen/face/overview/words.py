"""What the dashboard calls the periods that it holds one against."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COMPARED: dict[str, Any] = {
    "day_before": _("前一日"),
    "same_weekday": _("上周同日"),
    "week_before": _("上一周"),
    "month_before": _("上一月"),
}
BY: dict[str, Any] = {"day": _("日"), "week": _("周"), "month": _("月")}


def compared_name(name: str) -> str:
    """As a chart's legend and a table have it."""
    return str(COMPARED[name])
