"""Arriving and leaving: sign-in, second factor, password, sign-out, the first page."""

from base64 import b32encode

from django.contrib.auth import logout, update_session_auth_hash
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from yifen.core.access import devices, edge, passkeys, signin
from yifen.core.access.doors import Door, allow
from yifen.core.access.forms import CodeForm, PasswordForm, SignInForm
from yifen.core.access.places import remember
from yifen.core.access.telling import words
from yifen.core.audit.record import act
from yifen.core.documents.qr import qr_svg
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs


@allow(Door.PUBLIC)
@sensitive_post_parameters("password", "code", "passkey")
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST signs in. Every refusal reads the same."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        proof = signin.Factors(given["password"], given["code"], given["passkey"], passkeys.SIGN_IN)
        try:
            user = signin.sign_in(request, given["username"], proof, edge.now())
        except Refused as refused:
            form.add_error(None, words(request, refused))
        else:
            answer = HttpResponseRedirect(next_page(request))
            if signin.is_fresh(request, edge.now()):  # with a second factor
                remember(request, answer, user.login)
            return answer
    # 200, not 403: the page is the same whoever asks
    context = {"form": form, "passkey": passkeys.possible()}
    return render(request, "access/sign_in.html", context)


@allow(Door.ARRIVING)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    act(connection, "sign_out", "access_user", edge.user_of(request).pk)
    logout(request)
    return redirect("sign_in")


@allow(Door.ARRIVING)
def enrol(request: HttpRequest) -> HttpResponse:
    """The second factor of who has none yet: scan, type what it shows, keep the recovery codes."""
    user = edge.user_of(request)
    if devices.has_second_factor(user):
        if not request.user.is_verified():  # type: ignore[union-attr]
            logout(request)  # what this session was proved by is gone
        return redirect("home")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = devices.confirm_device(user, form.cleaned_data["code"], edge.now())
        except Refused as refused:
            form.add_error("code", words(request, refused))
        else:
            otp_login(request, device)
            answer = render(request, "access/recovery_codes.html", {"codes": codes})
            remember(request, answer, user.login)
            return answer
    device = devices.new_device(user)
    context = {
        "form": form,
        "qr": qr_svg(devices.address_of(device)).decode(),
        "secret": grouped(devices.secret_of(device)),
    }
    return render(request, "access/enrol.html", context)


@allow(Door.ARRIVING)
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own; the session goes on."""
    user = edge.user_of(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            signin.change_password(request, user, data["old"], data["new"], edge.now())
        except Refused as refused:
            field = refused.field if refused.field in form.fields else "new"
            form.add_error(field, words(request, refused))
        else:
            before = request.session.session_key or ""
            update_session_auth_hash(request, user)
            signin.keep(request, before)
            return redirect("home")
    return render(request, "access/change_password.html", {"form": form})


@allow(Door.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """To where this person works."""
    access = edge.access_of(request)
    homes = sorted(home for plug in plugs() for home in plug.home)
    mine = (home.route for home in homes if not home.permission or access.may(home.permission))
    return redirect(next(mine, "profile"))


@allow(Door.SIGNED_IN)
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here: institution, roles, what they allow."""
    return render(request, "access/profile.html")


def next_page(request: HttpRequest) -> str:
    """Where the visitor was going, if that is here."""
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, None):
        return target
    return reverse("home")


def grouped(secret: bytes) -> str:
    """The authenticator's secret for who cannot scan: base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
