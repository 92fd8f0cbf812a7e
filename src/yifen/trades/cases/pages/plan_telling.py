"""Plans of distribution as their pages tell them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_name
from yifen.trades.cases.pages.telling import Shown, table
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.payout import plans
from yifen.trades.cases.payout.plans import CasePlan, Creditor, PlanShare


def plan_facts(plan: CasePlan) -> list[Shown]:
    return [
        {"title": _("方案"), "kind": "code", "text": str(plan.plan_id)},
        {"title": _("分配办法"), "text": told(plans.WAYS[plan.method])},
        {"title": _("执行费（元）"), "kind": "amount", "fen": plan.fee_fen},
        {"title": _("评估拍卖等费用（元）"), "kind": "amount", "fen": plan.cost_fen},
        {"title": _("费用未扣（元）"), "kind": "amount", "fen": plan.fee_left_fen},
        {"title": _("可分配（元）"), "kind": "amount", "fen": plan.pot_fen},
        {"title": _("异议期（天）"), "kind": "code", "text": str(plan.objection_days)},
        {"title": _("确定时间"), "kind": "time", "at": plan.made_at},
        {"title": _("复核单"), "text": str(plan.proposal_id), "url": reverse("proposal", args=[plan.proposal_id])},
    ]  # fmt: skip


def share_table(plan: CasePlan, creditors: Iterable[Creditor], access: Access) -> Shown:
    """Each creditor's share in the order of the plan."""
    who = {one.party_id: one for one in creditors}
    whole = access.may("cases.keep")

    def objection(share: PlanShare) -> str:
        said = []
        if share.objected_at is not None:
            end = share.settlement if share.settled_at else _("未处理")
            said.append(f"{share.objection} → {end}")
        if share.agreed_at is not None:
            said.append(_("书面同意"))
        return "；".join(said)

    def line(share: PlanShare) -> tuple[Any, ...]:
        one = who[share.party_id]
        paid = share.application_id
        return (str(share.party_id), one.name if whole else masked_name(one.name), told(ROLES[one.role]),
                told(plans.RANK_WORDS[share.rank]), {"kind": "amount", "fen": share.claim_fen},
                {"kind": "amount", "fen": share.paid_fen}, {"kind": "amount", "fen": share.share_fen},
                {"kind": "code", "text": str(share.served_on or "")}, objection(share),
                {"text": str(paid), "url": reverse("court_payout", args=[paid])} if paid else "")  # fmt: skip

    found = plans.shares_of(plan)
    return table((_("编号"), _("姓名"), _("诉讼地位"), _("受偿顺位"), _("债权额（元）"), _("已受偿（元）"),
                  _("分配额（元）"), _("送达日"), _("异议"), _("结退申请")), map(line, found), (4, 5, 6))  # fmt: skip
