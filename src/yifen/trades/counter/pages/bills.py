"""The second step of a collection: which bills, how much of each, and how it is paid."""

from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import YuanField
from yifen.core.access.telling import numbered
from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.face.desk.forms import CodeInput, DeskForm, DeskLineField
from yifen.face.payables.allocating import allocate
from yifen.trades.counter.models import PayKind
from yifen.trades.counter.orders import EntryLine, PayMeans


class BillRow(NamedTuple):
    """One bill with its fields."""

    bill: PayableView
    take: BoundField
    amount: BoundField | None  # where the payer may choose it


class PayForm(DeskForm):
    """`take_0`, `amount_0` … of the bills that were told, or `spread`: one amount over all of them, whatever is ticked;
    then how it is paid. The tick of a bill and the figure beside it are checked here to be said on the field; the hub
    decides."""

    spread = YuanField(label=_("按金额分配（元）"), required=False, help_text=_("填写后不看勾选，从最早的账单缴起"))
    pay_kind = forms.ChoiceField(
        label=_("缴费方式"),
        choices=lambda: [(kind.value, f"{number} {kind.label}")  # in the reader's language
                         for number, kind in enumerate(PayKind, 1)],
    )  # fmt: skip
    tendered = YuanField(label=_("实收现金"), required=False)
    from_account = DeskLineField(
        label=_("付款账号"), max_length=32, required=False, widget=CodeInput()
    )
    cheque_no = DeskLineField(label=_("支票号码"), max_length=20, required=False, widget=CodeInput())
    cheque_on = forms.DateField(
        label=_("出票日期"), required=False, widget=forms.DateInput({"type": "date", "autocomplete": "off"}),
        help_text=_("提示付款期 10 日"),
    )  # fmt: skip
    first = "tendered"

    def __init__(self, *args: Any, told: QueryReply, has_core: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told, ticked = told, 0
        if not has_core:
            del self.fields["cheque_no"], self.fields["cheque_on"]
        for number, bill in enumerate(told.payables):
            is_taken = ticked < LINES_MAX and (bill.due_fen > 0 or len(told.payables) == 1)
            ticked += is_taken
            self.fields[f"take_{number}"] = forms.BooleanField(
                label=bill.title, required=False, initial=is_taken,
                widget=forms.CheckboxInput({"data-due": bill.due_fen, "data-bill": number}),
            )  # fmt: skip
            if bill.mode != "exact":
                self.fields[f"amount_{number}"] = YuanField(
                    label=bill.title, required=False, initial=proposed(bill)
                )
                if is_taken and not bill.due_fen:
                    self.first = f"amount_{number}"
        paying = ("spread", "pay_kind", "tendered", "from_account", "cheque_no", "cheque_on")
        self.order_fields([name for name in self.fields if name not in paying])

    @property
    def rows(self) -> list[BillRow]:
        """For the table."""
        return [
            BillRow(bill, self[f"take_{number}"],
                self[f"amount_{number}"] if bill.mode != "exact" else None)
            for number, bill in enumerate(self.told.payables)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("pay_kind") != PayKind.CASH:
            data["tendered"] = None
            if not data.get("from_account") and "from_account" not in self.errors:
                self.add_error("from_account", numbered(gettext("请填写付款账号")))
        elif data.get("tendered") is None and "tendered" not in self.errors:
            self.add_error("tendered", numbered(gettext("请填写实收现金")))
        if "cheque_no" in self.fields and data.get("pay_kind") == PayKind.CHEQUE:
            self._check_cheque(data)
        if data.get("spread"):
            self._check_spread(data["spread"])
            return data
        for number, bill in enumerate(self.told.payables):
            if data.get(f"take_{number}") and bill.mode != "exact":
                self._check_amount(bill, f"amount_{number}")
        return data

    def _check_cheque(self, data: dict[str, Any]) -> None:
        for name, text in (("cheque_no", gettext("请填写支票号码")), ("cheque_on", gettext("请填写出票日期"))):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, numbered(text))

    def _check_spread(self, fen: int) -> None:
        left = allocate(self.told.payables, fen).left_fen
        if left:
            text = gettext("只能分配 %(fen)s 元") % {"fen": format_yuan(fen - left)}
            self.add_error("spread", numbered(text, Code.AMOUNT_WRONG))

    def _check_amount(self, bill: PayableView, name: str) -> None:
        fen = self.cleaned_data.get(name)
        if name not in self.errors and not (fen and bill.min_fen <= fen <= bill.max_fen):
            text = gettext("每次可缴 %(least)s 至 %(most)s 元") % {
                "least": format_yuan(bill.min_fen), "most": format_yuan(bill.max_fen),
            }  # fmt: skip
            self.add_error(name, numbered(text, Code.AMOUNT_WRONG))

    def lines(self) -> tuple[EntryLine, ...]:
        """What is ticked, or the one amount spread; ask once the form is valid. Refused: NOTHING_CHOSEN."""
        data = self.cleaned_data
        if data["spread"]:
            titles = {bill.payable: bill.title for bill in self.told.payables}
            spread = allocate(self.told.payables, data["spread"]).lines
            return tuple(EntryLine(ref, titles[ref], fen) for ref, fen in spread)
        found = tuple(
            EntryLine(bill.payable, bill.title,
                 bill.due_fen if bill.mode == "exact" else data[f"amount_{number}"])
            for number, bill in enumerate(self.told.payables) if data[f"take_{number}"]
        )  # fmt: skip
        if not found:
            raise Refused(Code.NOTHING_CHOSEN, "take_0")
        return found

    def payment(self) -> PayMeans:
        data = self.cleaned_data
        account = "".join(data["from_account"].split())
        return PayMeans(PayKind(data["pay_kind"]), data["tendered"], account, data.get("cheque_no") or "",
                        data.get("cheque_on"))  # fmt: skip


def proposed(bill: PayableView) -> str:
    """The amount that stands in the field at first: what is due, if anything is."""
    return format_yuan(bill.due_fen) if bill.due_fen else ""
