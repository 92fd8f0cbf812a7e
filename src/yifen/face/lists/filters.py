"""The filters of lists: forms that are sent by GET, so that an address holds all of a search."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.fields import during_our_time
from yifen.core.facts.account_numbers import searched
from yifen.core.facts.money import AmountError, typed_yuan

if TYPE_CHECKING:
    from yifen.face.lists.asking import Filter

DAYS_MAX = 3660
DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d"]
TEXT_MAX = 100


class WideField(BoundField):
    """A field that is shown wider than the others when its widget says so."""

    def css_classes(self, extra_classes: Any = None) -> str:
        wide = "field-wide" if getattr(self.field, "wide", False) else ""
        return " ".join(filter(None, (super().css_classes(extra_classes), wide)))


class ListFilters(forms.Form):
    """Nothing is required; what an address leaves out has its first value, what it leaves empty asks
    for everything. `declared`: the filters of the list's columns."""

    declared: ClassVar[dict[str, "Filter"]] = {}
    days_max = DAYS_MAX

    template_name_label = "console/filter_label.html"
    bound_field_class = WideField
    sort = forms.CharField(required=False, max_length=TEXT_MAX, widget=forms.HiddenInput())

    def __init__(self, asked: QueryDict, access: Access, now: datetime) -> None:
        self.access, self.now = access, now
        data = asked.copy()
        for name, field in self.base_fields.items():
            if name not in data:
                first = self.first_value(name)
                data[name] = "" if first is None else str(first)
            elif isinstance(field, forms.CharField):
                data[name] = asked.get(name, "").replace("\x00", "")
        for name, one in self.declared.items():
            if any(data.get(other) for other in one.yields) and data[name] == one.first:
                data[name] = ""
        super().__init__(data, auto_id="filter_%s")
        self.use_required_attribute = False
        self.arrange()

    def first_value(self, name: str) -> Any:
        """What counts when the address says nothing of this field."""
        first = self.declared[name].first if name in self.declared else None
        return first(self.access, self.now) if callable(first) else first

    def arrange(self) -> None:
        """Fill in the choices that depend on who asks."""
        for name, one in self.declared.items():
            if one.choices:
                found = [("", _("全部")), *one.choices(self.access)]
                self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_days(data.get("since"), data.get("until"))
        return data

    def check_days(self, since: date | None, until: date | None) -> None:
        """A period that ends before it begins, or is too long to be read at once, is said so."""
        if since and until and until < since:
            self.add_error("until", _("止日早于起日"))
        elif since and until and (until - since).days >= self.days_max:
            self.add_error("until", _("一次最多查 %(days)s 天") % {"days": self.days_max})

    @property
    def active(self) -> int:
        """How many fields say something."""
        return sum(1 for field in self.visible_fields() if field.value() not in (None, "", [], False))

    @property
    def asks(self) -> bool:
        """Whether enough is said to be answered."""
        return True

    @property
    def has_period(self) -> bool:
        """Whether it asks for a period of days."""
        return "since" in self.fields and "until" in self.fields


class DayField(forms.DateField):
    """A business day, or one of the calendar (`clock`)."""

    def __init__(self, label: Any, clock: bool = False, **more: Any) -> None:
        self.clock = clock
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=False, input_formats=DAY_FORMATS, widget=widget,
                         validators=[during_our_time], **more)  # fmt: skip


class MomentField(forms.DateTimeField):
    """A minute by the clock on the wall."""

    def __init__(self, label: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(label=label, required=False, widget=widget, validators=[during_our_time])


class AmountField(forms.CharField):
    """An amount typed in yuan; fen afterwards."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=40, widget=widget)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return typed_yuan(text)
        except AmountError:
            raise forms.ValidationError(_("不是金额")) from None


class ChosenField(forms.TypedChoiceField):
    """One of a table's ids, or all; the choices are set by the form."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, coerce=int, empty_value=None)


class WordField(forms.ChoiceField):
    """One of fixed words, or all."""

    def __init__(self, label: Any, words: Any) -> None:
        every = [("", gettext_lazy("全部")), *words]
        super().__init__(label=label, required=False, choices=every)


class SearchField(forms.CharField):
    """A number or a name, as it was typed or pasted."""

    wide = True

    def __init__(self, label: Any, placeholder: Any = "", wide: bool = True) -> None:
        self.wide = wide
        widget = forms.TextInput({"placeholder": placeholder, "autocomplete": "off",
                                  "type": "search"})  # fmt: skip
        super().__init__(label=label, required=False, max_length=TEXT_MAX, widget=widget)


class AccountsField(SearchField):
    """An account number in any writing: all under which it is looked for; none: nothing was typed."""

    def clean(self, value: Any) -> list[str]:
        return searched(super().clean(value))
