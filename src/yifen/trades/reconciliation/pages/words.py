"""The words of reconciliation and repair as pages show them (docs/reference/glossary.md)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face.words import Words
from yifen.trades.reconciliation.readers.registry import FORMATS

CLASSES: Words = {
    "ours_only": (_("我方有对方无"), "bad"),
    "theirs_only": (_("对方有我方无"), "bad"),
    "status": (_("状态不符"), "bad"),
    "amount": (_("金额不符"), "bad"),
    "fee": (_("手续费不符"), "waiting"),
    "duplicate": (_("对方重复"), "waiting"),
}
STATES: Words = {
    "open": (_("待处理"), "bad"),
    "waiting": (_("等待中"), "waiting"),
    "proposed": (_("待复核"), "accent"),
    "doing": (_("处理中"), "waiting"),
    "closed": (_("已平账"), "ok"),
}
CHECK_STATES: Words = {
    "unknown": (_("未对账"), "neutral"),
    "yes": (_("已对平"), "ok"),
    "differs": (_("不符"), "bad"),
    "no": (_("对方无此笔"), "bad"),
    "withdrawn": (_("对账证据已撤回"), "bad"),
}
ACTIONS: Words = {
    "refund": (_("退回缴费"), "neutral"),
    "book": (_("补记缴费"), "neutral"),
    "suspend": (_("挂账"), "neutral"),
    "resolve": (_("据对方定论"), "neutral"),
    "tell": (_("对方调整"), "neutral"),
    "accept": (_("认可对方"), "neutral"),
    "wait": (_("等待"), "neutral"),
    "ask": (_("人工处理"), "neutral"),
}
KINDS: Words = {
    "sale": (pgettext_lazy("line", "缴费"), "neutral"),
    "refund": (_("退款"), "neutral"),
    "void": (_("冲正"), "neutral"),
    "in": (_("收款"), "neutral"),
    "out": (_("付款"), "neutral"),
}
PARTIES: Words = {
    "hub": (_("本方"), "accent"),
    "channel": (_("渠道"), "neutral"),
    "biller": (_("收费单位"), "neutral"),
    "bank": (_("银行"), "neutral"),
}
HAS: Words = {
    "yes": (pgettext_lazy("holding", "有"), "ok"),
    "no": (pgettext_lazy("holding", "无"), "bad"),
    "differs": (pgettext_lazy("holding", "不符"), "bad"),
    "withdrawn": (pgettext_lazy("holding", "证据已撤回"), "bad"),
    "unknown": (pgettext_lazy("holding", "未知"), "waiting"),
}
MONEY: Words = {
    "expected": (_("款项未到"), "waiting"),
    "arrived": (_("款项已到"), "ok"),
}
ACTS: Words = {
    "propose": (_("提出处理"), "accent"),
    "approve": (_("复核通过"), "ok"),
    "refuse": (_("复核退回"), "bad"),
    "begin": (_("开始处理"), "waiting"),
    "again": (_("换法再办"), "waiting"),
    "wait": (_("等待结果"), "waiting"),
    "fail": (_("处理失败"), "bad"),
    "tell": (_("列入单边账文件"), "waiting"),
    "suspend": (_("转挂账"), "waiting"),
    "release": (_("挂账销账"), "ok"),
    "close": (_("平账"), "ok"),
    "own": (_("认领处理"), "neutral"),
    "note": (_("备注"), "neutral"),
    "outside": (_("外部已退款"), "ok"),
    "left": (_("留给人工"), "waiting"),
}
# Why people are asked, by what the step says.
HELD: Words = {
    "partial": (_("对方当日文件未确认齐全，缺行不作依据，不自动动账"), "waiting"),
    "item": (_("单笔超过自动上限，由两人处理"), "waiting"),
    "count": (_("当日同类笔数超过自动上限，由两人处理"), "waiting"),
    "sum": (_("当日同类金额合计超过自动上限，由两人处理"), "waiting"),
}
CLOSED_BY: Words = {
    "gone": (_("文件已更正或撤回，差异不再成立"), "neutral"),
    "cross_day": (_("次日文件已有"), "ok"),
    "rule": (_("按规则勾对"), "ok"),
    "group": (_("按批次合计勾对"), "ok"),
    "arrived": (_("银行流水已到"), "ok"),
    "repair": (_("自动平账"), "ok"),
}
FILE_STATES: Words = {
    "counting": (_("计入对账"), "ok"),
    "waiting": (_("待复核"), "waiting"),
    "replaced": (_("已被取代"), "neutral"),
    "withdrawn": (_("已撤回"), "bad"),
}
RECEIVERS: Words = {  # what stands where no person brought a file
    "fetched": (_("系统取得"), "neutral"),
    "inbox": (_("文件目录"), "neutral"),
    "cli": (_("命令行"), "neutral"),
}
OUTSIDE: Words = {
    "due": (_("退款待外部办理"), "bad"),
    "done": (_("外部已退款"), "ok"),
}
PURPOSES: Words = {
    "suspend": (_("转挂账"), "waiting"),
    "release": (_("挂账销账"), "ok"),
}


def format_name(code: str, language: str) -> str:
    """What a file format is called."""
    found = FORMATS.get(code)
    if found is None:
        return code
    return found.zh if language.startswith("zh") else found.en


def format_choices(language: str) -> list[tuple[str, str | Promise]]:
    """Every format, for a form."""
    return [(code, format_name(code, language)) for code in FORMATS]
