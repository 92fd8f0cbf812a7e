"""A biller's codes as a form: a line each, and a few empty ones."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from yifen.core.partners.models import BillerErrorCode
from yifen.trades.onboarding.operations.codes import is_code

CODES_MAX = 200
MORE = 8  # empty lines below the last code


class CodeLine(forms.Form):
    """One code; a line whose code was emptied goes away."""

    code = forms.CharField(label=_("返回码"), max_length=16, required=False,
                           widget=forms.TextInput({"class": "input-code input-short"}))  # fmt: skip
    meaning = forms.ChoiceField(label=_("对缴费人的款项"), required=False,
                                choices=[("", "—"), *BillerErrorCode.Meaning.choices])  # fmt: skip

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code and not is_code(code):
            raise forms.ValidationError(_("含有不能显示的字符"))
        return code

    def clean(self) -> None:
        """Neither of the two is lost silently because the other is missing."""
        code, meaning = self.cleaned_data.get("code"), self.cleaned_data.get("meaning")
        if code and meaning == "":
            self.add_error("meaning", _("请选择"))
        if code == "" and meaning and not self.initial:
            self.add_error("code", _("请填写返回码"))


class CodeLines(BaseFormSet):  # type: ignore[type-arg]
    """All of a biller's."""

    def clean(self) -> None:
        """A code stands once."""
        seen = set[str]()
        for form in self.forms:
            code = form.cleaned_data.get("code", "")
            if code in seen:
                form.add_error("code", _("此返回码重复"))
            seen |= {code} - {""}

    def meanings(self) -> dict[str, str]:
        """By code, once the forms are valid."""
        found = (form.cleaned_data for form in self.forms)
        return {row["code"]: row["meaning"] for row in found if row.get("code")}


_code_lines = formset_factory(CodeLine, formset=CodeLines, extra=MORE, max_num=CODES_MAX, absolute_max=CODES_MAX)


def codes_form(meanings: Mapping[str, str], posted: Any) -> CodeLines:
    """With the codes that are there."""
    initial = [{"code": code, "meaning": meaning} for code, meaning in meanings.items()]
    form = _code_lines(posted, prefix="codes", initial=initial)
    assert isinstance(form, CodeLines)
    return form
