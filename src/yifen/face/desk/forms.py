"""Forms of the desk. Errors stand on the field with a number; digits may be typed full-width."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, PlainField
from yifen.core.facts.account_numbers import clean_account

REASON_MAX = 100


class DeskForm(forms.Form):
    """The first field in error, or the first field, has the focus."""

    use_required_attribute = False  # the server says it, with a number
    first = ""  # the field that has the focus at first; else the first visible one

    def add_error(self, field: str | None, error: Any) -> None:
        """Of a field that is not shown it is said above the form, without the name that it has inside."""
        super().add_error(None if field in self.fields and self.fields[field].widget.is_hidden else field, error)

    def focus(self) -> None:
        """Puts the focus where the teller goes on."""
        names = [field.name for field in self.visible_fields()]
        wrong = next((name for name in names if name in self.errors), "")
        target = wrong or self.first or next(iter(names), "")
        if target:
            self.fields[target].widget.attrs["autofocus"] = True


class CodeInput(forms.TextInput):
    """A number or code: monospaced, and nothing is suggested."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__({"class": "input-code", "autocomplete": "off"} | attrs)


class OnceInput(CodeInput):
    """Six digits that serve once: a form that comes back does not show them."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs | {"data-unkept": True})

    def format_value(self, value: Any) -> None:
        return None


class DeskLineField(PlainField):
    """A number or code in its one form: what cannot be seen is refused. Names and reasons are a `LineField`."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.isprintable():
            raise ValidationError(gettext("含有不能显示的字符"))
        return text


class AccountField(DeskLineField):
    """An account number 户号 as it stands on a bill, in its one form."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, max_length=40, widget=CodeInput())

    def clean(self, value: Any) -> Any:
        return super().clean(clean_account(value or ""))


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


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to."""
    return request.POST if request.method == "POST" else None
