"""The words of states and kinds of budget indicators."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

ENTRIES: words.Words = {
    "granted": (pgettext_lazy("budget", "下达"), "ok"), "cut": (pgettext_lazy("budget", "追减"), "bad"),
    "arrived": (_("额度到账"), "ok"), "withdrawn": (_("额度收回"), "neutral"),
    "held": (pgettext_lazy("budget", "预留"), "waiting"), "released": (_("释放预留"), "neutral"),
    "posted": (pgettext_lazy("budget", "支付"), "ok"), "restored": (_("退回恢复"), "neutral"),
    "lapsed": (_("年终注销"), "bad"), "carried": (_("上年结转"), "ok"),
}  # fmt: skip
LIST_KINDS: words.Words = {"units": (_("预算单位"), "neutral"), "posts": (_("人员岗位"), "neutral"),
                           "indicators": (pgettext_lazy("budget", "指标"), "neutral"),
                           "quota": (_("额度到账"), "neutral")}  # fmt: skip
LIST_STATES: words.Words = {"staged": (_("未提交"), "waiting"), "open": (_("待复核"), "waiting"),
                            "counts": (_("已生效"), "ok"), "past": (_("已有后来的清单"), "neutral")}  # fmt: skip
RUNNING: words.Words = {"running": (pgettext_lazy("post", "在任"), "ok"), "coming": (pgettext_lazy("post", "未到任"),
                                                                                   "waiting"),
                        "ended": (pgettext_lazy("post", "已离任"), "neutral")}  # fmt: skip
UNIT_STATES: words.Words = {"open": (pgettext_lazy("unit", "正常"), "ok"), "ended": (pgettext_lazy("unit", "已撤销"),
                                                                                   "neutral")}  # fmt: skip
YEARS: words.Words = {"open": (pgettext_lazy("budget", "执行中"), "ok"), "closed": (pgettext_lazy("budget", "已结转"),
                                                                                "neutral")}  # fmt: skip
CONTROLS: words.Words = {"indicator": (_("仅控制指标"), "neutral"), "quota": (_("控制指标和额度"), "neutral")}
YEAR_ENDS: words.Words = {"lapse": (_("全部注销"), "neutral"), "projects": (_("项目结转，基本支出注销"), "neutral"),
                          "all": (_("全部结转"), "neutral")}  # fmt: skip
