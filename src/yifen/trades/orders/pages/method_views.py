"""Pay methods on the console: which there are, and one of them set up by two people."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, told
from yifen.core.facts.refused import Refused
from yifen.trades.orders.methods import changing
from yifen.trades.orders.methods.providers import PROVIDERS
from yifen.trades.orders.models import PayMethod

Shown = dict[str, Any]


class MethodForm(forms.Form):
    """A provider's credentials; none typed: those of now stay."""

    base_address = forms.CharField(label=gettext_lazy("接口地址"), max_length=200, required=False,
                                   help_text=gettext_lazy("留空为支付机构的正式地址"))  # fmt: skip
    enabled = forms.BooleanField(label=gettext_lazy("提供给缴费人"), required=False, initial=True)

    def __init__(self, *args: Any, names: tuple[str, ...], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            is_long = name in changing.LONG
            widget: Any = forms.Textarea({"rows": 4, "class": "input-code", "data-unkept": True}) if is_long \
                else forms.TextInput({"class": "input-code", "autocomplete": "off", "data-unkept": True})
            self.fields[name] = forms.CharField(label=told(changing.TITLES[name]), max_length=4000 if is_long else 64,
                                                required=is_new and name not in changing.OPTIONAL,
                                                widget=widget)  # fmt: skip
        self.order_fields([*names, "base_address", "enabled"])


@allow("methods.edit")
def pay_methods(request: HttpRequest) -> HttpResponse:
    """Every provider, and how it stands."""
    rows = {row.code: row for row in PayMethod.objects.all()}
    table = {
        "columns": [{"title": pgettext("one", "支付方式")}, {"title": pgettext("method", "密钥")},
                    {"title": _("提供给缴费人")}, {"title": _("接口地址")}],
        "rows": [{"cells": [
            {"text": str(provider.title), "url": reverse("pay_method", args=[code])},
            {"text": _("第 %s 版") % rows[code].version if code in rows else _("未设")},
            standing(code, rows.get(code)),
            {"kind": "code", "text": rows[code].base_address if code in rows else None},
        ]} for code, provider in PROVIDERS.items()],
    }  # fmt: skip
    return render(request, "console/methods/list.html", {"table": table})


def standing(code: str, row: PayMethod | None) -> Shown:
    """Offered, shut, or left out by the settings of the process."""
    if row is None or not row.enabled:
        return {"kind": "badge", "text": _("未启用"), "tone": "neutral"}
    if code not in settings.YIFEN_PAY_METHODS:
        return {"kind": "badge", "text": _("未列入 YIFEN_PAY_METHODS"), "tone": "waiting"}
    return {"kind": "badge", "text": _("已启用"), "tone": "ok"}


@allow("methods.edit")
@fresh
def pay_method(request: HttpRequest, code: str) -> HttpResponse:
    """POST the credentials, base_address, enabled: proposes them. Secrets are never shown."""
    if code not in PROVIDERS:
        raise Http404
    provider, row = PROVIDERS[code], PayMethod.objects.filter(pk=code).first()
    initial = {"enabled": row.enabled, "base_address": row.base_address} if row else {}
    form = MethodForm(request.POST or None, names=provider.CREDENTIALS, is_new=row is None,
                      initial=initial)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {name: data[name] for name in provider.CREDENTIALS}
        try:
            return redirect("proposal", changing.propose(access_of(request), code, given, data["base_address"],
                                                         data["enabled"], now()).pk)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, provider.CREDENTIALS[0])
    public = changing.public_of(key_ring_of(request), row)
    return render(request, "console/methods/method.html", {
        "breadcrumbs": [{"title": pgettext("list", "支付方式"), "url": reverse("pay_methods")},
                        {"title": str(provider.title)}],
        "title": provider.title, "row": row, "form": form, "waiting": open_proposal(changing.ACT, code),
        "known": [(told(changing.TITLES[name]), value) for name, value in public.items()
                  if value and name not in changing.LONG],
    })  # fmt: skip
