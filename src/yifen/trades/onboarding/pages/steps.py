"""A partner's way in as its page shows it: what each step is called, where it is done, and by whom."""

from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access, now
from yifen.core.partners.models import Partner
from yifen.face.lists.listing import Row
from yifen.trades.onboarding.operations.way_in import (
    DONE,
    NEXT,
    OPEN,
    WAITING,
    WayStep,
    next_step,
    way_in,
)

ADMINS, KEEPERS = _("平台或机构管理员"), _("平台管理员或合作方开发人员")
FINANCE = _("机构管理员、财务或收费单位")


class StepWords(NamedTuple):
    """`title` of a step, what is `asked` of who does it, the permission, who has it, and on which page of which of
    the two partners it is done; no page: by a button."""

    title: str | Promise
    asked: str | Promise
    permission: str
    by: str | Promise
    page: str = ""
    in_sandbox: bool = False


STEPS = {
    "registered": StepWords(_("登记"), "", "partners.edit", ADMINS),
    "sandbox_key": StepWords(_("沙箱密钥"), _("签发沙箱密钥"), "partners.keys", KEEPERS, "partner_keys", True),
    "endpoint": StepWords(_("沙箱地址"), _("填写沙箱地址"), "partners.edit", ADMINS, "partner_edit", True),
    "tried": StepWords(_("首笔沙箱请求"), _("查看沙箱请求"), "partners.view", _("合作方"), "sandbox_requests", True),
    "certified": StepWords(_("一致性测试"), _("进行一致性测试"), "certify.run", KEEPERS, "partner_certify", True),
    "key": StepWords(_("正式密钥"), _("签发正式密钥"), "partners.keys", KEEPERS, "partner_keys"),
    "bills": StepWords(_("导入账单"), _("导入账单"), "payables.import", FINANCE, "bill_upload"),
    "admitted": StepWords(_("准入"), _("选择准入对象"), "partners.edit", ADMINS, "partner_admit"),
    "live": StepWords(_("上线"), _("申请上线"), "partners.edit", ADMINS),
}  # fmt: skip
WHY = {
    "not_whole": _("最近一次一致性测试有条款未过或未测；上线须全部通过。"),
    "outdated": _("最近一次一致性测试之后，密钥、地址或报文方式有变，须重测。"),
}


def way_of(row: Partner, access: Access, at: datetime) -> dict[str, Any]:
    """For console/partners/way.html, on the partner's page and its sandbox's: the steps, and the one that the
    reader can do now; empty where all is done, or the partner itself is not in scope."""
    partner = row.sandbox_of or row
    steps = way_in(partner, at) if access.scope.has_partner(partner.pk) else []
    if all(step.state == DONE for step in steps):
        return {}
    twin = Partner.objects.filter(sandbox_of=partner).first()
    todo = [step for step in steps if step.state in (NEXT, OPEN)]
    mine = next((step for step in todo if access.may(STEPS[step.name].permission)), None)
    first = next((step for step in todo if step.state == NEXT), None)
    return {
        "partner": partner, "twin": twin,
        "steps": [_shown(step, partner, twin, access) for step in steps],
        "mine": mine and {"asked": STEPS[mine.name].asked, "url": _url(mine, partner, twin)},
        "may_go_live": any(step.name == "live" for step in todo) and access.may(STEPS["live"].permission),
        "why": next((WHY[step.why[0]] for step in todo if step.why), ""),
        "theirs": STEPS[first.name] if first and first is not mine else None,
    }  # fmt: skip


def _shown(step: WayStep, partner: Partner, twin: Partner | None, access: Access) -> dict[str, Any]:
    """For parts/steps.html."""
    state = {DONE: "done", NEXT: "current"}.get(step.state, "")
    may = step.state in (NEXT, OPEN) and access.may(STEPS[step.name].permission)
    url = reverse("proposal", args=[step.proposal]) if step.proposal else ""
    return {"title": STEPS[step.name].title, "state": state, "note": _note(step, may),
            "url": _url(step, partner, twin) if may else url}  # fmt: skip


def _note(step: WayStep, may: bool) -> str:
    if step.state == DONE:
        return ""
    if step.state == WAITING:
        return str(_("待另一人复核"))
    if step.state in (NEXT, OPEN):
        return "" if may else str(_("由%s办理") % STEPS[step.name].by)
    titles = " · ".join(str(STEPS[name].title) for name in step.why)
    return str(_("须先完成：%s") % titles)


def _url(step: WayStep, partner: Partner, twin: Partner | None) -> str:
    """Where it is done; empty: by the button that asks to go live."""
    words = STEPS[step.name]
    if not words.page:
        return ""
    if words.page == "bill_upload":  # another trade's: who may come here has it
        return reverse(words.page)
    row = twin if words.in_sandbox and twin is not None else partner
    if words.page == "sandbox_requests":
        return f"{reverse(words.page)}?partner={row.pk}"
    return reverse(words.page, args=[row.code])


def next_word(row: Row, access: Access) -> str | None:
    """What comes next of a partner on its way in, as a word for its row in a list."""
    if row.state != "arriving":
        return None
    step = next_step(Partner.objects.get(pk=row.partner_id), now())
    if step is None:
        return None
    return str(_("待另一人复核") if step.state == WAITING else STEPS[step.name].title)
