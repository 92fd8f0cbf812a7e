"""The payer's side: what he is reminded of on each bound account, his mail address, what was sent, an end to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import language, put, say, words
from yifen.core.facts.refused import Refused
from yifen.core.notifications.carriers import Medium
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.notifications.models import Notification
from yifen.core.notifications.operations import opened
from yifen.face import words as said
from yifen.face.bound import Bound, bound
from yifen.trades.reminders import choosing, mails, rules, stopping
from yifen.trades.reminders.choosing import ReminderWish
from yifen.trades.reminders.codes import ReminderCode
from yifen.trades.reminders.models import Reminder, ReminderChoice, ReminderPerson
from yifen.trades.reminders.pages.wording import CHANNELS, KINDS, STATES
from yifen.trades.reminders.planning import quiet

SHOWN_MAX, DAYS = 20, (1, 2, 3, 5, 7, 10, rules.SOON_MAX)
View = Callable[..., HttpResponse]


class ChoiceForm(forms.Form):
    """What one account is reminded of."""

    channels = forms.MultipleChoiceField(label=_("怎么提醒"), required=False, widget=forms.CheckboxSelectMultiple)
    tell_new = forms.BooleanField(label=_("有新账单"), required=False)
    soon_days = forms.TypedChoiceField(label=_("到期前"), required=False, coerce=int, empty_value=None)
    tell_overdue = forms.BooleanField(label=_("逾期未缴"), required=False)
    hours = forms.TypedMultipleChoiceField(label=_("几点提醒"), coerce=int,
                                           widget=forms.CheckboxSelectMultiple(attrs={"class": "hours"}),
                                           help_text=_("最多 6 个；当地时间"))  # fmt: skip

    def __init__(self, *args: Any, offered: list[Medium], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels: Any = self.fields["channels"]
        channels.choices = [(one.value, CHANNELS[one][0]) for one in offered]
        if Medium.WECHAT in offered:
            channels.help_text = _("微信还须在微信里允许本服务号或小程序的订阅消息；未允许的，微信提醒会自动关闭")
        days: Any = self.fields["soon_days"]
        days.choices = [("", gettext("不提醒")), *((n, ngettext("%s 天前", "%s 天前", n) % n) for n in DAYS)]
        hours: Any = self.fields["hours"]
        hours.choices = [(hour, f"{hour}:00") for hour in range(24) if hour not in quiet()]


def for_holder(view: Callable[..., HttpResponse]) -> View:
    """The page of who checked his phone in this browser; others are sent there first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keeper = bound()
        holder_id = keeper.holder_of(request) if keeper else None
        if keeper is None or holder_id is None:
            home = keeper.home() if keeper else "/"
            return HttpResponseRedirect(f"{home}?{urlencode({'next': reverse('reminders')})}")
        return view(request, keeper, holder_id, *args, **kwargs)

    return guarded


@allow(Door.PUBLIC)
@for_holder
def reminders(request: HttpRequest, keeper: Bound, holder_id: int) -> HttpResponse:
    """Each bound account with how it is reminded of, the mail address, what was sent."""
    return _page(request, keeper, holder_id)


def _page(request: HttpRequest, keeper: Bound, holder_id: int, refused: Refused | None = None) -> HttpResponse:
    """`refused`: why no code goes to the address that was typed."""
    ring = edge.key_ring_of(request)
    open_: dict[int, list[ReminderChoice]] = {}
    for row in ReminderChoice.objects.filter(person_id=holder_id, ended_at=None).order_by("pk"):
        open_.setdefault(row.binding_id, []).append(row)
    wechat = ReminderChoice.objects.filter(person_id=holder_id, channel=Medium.WECHAT).order_by("pk")
    shut = {binding for binding, why in dict(wechat.values_list("binding_id", "end_why")).items() if why == "wechat"}
    person = ReminderPerson.objects.filter(pk=holder_id).first()
    return render(request, "payer/reminders.html", {
        "home_url": "/", "back_url": keeper.home(), "phone": keeper.phone(ring, holder_id)[-4:],
        "rows": [(one, _told(open_.get(one.binding_id, [])), one.binding_id in shut)
                 for one in keeper.accounts(holder_id)],
        "any": bool(open_), "mail": mails.masked(mails.mail_of(ring, person)),
        "mail_offered": bool(refused or carrier_of(ring, Medium.MAIL)), "sent": _sent(ring, holder_id),
        "typed": request.POST.get("mail", ""), "mail_error": refused and words(request, refused),
    }, status=refused.code.meaning.status if refused else 200)  # fmt: skip


def _told(rows: list[ReminderChoice]) -> str:
    if not rows:
        return ""
    channels = said.listed(CHANNELS[Medium(row.channel)][0] for row in rows)
    return f"{channels} · {said.listed(f'{hour}:00' for hour in rows[0].hours)}"


def _sent(ring: Any, holder_id: int) -> list[dict[str, Any]]:
    """The newest; each message once, as it was read."""
    rows = Reminder.objects.filter(holder_id=holder_id).exclude(state="planned").order_by("-done_at", "-pk")
    texts = Notification.objects.in_bulk([row.notification_id for row in rows[:SHOWN_MAX] if row.notification_id])
    found: dict[Any, dict[str, Any]] = {}
    for row in rows[:SHOWN_MAX]:
        text = texts.get(row.notification_id or 0)
        found.setdefault(row.notification_id or -row.pk, {
            "at": row.done_at or row.send_at, "kind": said.word(KINDS, row.kind),
            "channel": CHANNELS[Medium(row.channel)][0], "state": said.word(STATES, row.state),
            "tone": said.tone(STATES, row.state), "text": opened(ring, text)[1] if text else "",
        })  # fmt: skip
    return list(found.values())


