"""Forms of pipes."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.fields import during_our_time
from yifen.core.access.telling import told
from yifen.core.partners.models import Partner
from yifen.trades.pipes.finding import event_kinds
from yifen.trades.pipes.models import Pipe
from yifen.trades.pipes.operations.keeping import PipeTerms


def offered() -> list[tuple[str, str]]:
    """Every kind of event, with what it means."""
    return [(kind.name, f"{kind.name} · {told(kind.title)}") for kind in event_kinds().values()]


class PipeForm(forms.Form):
    """Address and events of a pipe."""

    address = forms.CharField(label=_("接收地址"), max_length=300, help_text=_("https:// 开头；本机试用可用 http://"),
                              widget=forms.TextInput({"autocomplete": "off", "inputmode": "url"}))  # fmt: skip
    wants = forms.MultipleChoiceField(label=_("事件"), choices=offered, widget=forms.CheckboxSelectMultiple)
    field_order: tuple[str, ...] = ("partner", "kind", "address", "wants")

    def terms(self, pipe: Pipe | None = None) -> PipeTerms:
        """As they are typed; what of the pipe is not asked stays."""
        given = self.cleaned_data
        return PipeTerms(given["address"], tuple(given["wants"]), dict(pipe.settings) if pipe else {})


class NewPipeForm(PipeForm):
    """Of which partner; `kind` is chosen before."""

    partner = forms.ModelChoiceField(label=_("合作方"), queryset=Partner.objects.none())
    kind = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Partner.objects.filter(sided()).order_by("code")
        if access.scope.partners is not None:
            rows = rows.filter(pk__in=access.scope.partners)
        self.fields["partner"].queryset = rows  # type: ignore[attr-defined]


def sided() -> Q:
    """Channels that call us, and billers; banks and our own channels are told of nothing."""
    return Q(channel__hosted="") | Q(biller__isnull=False)


class AgainForm(forms.Form):
    """From when on, and what."""

    since = forms.DateTimeField(
        label=_("自何时起"), validators=[during_our_time],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    given_up_only = forms.BooleanField(label=_("只重发已放弃的"), required=False, initial=True)
