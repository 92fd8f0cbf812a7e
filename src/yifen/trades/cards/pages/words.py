"""The words of states and kinds of official cards."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

MARKS: words.Words = {
    "official": (_("公务"), "accent"),
    "private": (_("私人"), "neutral"),
    "disputed": (_("有争议"), "bad"),
}
SWIPES: words.Words = {
    "auth": (_("已授权，未入账"), "waiting"),
    "cleared": (pgettext_lazy("swipe", "已入账"), "ok"),
    "refund": (pgettext_lazy("swipe", "退货"), "neutral"),
}
KINDS: words.Words = {
    "claim": (_("报账"), "accent"),
    "cash": (_("现金上卡"), "waiting"),
    "advance": (_("借款"), "waiting"),
    "settle": (_("冲借款"), "neutral"),
}
LEVELS: words.Words = {
    "cashier": (_("待单位经办审核"), "waiting"),
    "head": (_("待单位负责人审批"), "waiting"),
    "bureau": (_("待国库审批"), "waiting"),
}
CLAIM_STATES: words.Words = {
    **{f"at_{level}": told for level, told in LEVELS.items()},
    "approved": (pgettext_lazy("card claim", "已同意"), "ok"),
    "refused": (pgettext_lazy("card claim", "已退回"), "bad"),
    "withdrawn": (pgettext_lazy("card claim", "已撤回"), "neutral"),
}
REPAYMENTS: words.Words = {
    "due": (_("待还款"), "waiting"),
    "vouched": (_("已开凭证"), "accent"),
    "paid": (_("已还款"), "ok"),
    "returned": (_("已退回"), "bad"),
    "undone": (_("已退货，不还款"), "neutral"),
}
CARD_STATES: words.Words = {
    "left": (_("持卡人离任，待结清"), "bad"),
    "waiting": (pgettext_lazy("card", "待确认"), "waiting"),
    "active": (pgettext_lazy("card", "正常"), "ok"),
    "lost": (pgettext_lazy("card", "挂失"), "bad"),
    "stopped": (pgettext_lazy("card", "停用"), "bad"),
    "cancelled": (_("销卡"), "neutral"),
    "reissued": (_("已换卡"), "neutral"),
}
PLACES: words.Words = {
    "waiting": (_("待单位确认"), "waiting"),
    "confirmed": (pgettext_lazy("card", "已确认"), "ok"),
    "refused": (_("单位不认"), "bad"),
    "ended": (pgettext_lazy("card", "已终止"), "neutral"),
}
EVENTS: words.Words = {
    "new": (_("新卡"), "accent"),
    "place": (_("登记到单位"), "accent"),
    "unplace": (_("不再登记在单位"), "neutral"),
    "confirmed": (_("单位确认"), "ok"),
    "refused": (_("单位不认"), "bad"),
    "lost": (pgettext_lazy("card", "挂失"), "bad"),
    "found": (_("解挂"), "ok"),
    "stopped": (pgettext_lazy("card", "停用"), "bad"),
    "resumed": (pgettext_lazy("card", "恢复"), "ok"),
    "cancelled": (_("销卡"), "neutral"),
    "reissued": (_("换卡：由新卡接续"), "neutral"),
    "issued": (_("换卡：接续旧卡"), "accent"),
    "left": (_("离任，有未结清的消费"), "bad"),
    "settled": (_("已结清"), "ok"),
    "back": (_("又有岗位"), "ok"),
    "ended": (_("离开单位，登记终止"), "neutral"),
}
ROW_KINDS: words.Words = {**EVENTS, **SWIPES, "auth": (_("授权"), "neutral")}
"""What a bank's row says of a card or of a swipe."""
WRONGS: words.Words = {
    "open": (pgettext_lazy("card", "待处理"), "waiting"),
    "settled": (pgettext_lazy("card", "已处理"), "neutral"),
}
ABOUT: words.Words = {"card": (_("卡"), "neutral"), "swipe": (_("消费"), "neutral"), "word": (_("整份报文"), "bad")}
QUERIES: words.Words = {
    "asked": (_("等发卡行答复"), "waiting"),
    "told": (_("发卡行已答复"), "ok"),
    "failed": (_("没有答复"), "bad"),
}
ROWS_OF: words.Words = {
    "now": (pgettext_lazy("catalogue", "有效"), "ok"),
    "coming": (pgettext_lazy("catalogue", "未到起始日"), "waiting"),
    "past": (pgettext_lazy("catalogue", "已被替换"), "neutral"),
    "ended": (pgettext_lazy("catalogue", "已取消"), "bad"),
}
DEPUTIES: words.Words = {
    "now": (_("代理中"), "ok"),
    "coming": (_("未到起始日"), "waiting"),
    "past": (_("已到期"), "neutral"),
    "ended": (_("已结束"), "neutral"),
}
CATALOGUE_KINDS: words.Words = {
    "item": (_("目录项目"), "accent"),
    "exemption": (_("免刷卡理由"), "neutral"),
}
