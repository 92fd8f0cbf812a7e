"""Carriers and texts on the console: which there are, how they do, and one of them changed by two people."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import connection
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
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Medium
from yifen.core.notifications.carriers.providers import PROVIDERS
from yifen.core.notifications.models import MessageCarrier, MessageTemplate
from yifen.core.notifications.templates import TemplateText
from yifen.face.messages import carriers, texts

Shown = dict[str, Any]
KINDS = [("service", gettext_lazy("服务号")), ("mini", gettext_lazy("小程序"))]


class CarrierForm(forms.Form):
    """A provider's credentials; none typed: those of now stay."""

    base_address = forms.CharField(label=gettext_lazy("接口地址"), max_length=200, required=False)
    enabled = forms.BooleanField(label=gettext_lazy("使用这个通道"), required=False, initial=True)

    def __init__(self, *args: Any, code: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = PROVIDERS[code].CREDENTIALS
        for name in names:
            field: forms.Field = forms.CharField(
                max_length=128, required=is_new,
                widget=forms.TextInput({"class": "input-code", "autocomplete": "off", "data-unkept": True}),
            )  # fmt: skip
            if name == "account_kind":
                field = forms.ChoiceField(choices=[("", "—"), *KINDS], required=is_new)
            field.label = told(carriers.TITLES[name])
            self.fields[name] = field
        if PROVIDERS[code].BASE_ADDRESS:
            self.fields["base_address"].help_text = _("留空为 %s") % PROVIDERS[code].BASE_ADDRESS
        self.order_fields([*names, "base_address", "enabled"])


class TemplateForm(forms.Form):
    """A text and the provider's number of it."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=80, required=False)
    body = forms.CharField(label=gettext_lazy("正文"), max_length=1000, widget=forms.Textarea({"rows": 4}))
    provider_id = forms.CharField(label=gettext_lazy("对方模板编号"), max_length=64, required=False,
                                  widget=forms.TextInput({"class": "input-code", "autocomplete": "off"}))  # fmt: skip


@allow("messages.edit")
def message_carriers(request: HttpRequest) -> HttpResponse:
    """Every carrier, how it stands and what it took within a day; and every text."""
    rows = {row.code: row for row in MessageCarrier.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(queries(__package__)["tries"], [now() - timedelta(days=1)])
        done = {code: rest for code, *rest in cursor.fetchall()}
    table = {
        "columns": [{"title": pgettext("one", "消息通道")}, {"title": _("状态")},
                    {"title": _("24 小时已发"), "kind": "num"}, {"title": _("未发出"), "kind": "num"},
                    {"title": _("最近的原因")}],
        "rows": [{"cells": [
            {"text": told(carriers.NAMES[code]), "url": reverse("message_carrier", args=[code])},
            standing(code, rows.get(code)),
            *({"kind": "num", "text": f"{count:,}"} for count in done.get(code, (0, 0))[:2]),
            {"text": done[code][3] if code in done else None},
        ]} for code in PROVIDERS],
    }  # fmt: skip
    own = {row.pk: row for row in MessageTemplate.objects.all()}
    shown = {
        "columns": [{"title": pgettext("one", "模板")}, {"title": _("对方模板编号")}, {"title": _("正文")}],
        "rows": [{"cells": [
            {"text": told(texts.named(key)), "url": reverse("message_template", args=[key])},
            {"kind": "code", "text": own[key].provider_id if key in own else None},
            {"text": own[key].body if key in own else templates.default(key).body},
        ]} for key in templates.every_key()],
    }  # fmt: skip
    return render(request, "console/messages/list.html", {"carriers": table, "texts": shown})


def standing(code: str, row: MessageCarrier | None) -> Shown:
    """Used, shut, or another one is named by the settings of the process."""
    if row is None or not row.enabled:
        return {"kind": "badge", "text": _("未使用"), "tone": "neutral"}
    if PROVIDERS[code].channel is Medium.SMS and read_settings().sms != code:
        return {"kind": "badge", "text": _("YIFEN_SMS 未选用"), "tone": "waiting"}
    return {"kind": "badge", "text": _("使用中"), "tone": "ok"}


@allow("messages.edit")
@fresh
def message_carrier(request: HttpRequest, code: str) -> HttpResponse:
    """POST the credentials, base_address, enabled: proposes them. Secrets are never shown."""
    if code not in PROVIDERS:
        raise Http404
    row = MessageCarrier.objects.filter(pk=code).first()
    initial = {"enabled": row.enabled, "base_address": row.base_address} if row else {}
    form = CarrierForm(request.POST or None, code=code, is_new=row is None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {name: data[name] for name in PROVIDERS[code].CREDENTIALS}
        try:
            return redirect("proposal", carriers.propose(access_of(request), code, given, data["base_address"],
                                                         data["enabled"], now()).pk)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, PROVIDERS[code].CREDENTIALS[0])
    public = carriers.public_of(key_ring_of(request), row)
    return render(request, "console/messages/carrier.html", {
        "breadcrumbs": _crumbs(told(carriers.NAMES[code])), "title": told(carriers.NAMES[code]), "row": row,
        "form": form, "waiting": open_proposal(carriers.ACT, code),
        "known": [(told(carriers.TITLES[name]), value) for name, value in public.items()],
    })  # fmt: skip


@allow("messages.edit")
def message_template(request: HttpRequest, key: str) -> HttpResponse:
    """GET shows it and how it reads; POST with `preview` shows how another would, without it proposes that."""
    if key not in templates.every_key():
        raise Http404
    row = templates.template(key)
    form = TemplateForm(request.POST or None, initial=row._asdict())
    shown = row
    if request.method == "POST" and form.is_valid():
        shown = TemplateText(key, **{name: form.cleaned_data[name].replace("\r\n", "\n") for name in texts.FIELDS})
        try:
            if "preview" not in request.POST:
                return redirect("proposal", texts.propose(access_of(request), shown, now()).pk)
            texts.check(shown)
        except Refused as refused:
            put(request, form, refused, "body")
    kind = templates.kinds()[key.split("/")[0]]
    sample = templates.sample(key)
    try:
        title, body = templates.filled(shown, sample)
    except KeyError:  # the form says which place
        title, body = "", ""
    return render(request, "console/messages/template.html", {
        "breadcrumbs": _crumbs(told(texts.named(key))), "title": told(texts.named(key)), "form": form,
        "waiting": open_proposal(texts.ACT, key), "preview_title": title, "preview": body,
        "places": [(f"{{{field.name}}}", told(field.text), sample[field.name], field.name in kind.needs)
                   for field in kind.fields],
    })  # fmt: skip


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": pgettext("list", "消息通道"), "url": reverse("message_carriers")}, {"title": title}]
