"""An account in arrears as its page tells it: facts and tables."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.sealing import ring
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_name
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.hub.payments.names import opened_name
from yifen.trades.arrears import debts, rules
from yifen.trades.arrears.debts import DebtAccount
from yifen.trades.arrears.pages.lists import CUT_STATES, HOLD_STATES, KINDS, OPEN, STEPS, WHY, read
from yifen.trades.arrears.pages.masking import account_shown, phone_of

_SQL = queries(__package__)
Shown = dict[str, Any]


def at(one: DebtAccount, **more: Any) -> dict[str, Any]:
    return {
        "bucket": one.bucket,
        "customer": one.customer_id,
        "biller": one.biller_id,
        "account": one.account_no,
    } | more


def facts(one: DebtAccount, access: Access, to_call: bool) -> list[Shown]:
    """`to_call`: somebody is to call, who reads the phone."""
    name, phone = reached(one)
    calls = read(_SQL["account_calls"], at(one))[0][0]
    return [
        {"title": _("收费单位"), "text": one.biller_name},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, one.account_no)},
        {"title": _("户名"), "text": (name if to_call else masked_name(name)) or "—"},
        {"title": _("地址"), "text": one.place},
        {
            "title": _("手机"),
            "kind": "code",
            "text": phone if to_call else f"****{phone[-4:]}" if phone else "—",
        },
        {"title": _("未接通天数"), "text": str(calls)},
    ]


def reached(one: DebtAccount) -> tuple[str, str]:
    """Whole: the holder's name, and his phone."""
    contact, name = read(_SQL["contact"], at(one))[0]
    return (opened_name(ring(), one.biller_id, one.account_no, name),
            phone_of(one.biller_id, one.account_no, contact))  # fmt: skip


def sections(one: DebtAccount, access: Access, now: datetime) -> list[tuple[str, Shown]]:
    """Its tables; what has no rows is left out, but for the debts and the bills."""
    today = localdate(now)
    found = [
        (_("各费种"), _debts(one)), (_("未缴账单"), _bills(one, access, now)),
        (_("承诺、分期、异议"), _holds(one, access, today)), (_("停供与复供"), _cuts(one)),
        (_("函件"), _letters(one)), (_("经过"), _done(one)), (_("已核销账单"), _written(one, access)),
    ]  # fmt: skip
    return [
        (title, table) for place, (title, table) in enumerate(found) if table["rows"] or place < 2
    ]


def _badge(known: words.Words, word: str | None) -> Shown:
    return {"kind": "badge", **words.badge(known, word)} if word else {"text": "—"}


def _code(value: Any) -> Shown:
    return {"kind": "code", "text": "—" if value is None else str(value)}


def _time(value: datetime | None) -> Shown:
    return _code(value and f"{localtime(value):%Y-%m-%d %H:%M}")


def _fen(fen: int) -> Shown:
    return {"kind": "amount", "fen": fen}


def _link(text: str, url: str) -> Shown:
    return {"kind": "code", "text": text, "url": url}


def _table(heads: tuple[Any, ...], rows: list[list[Shown]]) -> Shown:
    kinds = [cell.get("kind") for cell in rows[0]] if rows else [""] * len(heads)
    return {"columns": [{"title": head, "kind": "num"} if kind == "amount" else {"title": head}
                        for head, kind in zip(heads, kinds, strict=True)],
            "rows": [{"cells": row} for row in rows]}  # fmt: skip


def _debts(one: DebtAccount) -> Shown:
    return _table(
        (
            _("费种"),
            _("用户类别"),
            _("未到期（元）"),
            _("逾期（元）"),
            _("最早到期日"),
            _("已办到"),
            _("办理日"),
            _("下一步"),
            _("从哪天起"),
            _("为何未办"),
        ),
        [
            [
                {"text": name},
                {"text": class_},
                _fen(current),
                _fen(owed),
                _code(oldest),
                _badge(STEPS, done),
                _code(on),
                _badge(STEPS, following),
                _code(following_on),
                _badge(WHY | {"due": WHY[""]}, why or "due"),
            ]
            for _fee, name, class_, current, owed, oldest, done, on, following, following_on, why in read(
                _SQL["account_debts"], at(one)
            )
        ],
    )


