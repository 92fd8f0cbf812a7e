"""The steps of a partner's way in, as the page draws them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yifen.core.partners.models import Partner
from yifen.trades.onboarding.operations import go_live


def why_not(row: Partner, now: datetime) -> str:
    """Why the sandbox's run does not let the partner in; empty where it does, or need not."""
    if go_live.is_hosted(row):
        return ""
    return {
        "none": _("沙箱尚未做过一致性测试。"),
        "not_whole": _("最近一次一致性测试有条款未过或未测；上线须全部通过。"),
        "outdated": _("最近一次一致性测试之后，密钥、地址或报文方式有变，须重测。"),
    }.get(go_live.why_not(row, now), "")  # fmt: skip


def step_list(row: Partner, now: datetime) -> list[dict[str, Any]]:
    """For parts/steps.html; a step that does not concern the partner is left out."""
    titles = {
        "registered": _("登记"), "sandbox_key": _("沙箱密钥"), "certified": _("一致性测试"),
        "key": _("正式密钥"), "live": _("上线"),
    }  # fmt: skip
    found: list[dict[str, Any]] = []
    current = True
    for step in go_live.steps(row, now):
        if not step.needed:
            continue
        state = "done" if step.done else "current" if current else ""
        current = current and step.done
        found.append({"title": titles[step.name], "state": state})
    return found
