"""One difference as its page tells it: fields side by side, the parties, acts, consequences."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.sealing import ring
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import opened_in
from yifen.face import words as said
from yifen.face.masking import account_shown
from yifen.trades.reconciliation.pages import words
from yifen.trades.reconciliation.pages.item import ItemFound
from yifen.trades.reconciliation.repair import rules
from yifen.trades.reconciliation.repair.items import RepairItem, RepairLeg
from yifen.trades.reconciliation.repair.queries import Act, Holding, ItemPosting, Related
from yifen.trades.reconciliation.repair.words import Difference, RepairAction, Truth

Shown = dict[str, Any]
BY_ITSELF = frozenset({"repair", "end of day"})


def compared(found: ItemFound, access: Access) -> list[Shown]:
    """Field by field: title, ours, theirs, whether they differ."""
    item, more = found.item, found.more
    has_both = item.ours_kind is not None and item.theirs_kind is not None
    account = account_shown(access, opened_in(ring(), item.account_no)) if item.account_no else None
    ours_kind, theirs_kind = (said.word(words.KINDS, kind) if kind else None
                              for kind in (item.ours_kind, item.theirs_kind))  # fmt: skip
    rows = [
        field(_("交易类型"), ours_kind, theirs_kind),
        field(_("流水号"), item.serial if item.ours_kind else None,
              item.serial if item.theirs_kind else None, "code"),
        field(_("金额（元）"), item.ours_fen, item.theirs_fen, "amount"),
        *([field(_("手续费（元）"), more.ours_fee_fen, more.theirs_fee_fen, "amount")]
          if more.ours_fee_fen or more.theirs_fee_fen else []),
        field(_("交易时间"), at(item.ours_at), at(item.theirs_at), "code"),
        field(_("原流水号"), None, item.original, "code"),
        field(_("对方编号"), None, item.theirs_ref, "code"),
        field(_("批次"), None, more.batch, "code"),
        field(_("户号"), account if item.ours_kind else None,
              account if item.theirs_kind else None, "code"),
    ]  # fmt: skip
    compared_fields = {_("交易类型"), _("金额（元）"), _("手续费（元）")}
    for row in rows:
        row["differs"] = (row["title"] in compared_fields and has_both
                          and row["ours"] != row["theirs"] and row["theirs"] is not None)  # fmt: skip
    return [row for row in rows if row["ours"] is not None or row["theirs"] is not None]


def field(title: str, ours: Any, theirs: Any, kind: str = "text") -> Shown:
    return {"title": title, "ours": ours, "theirs": theirs, "kind": kind}


def at(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else None


def facts(found: ItemFound) -> list[Shown]:
    """What the item is, besides both records."""
    item, more = found.item, found.more
    shown: list[Shown] = [
        {"title": _("合作方"), "text": f"{item.partner} {more.partner_name}"},
        {"title": _("会计日期"), "kind": "code", "text": item.business_day.isoformat()},
        {"title": _("处理人"), "text": item.owner},
        {"title": _("期限"), "kind": "code", "text": item.deadline.isoformat() if item.deadline else "—"},
        {"title": _("发现时间"), "kind": "time", "at": item.opened_at},
        {"title": _("对方减我方"), "kind": "amount", "fen": item.difference_fen},
    ]
    if more.file_name:
        place = _("%(name)s 第 %(version)s 版，第 %(line)s 行") % {
            "name": more.file_name, "version": more.file_version, "line": more.line_no}  # fmt: skip
        told = place if more.file_counts else _("%s（已被取代或撤回）") % place
        shown.append({"title": _("对方文件"), "text": told, "url": reverse("recon_file", args=[more.file_id])})
    if more.closed_by:
        shown += [{"title": _("平账"), "text": by(str(said.word(words.CLOSED_BY, more.closed_by)))},
                  {"title": _("平账时间"), "kind": "time", "at": more.closed_at}]  # fmt: skip
    if (outside := found.outside) is not None:
        word = said.badge(words.OUTSIDE, "done" if outside.closed_at else "due")
        shown += [{"title": _("付款人退款"), **word}, {"title": _("应由渠道退付款人"), "text":
                  f"{outside.channel} ¥{grouped_yuan(outside.amount_fen)}"}]  # fmt: skip
        if outside.closed_at:
            shown.append({"title": _("渠道退款编号"), "kind": "code", "text": outside.reference})
    return shown


def holdings(found: list[Holding]) -> Shown:
    """Who has the payment."""
    rows = []
    for row in found:
        cells = [{"text": said.word(words.PARTIES, row.party)}, {"text": row.partner or "—"},
                 said.badge(words.HAS, row.has), {"text": holding_word(row)}]  # fmt: skip
        rows.append({"cells": cells})
    heads = (_("一方"), _("代码"), _("有无"), _("情形"))
    return {"columns": [{"title": head} for head in heads], "rows": rows}


def holding_word(row: Holding) -> str:
    """The state in our books, the class of the difference, or the money's at the bank."""
    if row.party == "hub":
        payer, _slash, biller = row.word.partition("/")
        return (f"{said.word(said.PAYER_STATES, payer)} · "
                f"{said.word(said.BILLER_STATES, biller)}")  # fmt: skip
    if row.party == "bank":
        return str(said.word(words.MONEY, row.word)) if row.word else _("尚未列入应收款")
    if not row.word:
        return _("尚未对账") if row.has == "unknown" else _("已勾对")
    return str(said.word(words.CLASSES, row.word))


