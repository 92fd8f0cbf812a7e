"""What an entry of the audit trail says, in words: actions, things, fields and their changes."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yifen.core.audit.queries import EntriesFound
from yifen.face.words import Words

ACTIONS: Words = {
    "insert": (gettext_lazy("新增"), "ok"),
    "update": (gettext_lazy("修改"), "accent"),
    "delete": (gettext_lazy("删除"), "bad"),
    "truncate": (gettext_lazy("清空"), "bad"),
    "cut": (gettext_lazy("日切"), "neutral"),
    "sign_in": (pgettext_lazy("act", "登录"), "neutral"),
    "sign_in_failed": (gettext_lazy("登录失败"), "waiting"),
    "signature_failed": (gettext_lazy("现场授权未通过"), "waiting"),
    "locked": (gettext_lazy("账号锁定"), "bad"),
    "unlocked": (gettext_lazy("解除锁定"), "accent"),
    "sign_out": (gettext_lazy("退出"), "neutral"),
    "authorise": (gettext_lazy("授权"), "accent"),
    "authorised": (gettext_lazy("复核同意"), "accent"),
    "refused": (gettext_lazy("复核退回"), "waiting"),
    "proposed": (gettext_lazy("提出"), "waiting"),
    "approved": (gettext_lazy("复核同意"), "accent"),
    "withdrawn": (gettext_lazy("撤回提议"), "neutral"),
    "shut": (gettext_lazy("停用"), "bad"),
    "certify": (gettext_lazy("开始合规测试"), "neutral"),
    "certified": (gettext_lazy("合规测试结束"), "neutral"),
    "receipt.print": (gettext_lazy("打印回单"), "neutral"),
    "voucher.print": (gettext_lazy("打印凭证"), "neutral"),
    "shift.open": (gettext_lazy("开班"), "neutral"),
    "shift.close": (gettext_lazy("结班"), "neutral"),
    "shift.print": (gettext_lazy("打印轧账单"), "neutral"),
    "export": (gettext_lazy("导出"), "waiting"),
    "download": (gettext_lazy("下载"), "waiting"),
    "verify": (gettext_lazy("验证"), "neutral"),
    "change": (gettext_lazy("更改设置"), "accent"),
    "signed": (gettext_lazy("签字关闭"), "waiting"),
}
SUBJECTS: Words = {
    "institution": (gettext_lazy("机构"), ""),
    "partner": (gettext_lazy("合作方"), ""),
    "partner_key": (gettext_lazy("密钥"), ""),
    "channel": (gettext_lazy("渠道"), ""),
    "biller": (gettext_lazy("收费单位"), ""),
    "biller_error_code": (gettext_lazy("收费方返回码"), ""),
    "biller_outage": (gettext_lazy("停机窗口"), ""),
    "admission": (gettext_lazy("准入"), ""),
    "ledger_book": (gettext_lazy("账簿"), ""),
    "ledger_account": (gettext_lazy("账户"), ""),
    "access_user": (gettext_lazy("用户"), ""),
    "access_user_role": (gettext_lazy("用户角色"), ""),
    "access_authorisation": (gettext_lazy("授权记录"), ""),
    "partners.go_live": (gettext_lazy("上线"), ""),
    "conformance_run": (gettext_lazy("合规测试"), ""),
    "otp_totp_totpdevice": (gettext_lazy("动态码设备"), ""),
    "otp_static_staticdevice": (gettext_lazy("恢复码设备"), ""),
    "otp_static_statictoken": (gettext_lazy("恢复码"), ""),
    "recon_profile": (gettext_lazy("对账方式"), ""),
    "recon_policy": (gettext_lazy("平账规则"), ""),
    "recon_layout": (gettext_lazy("文件版式"), ""),
    "recon_layout_column": (gettext_lazy("版式的列"), ""),
    "eod_schedule": (gettext_lazy("日终时间"), ""),
    "eod_run": (gettext_lazy("日终"), ""),
    "daily_statement": (gettext_lazy("对账单"), ""),
    "calendar_day": (gettext_lazy("工作日历"), ""),
    "agreement": (gettext_lazy("手续费协议"), ""),
    "agreement_tier": (gettext_lazy("协议阶梯"), ""),
    "merchant": (gettext_lazy("商户层级"), ""),
    "merchant_split": (gettext_lazy("分账"), ""),
    "payee": (gettext_lazy("收款账户"), ""),
    "bank": (gettext_lazy("开户银行"), ""),
    "payment": (gettext_lazy("缴费"), ""),
    "counter_entry": (gettext_lazy("柜面流水"), ""),
    "counter_shift": (gettext_lazy("班次"), ""),
    "console_books_check": (gettext_lazy("账务验证"), ""),
    "payments": (gettext_lazy("缴费列表"), ""),
    "accounts": (gettext_lazy("账户列表"), ""),
    "account": (gettext_lazy("明细账"), ""),
    "audit": (gettext_lazy("审计列表"), ""),
    "daily_file": (gettext_lazy("对账文件"), ""),
    "console_export": (gettext_lazy("导出文件"), ""),
}


class Change(NamedTuple):
    """One field: what it was and what it became; None where there was no row."""

    field: str
    was: str | None
    now: str | None


def changes(entry: EntriesFound) -> list[Change]:
    """Every field that the entry names, in order."""
    before, after = entry.before or {}, entry.after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [
        Change(name, text(before[name]) if name in before else None,
               text(after[name]) if name in after else None)
        for name in names
    ]  # fmt: skip


def text(value: Any) -> str:
    """A value as a person reads it."""
    match value:
        case None:
            return _("（空）")
        case bool():
            return _("是") if value else _("否")
        case "":
            return "“”"
    return str(value)


def summary(entry: EntriesFound, most: int) -> str:
    """The entry in one line."""
    said = [entry.note] if entry.note else []
    for change in changes(entry):
        if change.was is not None and change.now is not None:
            said.append(f"{change.field}: {change.was} → {change.now}")
        else:
            said.append(f"{change.field}: {change.was if change.now is None else change.now}")
    line = "；".join(said)
    return line if len(line) <= most else line[: most - 1] + "…"
