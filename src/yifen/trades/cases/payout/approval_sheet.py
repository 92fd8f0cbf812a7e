"""The approval sheet 审批表 of an application for a payout: who asked, who agreed, to whom, by which rule."""

from collections.abc import Callable, Iterator
from datetime import datetime

from yifen.core.documents.court_paper import CourtPaper, PaperFact, court_paper
from yifen.core.documents.figures import grouped_yuan, shown_at
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.ring import key_ring
from yifen.trades.cases.clock import checking
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.payout import payout_levels, payouts, plans
from yifen.trades.cases.payout.payouts import Application, LevelWord
from yifen.trades.cases.payout.reading import left

BACK = {"same": "是原付款账户", "other": "不是原付款账户", "unknown": "不知原付款账户"}


def approval_sheet(asked: Application, url_of: Callable[[str], str], at: datetime, login: str, whole: bool) -> bytes:
    """With the words said so far. `whole`: accounts and names unmasked, for who agrees to payouts."""
    words = payouts.signatures(asked.application_id)
    number = checking.number_of(asked.case_id, checking.of_application(asked.application_id, len(words)))
    return court_paper(CourtPaper(
        title="案款结退审批表", title_en="Approval of a payout of case money", issuer=asked.court, number=number,
        facts=(*_asked(asked), *_payee(asked, whole), *_plan(asked), *_rule(asked), *_levels(asked, words)),
        amount_fen=asked.amount_fen, amount_zh=payout_levels.ALL_KINDS[asked.kind].zh,
        amount_en=payout_levels.ALL_KINDS[asked.kind].en, qr_url=url_of(number), qr_zh="扫码或按编号验真",
        qr_en="Scan or enter the number to check; what is shown online counts.", made_at=at, made_by=login,
    ))  # fmt: skip


def _asked(asked: Application) -> Iterator[PaperFact]:
    if asked.case_id:
        yield PaperFact(zh="案号", en="Case", value=f"{asked.number}（{asked.account_no}）")
    else:
        yield PaperFact(zh="不明款", en="Unidentified money", value=f"{-(asked.receipt_id or 0)}")
    yield PaperFact(zh="申请号", en="Application", value=f"{asked.application_id}（{asked.reference}）")
    yield PaperFact(zh="申请人", en="Applied for by",
                    value=f"{_person(asked.asked_by)}，{shown_at(asked.asked_at)}")  # fmt: skip
    yield PaperFact(zh="事由", en="Words", value=asked.words)
    if asked.evidence:
        yield PaperFact(zh="凭据", en="Evidence", value=asked.evidence)


def _payee(asked: Application, whole: bool) -> Iterator[PaperFact]:
    ring = key_ring()
    name = opened_in(ring, asked.payee_name, str if whole else masked_name)
    account = opened_in(ring, asked.payee_no, str if whole else masked_number)
    what = ROLES[asked.role].zh if asked.role else "本院" if asked.case_id else "原付款人"
    yield PaperFact(zh="收款人", en="Payee", value=f"{what} {name}")
    yield PaperFact(zh="收款账户", en="Account", value=f"{account}，{asked.bank_name} {asked.bank_code}")
    if asked.receipt_id:
        payer, payer_no = payouts.paid_by(asked.receipt_id)
        said = BACK[payouts.goes_back_to(asked.payee_no, payer_no)]
        from_whom = f"{payer} {payer_no}" if whole else f"{masked_name(payer)} {masked_number(payer_no)}"
        yield PaperFact(zh="原付款人", en="Paid by", value=f"{from_whom.strip()}（{said}）" if payer else said)
    if asked.other_why:
        yield PaperFact(zh="退到其他账户的理由", en="Why to another account", value=asked.other_why)


def _plan(asked: Application) -> Iterator[PaperFact]:
    """What is deducted, and who is paid, in their order."""
    found = left("plan_applied", (asked.application_id,))
    if not found:
        return
    plan_id, method, fee, cost, shares = found[0]
    lines = [(name, fen) for name, fen in (("执行费", fee), ("评估拍卖等费用", cost)) if fen]
    lines += [(f"{ROLES[role].zh} {party}（{plans.RANK_WORDS[rank].zh}，债权 {grouped_yuan(claim)}）", fen)
              for party, role, rank, claim, fen, *_said in shares]  # fmt: skip
    yield PaperFact(zh="分配方案", en="Plan", value=f"{plan_id}，{plans.WAYS[method].zh}")
    yield PaperFact(zh="扣除、清偿次序", en="In this order",
                    value="；".join(f"{n} {name} {grouped_yuan(fen)}"
                                    for n, (name, fen) in enumerate(lines, 1)))  # fmt: skip
    said = [f"{party} {objection} → {settlement or '未处理'}{'；书面同意' if agreed else ''}"
            for party, *_share, objection, settlement, agreed in shares if objection]  # fmt: skip
    if said:
        yield PaperFact(zh="异议", en="Objections", value="；".join(said))


def _rule(asked: Application) -> Iterator[PaperFact]:
    rule_from, levels = left("rule_applied", (asked.application_id,))[0]
    yield PaperFact(zh="审批规则", en="Rule", value=f"{rule_from} 起：{payout_levels.told(levels).zh}")
    yield PaperFact(zh="定级金额", en="Sum that says the levels", value=grouped_yuan(asked.chain_fen))


def _levels(asked: Application, words: list[LevelWord]) -> Iterator[PaperFact]:
    given = {word.step: word for word in words}
    for step, level in enumerate(asked.levels, 1):
        title, word = payout_levels.LEVELS[level], given.get(step)
        said = "—"
        if word:
            said = (f"{'同意' if word.yes else '不同意'}，{_person(word.login)}，{shown_at(word.at)}，当时余额"
                    f" {grouped_yuan(word.balance_fen)}" + (f"，{word.note}" if word.note else ""))  # fmt: skip
        yield PaperFact(zh=f"{step} {title.zh}", en=title.en, value=said)


def _person(login: str) -> str:
    """By his name and login."""
    found = left("user_named", (login,))
    return f"{found[0][0]}（{login}）" if found else login
