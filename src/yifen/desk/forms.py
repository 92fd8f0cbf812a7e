"""Forms of the desk. Errors stand on the field; numbers may be typed full-width."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.access.fields import PlainField, YuanField
from yifen.counter.models import PayKind
from yifen.counter.rules import DENOMINATIONS_FEN, PIECES_MAX
from yifen.kernel.money import format_yuan
from yifen.wire.replies import PayableView, QueryReply


class LookUpForm(forms.Form):
    """Whose bills: the biller, where there are several, and the account number."""

    biller = forms.ChoiceField(label=_("收费单位"))
    account_no = PlainField(
        label=_("户号"), max_length=40,
        widget=forms.TextInput({"class": "input-code", "autocomplete": "off", "autofocus": True}),
    )  # fmt: skip

    def __init__(self, *args: Any, billers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].choices = billers  # type: ignore[attr-defined]
        if len(billers) == 1:
            self.fields["biller"].widget = forms.HiddenInput()
            self.fields["biller"].initial = billers[0][0]


class PayForm(forms.Form):
    """What of the bills is paid, and how: `take_0`, `amount_0` … one pair a bill."""

    pay_kind = forms.ChoiceField(label=_("缴费方式"), choices=PayKind.choices)
    tendered = YuanField(label=_("实收现金（元）"), required=False)
    from_account = PlainField(
        label=_("付款账号"), max_length=32, required=False,
        widget=forms.TextInput({"class": "input-code", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, told: QueryReply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = told
        for number, bill in enumerate(told.payables):
            self.fields[f"take_{number}"] = forms.BooleanField(
                label=bill.title, required=False, initial=bill.due_fen > 0,
                widget=forms.CheckboxInput({"data-due": bill.due_fen, "data-bill": number}),
            )  # fmt: skip
            if bill.mode != "exact":
                self.fields[f"amount_{number}"] = YuanField(
                    label=_("金额（元）"), required=False, initial=proposed(bill)
                )

    def rows(self) -> list[dict[str, Any]]:
        """The bills with their fields, for the table."""
        return [
            {"bill": bill, "take": self[f"take_{number}"],
             "amount": self[f"amount_{number}"] if bill.mode != "exact" else None}
            for number, bill in enumerate(self.told.payables)
        ]  # fmt: skip

    def chosen(self) -> list[tuple[PayableView, int]]:
        """(bill, fen) of what is ticked; call it once the form is valid."""
        data = self.cleaned_data
        return [
            (bill, bill.due_fen if bill.mode == "exact" else data[f"amount_{number}"] or 0)
            for number, bill in enumerate(self.told.payables)
            if data[f"take_{number}"]
        ]


def proposed(bill: PayableView) -> str:
    """The amount that stands in the field at first: what is due, if anything is."""
    return format_yuan(bill.due_fen) if bill.due_fen else ""


class FindForm(forms.Form):
    """One of today's operations, by serial or payment id."""

    number = PlainField(
        label=_("流水号或缴费号"), max_length=40, required=False,
        widget=forms.TextInput({"class": "input-code", "autocomplete": "off", "autofocus": True}),
    )  # fmt: skip


class SupervisorForm(forms.Form):
    """主管现场授权: the supervisor types all three at the teller's screen."""

    reason = forms.CharField(label=_("原因"), max_length=100,
                             widget=forms.TextInput({"autofocus": True}))  # fmt: skip
    supervisor = forms.CharField(
        label=_("主管账号"), max_length=32, widget=forms.TextInput({"autocomplete": "off"})
    )
    supervisor_password = forms.CharField(
        label=_("主管密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )  # fmt: skip
    supervisor_code = forms.CharField(
        label=_("主管动态码"), max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class OpenShiftForm(forms.Form):
    """The cash with which the drawer begins."""

    opening = YuanField(label=_("开班现金（元）"), required=True)


class CountForm(forms.Form):
    """The drawer, counted by denomination: `pieces_10000` and so on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value in DENOMINATIONS_FEN:
            self.fields[f"pieces_{value}"] = forms.IntegerField(
                label=f"{format_yuan(value)}", min_value=0, max_value=PIECES_MAX, required=False,
                widget=forms.TextInput({"inputmode": "numeric", "class": "input-short num",
                                        "autocomplete": "off", "data-value": value}),
            )  # fmt: skip

    def counted(self) -> dict[int, int]:
        """Value in fen → pieces."""
        return {value: self.cleaned_data[f"pieces_{value}"] or 0 for value in DENOMINATIONS_FEN}
