"""Forms of the desk. Errors stand on the field with a number; digits may be typed full-width."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import PlainField, YuanField
from yifen.core.access.telling import numbered
from yifen.trades.counter.rules import DENOMINATIONS_FEN, PIECES_MAX

REASON_MAX = 100


class DeskForm(forms.Form):
    """Each error has a number; the first field in error, or the first field, has the focus."""

    use_required_attribute = False  # the server says it, with a number
    first = ""  # the field that has the focus at first; else the first visible one

    def add_error(self, field: str | None, error: Any) -> None:
        if isinstance(error, ValidationError) and not hasattr(error, "error_dict"):
            error = [numbered(text) for text in error.messages]
        super().add_error(field, error)

    def focus(self) -> None:
        """Puts the focus where the teller goes on."""
        names = [field.name for field in self.visible_fields()]
        wrong = next((name for name in names if name in self.errors), "")
        target = wrong or self.first or next(iter(names), "")
        if target:
            self.fields[target].widget.attrs["autofocus"] = True


class CodeInput(forms.TextInput):
    """A number or code: monospaced, and nothing is suggested."""

    def __init__(self, **attrs: str) -> None:
        super().__init__({"class": "input-code", "autocomplete": "off"} | attrs)


class OnceInput(CodeInput):
    """Six digits that serve once: a form that comes back does not show them."""

    def format_value(self, value: Any) -> None:
        return None


class LineField(PlainField):
    """One line of text: what cannot be seen is refused."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.isprintable():
            raise ValidationError(gettext("含有不能显示的字符"))
        return text


class AccountField(LineField):
    """An account number 户号 as it stands on a bill, blanks left out."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, max_length=40, widget=CodeInput())

    def clean(self, value: Any) -> Any:
        return "".join(super().clean(value).split())


class LookUpForm(DeskForm):
    """Whose bills: the biller, where there are several, and the account number."""

    biller = forms.ChoiceField(label=_("收费单位"))
    account_no = AccountField(_("户号"))

    def __init__(self, *args: Any, billers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].choices = billers  # type: ignore[attr-defined]
        if len(billers) == 1:
            self.fields["biller"].widget = forms.HiddenInput()
            self.fields["biller"].initial = billers[0][0]


class FindForm(DeskForm):
    """One operation, by serial or payment id; the last one when it is left empty."""

    number = LineField(
        label=_("流水号或缴费号"), max_length=40, required=False, widget=CodeInput(),
        help_text=_("留空为本人最近一笔"),
    )  # fmt: skip


class JournalForm(DeskForm):
    """What of the teller's own journal."""

    text = LineField(label=_("流水号、缴费号或户号"), max_length=40, required=False,
                     widget=CodeInput())  # fmt: skip


class ReasonInput(forms.TextInput):
    """A reason in the teller's own words; F2 offers the usual ones."""

    template_name = "desk/reason.html"

    def __init__(self, reasons: tuple[Any, ...]) -> None:
        super().__init__({"autocomplete": "off", "list": "reasons"})
        self.reasons = reasons

    def get_context(self, *args: Any) -> dict[str, Any]:
        return super().get_context(*args) | {"reasons": self.reasons}


class SupervisorForm(DeskForm):
    """主管现场授权: the supervisor types all three at the teller's screen."""

    reason = LineField(label=_("原因"), max_length=REASON_MAX)
    supervisor = forms.CharField(label=_("主管账号"), max_length=32, widget=CodeInput())
    supervisor_password = forms.CharField(
        label=_("主管密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    supervisor_code = forms.CharField(
        label=_("主管动态码"), max_length=20, widget=OnceInput(inputmode="numeric")
    )

    def __init__(self, *args: Any, reasons: tuple[Any, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget = ReasonInput(reasons)


class OpenShiftForm(DeskForm):
    """The cash with which the drawer begins."""

    opening = YuanField(label=_("开班现金"), required=True)


class CountForm(DeskForm):
    """The drawer, counted by denomination: `pieces_10000` and so on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value_fen in DENOMINATIONS_FEN:
            self.fields[f"pieces_{value_fen}"] = forms.IntegerField(
                label=note(value_fen), min_value=0, max_value=PIECES_MAX, required=False,
                widget=forms.TextInput({"inputmode": "numeric", "class": "input-amount",
                                        "autocomplete": "off", "data-value": value_fen}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An empty form is no count: whoever has no cash says 0."""
        data = super().clean() or self.cleaned_data
        if not self.errors and all(pieces is None for pieces in data.values()):
            self.add_error(f"pieces_{DENOMINATIONS_FEN[0]}",
                           numbered(gettext("请按券别录入张数；没有现金录入 0")))  # fmt: skip
        return data

    def counted(self) -> dict[int, int]:
        """Value in fen → pieces."""
        return {value: self.cleaned_data[f"pieces_{value}"] or 0 for value in DENOMINATIONS_FEN}


def note(value_fen: int) -> Any:
    """What a note or coin is called: 100 元, 5 角, 1 分."""
    if value_fen >= 100:
        return _("%s 元") % (value_fen // 100)
    return _("%s 角") % (value_fen // 10) if value_fen >= 10 else _("%s 分") % value_fen