def related(found: list[Related]) -> Shown:
    """Other partners' differences of the same payment."""
    rows = [
        {"cells": [
            {"kind": "code", "text": str(row.item_id), "url": reverse("difference", args=[row.item_id])},
            {"text": row.partner}, {"text": said.word(words.CLASSES, row.kind)},
            {"kind": "code", "text": row.serial}, {"kind": "amount", "fen": row.ours_fen},
            {"kind": "amount", "fen": row.theirs_fen}, said.badge(words.STATES, row.state),
        ]}
        for row in found
    ]  # fmt: skip
    amounts = [{"title": title, "kind": "amount"} for title in (_("我方金额（元）"), _("对方金额（元）"))]
    heads = [{"title": title} for title in (_("编号"), _("合作方"), _("差异类别"), _("流水号"))]
    return {"columns": [*heads, *amounts, {"title": _("状态")}], "rows": rows}


def events(acts: Iterable[Act], opened_at: Any) -> list[Shown]:
    """From when it was found to the last act."""
    shown: list[Shown] = [{"title": _("发现差异"), "at": opened_at, "tone": "bad", "note": ""}]
    for act in acts:
        action = act.after.get("action") if act.act in ("propose", "begin", "tell") else None
        what = said.word(words.ACTIONS, action) if action else ""
        who = by(act.who)
        told = said.word(words.HELD, act.note) if act.act == "left" else act.note
        note = " · ".join(str(part) for part in (who, what, told) if part)
        shown.append({"title": said.word(words.ACTS, act.act), "at": act.at, "note": note,
                      "tone": said.tone(words.ACTS, act.act)})  # fmt: skip
    return shown


def by(who: str) -> str:
    """A login, or that no person did it."""
    return _("系统") if who in BY_ITSELF else who


def postings(found: list[ItemPosting]) -> Shown:
    """Money that the repair moved."""
    rows = [
        {"cells": [
            {"kind": "code", "text": str(abs(row.document_id))}, said.badge(words.PURPOSES, row.purpose),
            {"kind": "code", "text": row.debit}, {"kind": "code", "text": row.credit},
            {"kind": "amount", "fen": row.amount_fen}, {"kind": "code", "text": f"{row.business_day}"},
            {"text": " / ".join(by(who) for who in (row.maker, row.checker) if who)},
        ]}
        for row in found
    ]  # fmt: skip
    heads = [{"title": title} for title in (_("凭证号"), _("用途"), _("借方账户"), _("贷方账户"))]
    tail = [{"title": title} for title in (_("会计日期"), _("经办 / 复核"))]
    return {"columns": [*heads, {"title": _("金额（元）"), "kind": "amount"}, *tail], "rows": rows}


def choices(found: ItemFound) -> list[Shown]:
    """The actions that may be proposed, what each would do, the suggested one first."""
    suggested = found.step.action
    possible = sorted(found.step.possible, key=lambda action: (action != suggested, action))
    return [
        {"action": action.value, "title": said.word(words.ACTIONS, action),
         "consequence": consequence(action, found.item, found.leg),
         "suggested": action == suggested}
        for action in possible
    ]  # fmt: skip


def consequence(action: RepairAction, item: RepairItem, leg: RepairLeg) -> str:
    """What would happen, in words and amounts."""
    sum_shown = "¥" + grouped_yuan(rules.money_of(action, item))
    match action:
        case RepairAction.REFUND:
            return _("缴费 %(payment)s 退回 %(sum)s：应缴项恢复待缴，当日冲正、隔日退款。") % {
                "payment": item.payment_id, "sum": sum_shown}  # fmt: skip
        case RepairAction.BOOK:
            return _("按对方流水补记销账 %s；确定不能销账时转挂账。") % sum_shown
        case RepairAction.SUSPEND if item.difference_fen > 0:
            return _("长款 %s 记入待查挂账，待查明后销账。") % sum_shown
        case RepairAction.SUSPEND:
            return _("短款 %s 记入应收短款，待追回后销账。") % sum_shown
        case RepairAction.RESOLVE:
            word = rules.outcome(item, leg) or ""
            return _("未决缴费 %(payment)s（%(sum)s）定为：%(word)s。") % {
                "payment": item.payment_id, "sum": sum_shown,
                "word": said.word(said.BILLER_STATES, word)}  # fmt: skip
        case RepairAction.TELL if leg.truth is Truth.OURS and item.kind is Difference.OURS_ONLY:
            return _("以本方账务为准：列入单边账文件，由对方补登 %s；我方不动账，等对方后续文件。") % sum_shown
        case RepairAction.TELL if leg.truth is Truth.OURS and item.kind is Difference.THEIRS_ONLY:
            return _("以本方账务为准：列入单边账文件，由对方冲正 %s；我方不动账，等对方后续文件。") % sum_shown
        case RepairAction.TELL:
            return _("列入单边账文件，由对方调整 %s；我方不动账，等对方后续文件。") % sum_shown
        case RepairAction.ACCEPT:
            return _("认可对方的记录，我方不动账，差异就此平账。")
    return ""


def payment_url(found: ItemFound, access: Access) -> str:
    may = found.item.payment_id is not None and access.may("payments.view")
    return reverse("payment", args=[found.item.payment_id]) if may else ""