def _bills(one: DebtAccount, access: Access, now: datetime) -> Shown:
    def page(bill_id: int) -> Shown:
        url = reverse("billing_late", args=[bill_id]) if access.may("billing.view") else ""
        return _link(f"B{bill_id}", url)

    return _table(
        (
            _("账单号"),
            _("内容"),
            _("到期日"),
            _("逾期天数"),
            _("未缴（元）"),
            _("已缴（元）"),
            _("异议"),
        ),
        [
            [
                page(bill.bill_id),
                {"text": bill.title},
                _code(bill.due_on),
                _code(max(bill.days, 0)),
                _fen(bill.owed_fen),
                _fen(bill.paid_fen),
                {"text": _("有") if bill.is_disputed else ""},
            ]
            for bill in debts.open_bills(one, now)
        ],
    )


def _holds(one: DebtAccount, access: Access, today: Any) -> Shown:
    def settle(hold: int, kind: str, state: str) -> Shown:
        if kind != "dispute" or state not in OPEN or not access.may("arrears.do"):
            return {"text": ""}
        text = _("了结") if state == "running" else _("改结论")
        return {"kind": "link", "text": text, "url": reverse("arrears_settle", args=[hold])}

    return _table(
        (
            _("种类"),
            _("费种"),
            _("起"),
            _("止"),
            _("金额（元）"),
            _("状态"),
            _("说明"),
            _("经办"),
            "",
        ),
        [
            [
                _badge(KINDS, kind),
                {"text": fee},
                _code(since),
                _code(until),
                _fen(fen),
                _badge(HOLD_STATES, state),
                {"text": note},
                {"text": by},
                settle(hold, kind, state),
            ]
            for hold, fee, kind, since, until, fen, state, by, note in read(
                _SQL["account_holds"], at(one, today=today)
            )
        ],
    )


def _cuts(one: DebtAccount) -> Shown:
    return _table(
        (
            _("编号"),
            _("费种"),
            _("派单时间"),
            _("停供时间"),
            _("复供派单"),
            _("复供期限"),
            _("复供时间"),
            _("状态"),
        ),
        [
            [
                _code(f"C{cut}"),
                {"text": fee},
                *(_time(moment) for moment in moments),
                _badge(CUT_STATES, state),
            ]
            for cut, fee, *moments, state in read(_SQL["account_cuts"], at(one))
        ],
    )


def _letters(one: DebtAccount) -> Shown:
    return _table(
        (_("编号"), _("费种"), _("种类"), _("打印时间"), _("欠费（元）"), _("办理日"), _("送达情况")),
        [
            [
                _link(str(number), reverse("arrears_letter", args=[number])),
                {"text": fee},
                _badge(STEPS, kind),
                _time(printed),
                _fen(fen),
                _code(on),
                {"text": told(rules.SERVED[how]) if how in rules.SERVED else ""},
            ]
            for number, fee, kind, printed, fen, on, how in read(_SQL["account_letters"], at(one))
        ],
    )


def _done(one: DebtAccount) -> Shown:
    return _table((_("办理日"), _("登记时间"), _("费种"), _("步骤"), _("结果"), _("欠费（元）"),
                   _("针对账单"), _("经办"), _("备注")),
                  [[_code(on), _time(moment), {"text": fee}, _badge(STEPS, kind), {"text": _how(how, sent)}, _fen(fen),
                    _code(f"B{bill}"), {"text": by}, {"text": note}]
                   for moment, fee, kind, how, fen, by, note, sent, bill, on
                   in read(_SQL["account_done"], at(one))])  # fmt: skip


def _written(one: DebtAccount, access: Access) -> Shown:
    def again(bill: int) -> Shown:
        if not access.may("arrears.write_off"):
            return {"text": ""}
        return {
            "kind": "link",
            "text": _("恢复催收"),
            "url": reverse("arrears_take_up", args=[bill]),
        }

    return _table((_("账单号"), _("已核销（元）"), ""), [[_code(f"B{bill}"), _fen(fen), again(bill)]
                  for bill, fen in read(_SQL["account_written"], at(one))])  # fmt: skip


def _how(how: str, sent: str | None) -> str:
    """What came of a step; of a message what its carrier said."""
    if how == "sms":
        return {
            "sent": _("已发"),
            "failed": _("失败"),
            "later": _("稍后再试"),
            "unsure": _("不明"),
        }.get(sent or "", _("待发"))
    if how in rules.SERVED:
        return told(rules.SERVED[how])
    return {
        "no_phone": _("没有手机或空号"),
        "withdrawn": _("已撤回同意"),
        "reached": _("已通话"),
        "promised": _("承诺缴费"),
        "disputed": _("有异议"),
        "unreached": _("三天未接通"),
        "printed": _("已打印"),
        "asked": _("已派单"),
    }.get(how, how)