@allow(Door.PUBLIC)
@for_holder
def reminder_choice(request: HttpRequest, keeper: Bound, holder_id: int, binding: int) -> HttpResponse:
    """GET the form, POST what he wants; nothing ticked ends it."""
    account = keeper.found([binding]).get(binding)
    if account is None or account.holder_id != holder_id:
        return redirect("reminders")
    ring = edge.key_ring_of(request)
    rows, offered = choosing.standing(binding), choosing.offered(ring, keeper, holder_id)
    form = ChoiceForm(request.POST or None, offered=offered, initial=_now_wanted(rows))
    seen = request.POST.get("seen", "") if request.method == "POST" else choosing.version(rows)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        wish = ReminderWish(frozenset(map(Medium, asked["channels"])), asked["tell_new"], asked["soon_days"],
                    asked["tell_overdue"], tuple(asked["hours"]))  # fmt: skip
        try:
            choosing.choose(ring, keeper, account, wish, language(request)[:2], edge.now(), seen)
        except Refused as refused:
            if refused.code is ReminderCode.CHOICE_CHANGED:
                say(request, refused)
                return redirect("reminder_choice", binding)
            put(request, form, refused)
        else:
            messages.success(request, gettext("已关闭提醒") if wish.is_nothing else gettext("已保存"))
            return redirect("reminders")
    return render(request, "payer/reminder_choice.html", {
        "form": form, "seen": seen, "account": account, "home_url": "/", "back_url": reverse("reminders")},
        status=400 if form.errors else 200)  # fmt: skip


def _now_wanted(rows: list[ReminderChoice]) -> dict[str, Any]:
    if not rows:
        return {"tell_new": True, "soon_days": 3, "tell_overdue": True, "hours": [9]}
    one = rows[0]
    return {"channels": [row.channel for row in rows], "tell_new": one.tell_new, "soon_days": one.soon_days,
            "tell_overdue": one.tell_overdue, "hours": one.hours}  # fmt: skip


@allow(Door.PUBLIC)
@for_holder
def reminder_mail(request: HttpRequest, keeper: Bound, holder_id: int) -> HttpResponse:
    """POST sends a code to the address; a page that says why not is looked at again where it came from."""
    if request.method != "POST":
        return redirect("reminders")
    ring = edge.key_ring_of(request)
    try:
        check = mails.ask(ring, carrier_of(ring, Medium.MAIL), holder_id, request.POST.get("mail", ""),
                          language(request)[:2], edge.now())  # fmt: skip
    except Refused as refused:
        return _page(request, keeper, holder_id, refused)
    return redirect("reminder_mail_code", check.pk)


@allow(Door.PUBLIC)
@require_POST
@for_holder
def reminder_mail_again(request: HttpRequest, keeper: Bound, holder_id: int, token: str) -> HttpResponse:
    """Another code to the address for which this one was asked."""
    ring = edge.key_ring_of(request)
    try:
        check = mails.ask_again(ring, carrier_of(ring, Medium.MAIL), holder_id, token, language(request)[:2],
                                edge.now())  # fmt: skip
    except Refused as refused:
        say(request, refused)
        return redirect("reminder_mail_code", token)
    messages.success(request, gettext("已重新发送"))
    return redirect("reminder_mail_code", check.pk)


@allow(Door.PUBLIC)
@for_holder
def reminder_mail_code(request: HttpRequest, keeper: Bound, holder_id: int, token: str) -> HttpResponse:
    """The code that came by mail."""
    context: dict[str, Any] = {"home_url": "/", "back_url": reverse("reminders"), "token": token}
    if request.method == "POST":
        try:
            mails.confirm(edge.key_ring_of(request), holder_id, token, request.POST.get("code", "")[:20],
                          language(request)[:2], edge.now())  # fmt: skip
        except Refused as refused:
            return render(request, "payer/reminder_code.html", context | {"error": words(request, refused)},
                          status=refused.code.meaning.status)  # fmt: skip
        messages.success(request, gettext("邮箱已确认"))
        return redirect("reminders")
    carrier = carrier_of(edge.key_ring_of(request), Medium.MAIL)
    if carrier is not None and carrier.code == "local":  # trying out: no mailbox is there to look at
        context["kept"] = mails.kept(edge.key_ring_of(request), holder_id, token)
    return render(request, "payer/reminder_code.html", context)


@allow(Door.PUBLIC)
@require_POST
@for_holder
def reminders_stop(request: HttpRequest, keeper: Bound, holder_id: int) -> HttpResponse:
    """All of his, by every channel."""
    stopping.stop(holder_id, None, "page", edge.now())
    messages.success(request, gettext("已关闭全部提醒"))
    return redirect("reminders")


@allow(Door.PUBLIC)
@csrf_exempt
def reminder_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A link of a message: one click ends what comes by its channel, without a sign-in. A look alone ends
    nothing, for mail programs look at links by themselves; RFC 8058's POST does."""
    context: dict[str, Any] = {"home_url": "/"}
    try:
        holder_id, channel = stopping.read(edge.key_ring_of(request), token)
    except Refused as refused:
        return render(request, "payer/reminder_stop.html", context | {"error": words(request, refused)}, status=404)
    if request.method == "POST":
        stopping.stop(holder_id, channel, "link", edge.now())
        context["done"] = True
    context |= {"channel": CHANNELS[channel][0], "ended_at": stopping.ended(holder_id, channel)}
    return render(request, "payer/reminder_stop.html", context)
