"""What an entry of the audit trail says, in words: actions, things, fields and their changes."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yifen.core.access.models import Authorisation
from yifen.core.access.second import acts, was_shown
from yifen.core.access.telling import told
from yifen.core.audit.queries import EntriesFound
from yifen.face.trail.naming import NOTHING, term, value
from yifen.face.words import Words

ACTIONS: Words = {
    "insert": (gettext_lazy("新增"), "ok"),
    "update": (gettext_lazy("修改"), "accent"),
    "delete": (gettext_lazy("删除"), "bad"),
    "truncate": (gettext_lazy("清空"), "bad"),
    "cut": (gettext_lazy("日切"), "neutral"),
    "baseline": (gettext_lazy("初始状态"), "neutral"),
    "told": (gettext_lazy("登记内容"), "neutral"),
    "sign_in": (pgettext_lazy("act", "登录"), "neutral"),
    "sign_in_failed": (gettext_lazy("登录失败"), "waiting"),
    "signature_failed": (gettext_lazy("现场授权未通过"), "waiting"),
    "confirmed": (gettext_lazy("再次确认本人"), "neutral"),
    "confirm_failed": (gettext_lazy("再次确认未通过"), "waiting"),
    "passkey_copied": (gettext_lazy("通行密钥疑似被复制"), "bad"),
    "resealed": (gettext_lazy("重新封存"), "accent"),
    "locked": (gettext_lazy("账号锁定"), "bad"),
    "unlocked": (gettext_lazy("解除锁定"), "accent"),
    "sign_out": (gettext_lazy("退出"), "neutral"),
    "authorise": (gettext_lazy("授权"), "accent"),
    "authorised": (gettext_lazy("同意（旧版）"), "accent"),
    "refused": (gettext_lazy("复核退回"), "waiting"),
    "proposed": (gettext_lazy("提出"), "waiting"),
    "approved": (gettext_lazy("复核同意"), "accent"),
    "withdrawn": (gettext_lazy("撤回提议"), "neutral"),
    "lapsed": (gettext_lazy("提议失效"), "neutral"),
    "shut": (pgettext_lazy("act", "停用"), "bad"),
    "certify": (gettext_lazy("开始合规测试"), "neutral"),
    "certified": (gettext_lazy("合规测试结束"), "neutral"),
    "receipt.print": (gettext_lazy("打印回单"), "neutral"),
    "voucher.print": (gettext_lazy("打印凭证"), "neutral"),
    "shift.open": (gettext_lazy("开班"), "neutral"),
    "shift.close": (gettext_lazy("结班"), "neutral"),
    "shift.print": (gettext_lazy("打印轧账单"), "neutral"),
    "export": (gettext_lazy("导出"), "waiting"),
    "download": (gettext_lazy("下载"), "waiting"),
    "reveal": (gettext_lazy("查看全名"), "waiting"),
    "verify": (gettext_lazy("验证"), "neutral"),
    "change": (gettext_lazy("更改设置"), "accent"),
    "signed": (gettext_lazy("签字关闭"), "waiting"),
}
HASH, HASH_SHOWN = re.compile(r"\b[0-9a-f]{40,}\b"), 12


class FieldChange(NamedTuple):
    """One field: its name, what it was and what it became; None where there was no row."""

    field: str
    title: str
    was: str | None
    now: str | None


def changes(entry: EntriesFound) -> list[FieldChange]:
    """Every field that the entry names, in order; of a proposal as its page calls them."""
    titles = _proposed(entry)
    before, after = entry.before or {}, entry.after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [
        FieldChange(
            name, titles.get(name) or term(name),
            value(entry.subject, name, before[name]) if name in before else None,
            value(entry.subject, name, after[name]) if name in after else None,
        )
        for name in names
    ]  # fmt: skip


def _proposed(entry: EntriesFound) -> dict[str, str]:
    number = (entry.after or {}).get("proposal")
    if entry.subject not in acts() or not isinstance(number, int):
        return {}
    row = Authorisation.objects.filter(pk=number).first()
    return {change.field: told(change.title) for change in was_shown(row)} if row else {}


def summary(entry: EntriesFound, most: int) -> str:
    """The entry in one line, without what stays as it is or begins empty; digests by their beginnings."""
    said = [entry.note] if entry.note else []
    for change in changes(entry):
        if change.was == change.now or (change.was is None and change.now in (NOTHING, _("（空）"))):
            continue
        if change.was is not None and change.now is not None:
            said.append(f"{change.title}: {change.was} → {change.now}")
        else:
            said.append(f"{change.title}: {change.was if change.now is None else change.now}")
    line = HASH.sub(lambda found: found[0][:HASH_SHOWN] + "…", _("；").join(said))
    return line if len(line) <= most else line[: most - 1] + "…"
