"""The words of states and kinds of court funds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

CASE_STATES: words.Words = {"open": (pgettext_lazy("court", "办理中"), "ok"), "closed": (pgettext_lazy("court",
                                                                                                       "已关闭"),
                                                                                                       "neutral"),
                            "merged": (_("已并案"), "neutral")}  # fmt: skip
FILE_STATES: words.Words = {
    "wrong": (_("有错误行"), "bad"), "staged": (_("未提交"), "waiting"), "open": (_("待复核"), "waiting"),
    "booked": (pgettext_lazy("court", "已入账"), "ok"), "stale": (pgettext_lazy("court file", "不能入账"), "neutral"),
}  # fmt: skip
ENTRIES: words.Words = {
    "collected": (_("渠道缴款"), "ok"), "given_back": (_("渠道冲正、退款"), "neutral"),
    "announced": (_("银行推送到账"), "ok"), "recalled": (_("推送更正"), "bad"), "transfer": (_("转账到账"), "ok"),
    "claimed": (_("认领转入"), "ok"), "unclaimed": (pgettext_lazy("court entry", "撤销认领"), "bad"),
    "moved_out": (_("并案转出"), "neutral"),
    "levied": (_("银行扣划"), "bad"), "moved_in": (_("并案转入"), "ok"),
    "interest_in": (_("利息分配"), "ok"), "payout": (_("发放"), "neutral"),
    "paid_refund": (pgettext_lazy("court", "退款"), "neutral"), "paid_fee": (_("扣费"), "neutral"),
    "paid_deposit": (_("提存"), "neutral"), "returned": (pgettext_lazy("court", "退汇"),
                                                                                      "bad"),
}  # fmt: skip
CLAIMS: words.Words = {
    "left": (_("待认领"), "neutral"), "soon": (_("认领将到期"), "waiting"), "late": (_("认领逾期"), "bad"),
    "proposed": (_("待复核"), "waiting"), "done": (_("已认领"), "ok"),
    "back": (_("已退回或退回办理中"), "neutral"),
}  # fmt: skip
RECALLS: words.Words = {"left": (_("待更正"), "bad"), "proposed": (_("待复核"), "waiting")}
OPEN: words.Words = {"left": (_("待说明"), "bad"), "proposed": (_("待复核"), "waiting"),
                     "error": (_("银行差错，待退回"), "waiting")}  # fmt: skip
PROOF: words.Words = {"ok": (_("相符"), "ok"), "gap": (pgettext_lazy("court", "不符"), "bad"),
                      "open": (_("有待说明"), "waiting")}  # fmt: skip
NAMES: words.Words = {"old": (_("原案号"), "neutral"), "resumed": (_("恢复执行案号"), "neutral"),
                      "source": (_("依据案号"), "neutral"), "merged": (_("并入案号"), "neutral")}  # fmt: skip
OUT = ("given_back", "unclaimed", "recalled", "moved_out", "payout", "levied", "paid_refund", "paid_fee",
       "paid_deposit")
