"""The outbox 未决调用: payments that a biller has not decided, and when it is asked again."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers
from yifen.face import words
from yifen.face.lists import keys
from yifen.face.lists.filters import Filters, WordField
from yifen.face.lists.listing import Ask, Column, Listing, Select
from yifen.hub.payments.scope import in_scope

SELECT = """
SELECT y.payment_id, k.step, k.tries, k.resent, k.due_at, y.paid_at, y.business_day, y.amount_fen,
    y.payer_state::text, y.biller_state::text, b.name
FROM biller_call k
JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id
JOIN partner b ON b.id = y.biller_id"""
STEPS: words.Words = {
    "charge": (_("发送销账"), "waiting"),
    "confirm": (_("查询结果"), "waiting"),
    "reverse": (_("发送冲正"), "waiting"),
}
WAITING = [("due", _("自动重试中")), ("over", _("重试已尽"))]


class Call(Struct, frozen=True):
    """One row of the outbox; no `due_at`: the ladder is done, people decide."""

    payment_id: int
    step: str
    tries: int
    resent: bool
    due_at: datetime | None
    paid_at: datetime
    business_day: date
    amount_fen: int
    payer_state: str
    biller_state: str
    biller_name: str


class CallFilters(Filters):
    """By step, and whether it is still tried."""

    step = WordField(_("步骤"), words.choices(STEPS))
    waiting = WordField(_("重试"), WAITING)


def select(ask: Ask) -> Select:
    """The calls in scope."""
    partners = ask.access.scope.partners
    where = ["true" + in_scope(partners, "y.channel_id", "y.biller_id")]
    if ask.filters["step"]:
        where.append("k.step = %(step)s")
    if ask.filters["waiting"]:
        where.append(f"k.due_at IS {'NOT ' if ask.filters['waiting'] == 'due' else ''}NULL")
    return Select(SELECT, where, {"scope": numbers(partners or ()), "step": ask.filters["step"]})


def payment_url(row: Call, access: Access) -> str:
    return reverse("payment", args=[row.payment_id]) if access.may("payments.view") else ""


CALLS = Listing(
    name="jobs",
    title=_("未决调用"),
    empty=_("没有未决的缴费"),
    empty_note=_("收费方对每笔缴费都已有结论。"),
    form=CallFilters,
    orders={
        "paid": keys.order(("y.paid_at", "y.payment_id"), lambda row: (row.paid_at, row.payment_id),
                           keys.moment, keys.whole, descending=False),
        "tries": keys.order(("k.tries", "y.payment_id"), lambda row: (row.tries, row.payment_id),
                            keys.whole, keys.whole),
    },
    select=select,
    row=Call,
    permission="jobs.view",
    export="payments.export",
    columns=(
        Column(title=_("付款时间"), kind="time", order="paid", value=lambda r, a: r.paid_at),
        Column(title=_("缴费号"), kind="code", value=lambda r, a: str(r.payment_id), url=payment_url),
        Column(title=_("收费单位"), value=lambda r, a: r.biller_name),
        Column(title=_("下一步"), value=lambda r, a: words.word(STEPS, r.step)),
        Column(title=_("已试"), kind="num", order="tries", value=lambda r, a: r.tries),
        Column(title=_("重发"), value=lambda r, a: _("已重发") if r.resent else ""),
        Column(title=_("再试时间"), kind="time", value=lambda r, a: r.due_at),
        Column(title=_("付款方"), kind="badge", value=lambda r, a: words.word(words.PAYER_STATES, r.payer_state),
               tone=lambda r: words.tone(words.PAYER_STATES, r.payer_state)),
        Column(title=_("收费方"), kind="badge", value=lambda r, a: words.word(words.BILLER_STATES, r.biller_state),
               tone=lambda r: words.tone(words.BILLER_STATES, r.biller_state)),
        Column(title=_("会计日期"), kind="day", value=lambda r, a: r.business_day),
        Column(title=_("金额（元）"), kind="amount", value=lambda r, a: r.amount_fen),
    ),
)  # fmt: skip
