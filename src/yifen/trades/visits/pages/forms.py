"""What is asked for about visits: who goes, what to look at, what was found there."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, during_our_time
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.reasons import REASON_MAX
from yifen.core.facts.refused import Refused
from yifen.face.forms import day_input
from yifen.trades.visits import rules
from yifen.trades.visits.pages.listing import KINDS, OK_OF
from yifen.trades.visits.pages.telling import finding_word
from yifen.trades.visits.rules import VisitPhoto

Choices = Sequence[tuple[Any, ...]]


class NewVisitForm(forms.Form):
    """A visit that a clerk asks for."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    account_no = LineField(label=_("户号"), max_length=40)
    kind = forms.ChoiceField(label=_("事项"), choices=[(kind, KINDS[kind][0]) for kind in rules.ASKED_BY_HAND])
    why = LineField(label=pgettext_lazy("visit", "看什么"), max_length=REASON_MAX,
                    help_text=_("写给到户的人：看哪里、核对什么"))  # fmt: skip
    due_on = forms.DateField(label=_("期限"), widget=day_input(), validators=[during_our_time])
    goer = forms.TypedChoiceField(label=_("外勤人员"), coerce=int, required=False, empty_value=None)

    def offer(self, billers: Choices, goers: Choices) -> "NewVisitForm":
        self.fields["biller"].choices = list(billers)  # type: ignore[attr-defined]
        self.fields["goer"].choices = [("", _("以后再派")), *goers]  # type: ignore[attr-defined]
        return self

    def clean_account_no(self) -> str:
        return clean_account(self.cleaned_data["account_no"])


class GoerForm(forms.Form):
    """Who goes there; nobody: it is taken from who had it."""

    goer = forms.TypedChoiceField(label=_("外勤人员"), coerce=int, required=False, empty_value=None)

    def offer(self, goers: Choices) -> "GoerForm":
        self.fields["goer"].choices = [("", _("（不派给任何人）")), *goers]  # type: ignore[attr-defined]
        return self


class VisitPlaceForm(forms.Form):
    """All that waits in a community or a building goes to one person."""

    place = forms.TypedChoiceField(label=_("小区或楼栋"), coerce=int)
    goer = forms.TypedChoiceField(label=_("外勤人员"), coerce=int)
    which = forms.ChoiceField(label=_("派哪些"), initial="untaken", widget=forms.RadioSelect,
                              choices=[("untaken", _("只派还没有人的")), ("all", _("全部，已派的也改派"))])  # fmt: skip

    def offer(self, places: Choices, goers: Choices) -> "VisitPlaceForm":
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]
        self.fields["goer"].choices = list(goers)  # type: ignore[attr-defined]
        return self


class PhotoField(forms.FileField):
    """A picture by the phone's camera, checked by its beginning. Empty: None."""

    widget = forms.FileInput({"accept": "image/jpeg,image/png", "capture": "environment", "data-shrinks": True})

    def clean(self, data: Any, initial: Any = None) -> VisitPhoto | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return rules.photo(file.read(rules.PHOTO_BYTES_MAX + 1))
        except Refused as refused:
            raise forms.ValidationError(refused.text(get_language() or "zh-hans")) from None


class FoundForm(forms.Form):
    """What was found; each finding is a button. The place is what the phone says, if it is let."""

    note = forms.CharField(label=pgettext_lazy("visit", "备注"), max_length=REASON_MAX, required=False,
                           widget=forms.Textarea({"rows": 2}))  # fmt: skip
    photo1 = PhotoField(label=_("照片 1"), required=False, max_length=200)
    photo2 = PhotoField(label=_("照片 2"), required=False, max_length=200)
    photo3 = PhotoField(label=_("照片 3"), required=False, max_length=200)
    sure = forms.BooleanField(label=_("结果已核对，提交后不能再改"),
                              help_text=_("没有照片或位置的，办公室的列表会标出"))  # fmt: skip
    latitude = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())
    longitude = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())
    accuracy = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())

    @property
    def photos(self) -> list[VisitPhoto]:
        found = (self.cleaned_data[f"photo{number}"] for number in range(1, rules.PHOTOS_MAX + 1))
        return [one for one in found if one]


def finding_buttons(kind: str) -> list[tuple[str, Any]]:
    """How a visit of this kind may end, in words."""
    return [(finding, finding_word(kind, finding)) for finding in rules.FINDINGS[kind]]


assert set(OK_OF) == set(KINDS) == set(rules.FINDINGS)
