"""The papers of a collection order, a page: 托收凭证 with what the payer may do, or 托收退回通知书 with why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yifen.core.documents.court_paper import CourtPaper, PaperFact, court_paper
from yifen.core.documents.figures import grouped_yuan
from yifen.core.plugs import result_code
from yifen.trades.collection import rules


def demand_paper(order: Any, bills: Sequence[Any], link: str, made_at: datetime, made_by: str) -> bytes:
    """`order`, `bills`: as pages read them; `link`: by which the payer answers, "": he does not any more."""
    is_back, kind = order.state == "returned", rules.KINDS[order.kind]
    facts = [
        PaperFact(zh="收款人", en="Payee", value=order.biller),
        PaperFact(zh="付款人", en="Payer", value=order.payer),
        PaperFact(zh="付款账号", en="From account", value=order.account_shown),
        PaperFact(zh="合同号", en="Contract", value=order.contract),
        PaperFact(zh="托收种类", en="Kind", value=kind.zh),
        PaperFact(zh="户号", en="Customer", value=order.account_no),
        *(
            PaperFact(zh="账单", en="Bill", value=f"{bill.ref} {bill.title} {grouped_yuan(bill.fen)}")
            for bill in bills[:12]
        ),
        *([PaperFact(zh="账单", en="Bills", value=f"共 {len(bills)} 笔，其余见系统")] if len(bills) > 12 else []),
        *([PaperFact(zh="送达日", en="Told on", value=order.told_on.isoformat())] if order.told_on else []),
        *([PaperFact(zh="答复截止日", en="Answer by", value=order.last_on.isoformat())] if order.last_on else []),
    ]
    return court_paper(
        CourtPaper(
            title="托收退回通知书" if is_back else "托收凭证",
            title_en="Collection returned" if is_back else "Collection order",
            issuer=order.institution,
            number=order.number,
            to=order.biller.partition(" ")[2] if is_back else order.payer,
            facts=tuple(facts),
            amount_fen=order.amount_fen,
            amount_zh="托收金额",
            amount_en="Amount",
            text=_text(order, is_back),
            qr_url=link,
            qr_zh="查看、同意或拒付" if link else "",
            qr_en="See, agree or refuse" if link else "",
            signed=True,
            made_at=made_at,
            made_by=made_by,
        )
    )


def _text(order: Any, is_back: bool) -> tuple[str, ...]:
    if is_back:
        why = result_code(order.code).meaning if order.code else None
        reason = f"理由：{order.reason}。" if order.reason else ""
        return (f"本笔托收未付，现予退回。{order.code:04d} {why.zh}。{reason}" if why else reason,)
    if order.days == 0:
        return ("凭付款人事先签署的特约合同付款，不另行征询；付款人有异议的，向收款人提出。",)
    silence = (
        "期满未答复的，视同同意付款，于期满次一工作日开始营业时划款。"
        if order.silence
        else "期满未答复的，退回收款人。"
    )
    part = "可拒付其中的账单。" if order.part else "拒付须为全部。"
    return (
        f"自送达次日起 {order.days} 个工作日内，付款人可同意付款或提出拒付并写明理由；{part}{silence}"
        "账户不足支付的退回收款人。",
    )
