"""再次确认: before keys, resets, users and roles the session proves again who sits there. The page keeps
what was typed and sends it on with the proof, so that the work is done at once."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge, passkeys, signin
from yifen.core.access.models import Passkey, User
from yifen.core.access.telling import words
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

PREFIX = "confirm"


class ConfirmForm(forms.Form):
    """Both factors, under names that no other form has."""

    password = forms.CharField(
        label=_("密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("动态码"), max_length=20, required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    passkey = forms.CharField(
        max_length=passkeys.ANSWER_CHARS_MAX, required=False, widget=forms.HiddenInput
    )


def hold(request: HttpRequest, user: User) -> HttpResponse | None:
    """None when the act may go on: a look, a fresh session, or one that becomes so with this request.
    Else the page that asks; nothing was done."""
    moment = edge.now()
    if request.method in ("GET", "HEAD") or signin.is_fresh(request, moment):
        return None
    asked = f"{PREFIX}-password" in request.POST
    form = ConfirmForm(request.POST if asked else None, prefix=PREFIX)
    offered = passkeys.possible() and Passkey.objects.filter(user=user).exists()
    form.fields["code"].required = not offered
    refused = Refused(Code.CONFIRM_YOURSELF)
    if asked and form.is_valid():
        given = form.cleaned_data
        proof = signin.Factors(given["password"], given["code"], given["passkey"], passkeys.CONFIRM)
        try:
            signin.confirm(request, user, proof, moment)
        except Refused as wrong:
            refused = wrong
            form.add_error(None, words(request, wrong))
        else:
            return None
    context = {
        "form": form, "kept": kept(request), "lead": words(request, Refused(Code.CONFIRM_YOURSELF)),
        "files": bool(request.FILES),
        "passkey": offered,
    }  # fmt: skip
    status = refused.code.meaning.status if not asked else 200
    return render(request, "access/confirm.html", context, status=status)


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, but for our own questions and for anybody's password, which stands in no page."""
    ours = {"csrfmiddlewaretoken", *(f"{PREFIX}-{name}" for name in ConfirmForm.base_fields)}
    return [(name, value) for name, values in request.POST.lists() if name not in ours and "password" not in name
            for value in values]  # fmt: skip
