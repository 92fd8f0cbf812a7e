"""Passkeys of one's own: which there are, a new one, one less; and the question at the door."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from yifen.core.access import edge, passkeys, tries
from yifen.core.access.doors import Door, allow, fresh
from yifen.core.access.forms import PasskeyForm
from yifen.core.access.models import Authenticator, Passkey
from yifen.core.access.rules import counted_from
from yifen.core.access.telling import put, words
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

JSON = "application/json"


@allow(Door.PUBLIC)
@require_POST
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What a passkey answers at the door; the same whoever asks. 429: asked too often from here."""
    if not tries.may_ask_device(counted_from(edge.address(request))):
        return HttpResponse(words(request, Refused(Code.SIGN_IN_BUSY)), status=429)
    asked = passkeys.question(request.session, passkeys.SIGN_IN, edge.now())
    return HttpResponse(asked, content_type=JSON)


@allow(Door.SIGNED_IN)
@require_POST
def passkey_confirm(request: HttpRequest) -> HttpResponse:
    """What a passkey answers where somebody confirms that it is him."""
    asked = passkeys.question(request.session, passkeys.CONFIRM, edge.now())
    return HttpResponse(asked, content_type=JSON)


@allow("passkeys.own")
@require_POST
@fresh
def passkey_new(request: HttpRequest) -> HttpResponse:
    """How the browser makes one; or the page that first asks who is there."""
    return page(request, invitation=passkeys.invitation(request.session, edge.user_of(request), edge.now()))


@allow("passkeys.own")
@fresh
def own_passkeys(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST keeps the one that the browser made."""
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            passkeys.add(request.session, edge.user_of(request), given["name"], given["answer"],
                         edge.now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "name")
        else:
            messages.success(request, _("通行密钥已添加，下次登录即可使用"))
            return redirect("passkeys")
    return page(request, form=form)


@allow("passkeys.own")
@require_POST
@fresh
def passkey_remove(request: HttpRequest, number: int) -> HttpResponse:
    """It opens nothing any more; a session that it opened goes on by the authenticator, for its owner
    just said again that it is him."""
    user = edge.user_of(request)
    get_object_or_404(Passkey, pk=number, user=user).delete()
    otp_login(request, Authenticator.objects.filter(user=user, confirmed=True).first())
    messages.success(request, _("通行密钥已移除"))
    return redirect("passkeys")


def page(request: HttpRequest, **more: Any) -> HttpResponse:
    rows = Passkey.objects.filter(user=edge.user_of(request)).order_by("pk")
    context = {"rows": rows, "possible": passkeys.possible(), "form": PasskeyForm(), **more}
    return render(request, "access/passkeys.html", context)
