"""Payees, changed by two people; and our own accounts at banks."""


from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.authorise import grant, sign_here
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face.forms import SignForm
from yifen.trades.settlement.models import Bank, Payee
from yifen.trades.settlement.operations import payees as operations
from yifen.trades.settlement.pages.agreement_views import billers
from yifen.trades.settlement.pages.forms import PayeeForm


@allow("agreements.edit")
def payee(request: HttpRequest, code: str) -> HttpResponse:
    """One biller's; POST changes it, signed on the spot by who approves payouts."""
    biller = billers(request).filter(code=code).first() if code.isprintable() else None
    if biller is None:
        raise Http404
    row = Payee.objects.filter(pk=biller.pk).first()
    names = ("bank_id", "account_no", "account_name", "bank_code", "bank_name")
    initial = {name: getattr(row, name) for name in names} if row else {}
    posted = request.POST or None
    form = PayeeForm(posted, initial=initial, banks=bank_choices(biller))
    signing = SignForm(posted)
    if posted and form.is_valid() and signing.is_valid():
        try:
            save(request, biller, form, signing)
        except Refused as refused:
            put(request, form if refused.field in form.fields else signing, refused)
        else:
            messages.success(request, _("收款账户已生效"))
            return redirect("payees")
    return render(request, "console/settle/payee.html", {
        "breadcrumbs": [{"title": _("收款账户"), "url": reverse("payees")}, {"title": code}],
        "biller": biller, "form": form, "signing": signing,
    })  # fmt: skip


def bank_choices(biller: Partner) -> list[tuple[int, str]]:
    """Our banks in the biller's book."""
    rows = Bank.objects.filter(partner__book_id=biller.book_id).select_related("partner")
    return [(row.pk, str(row.partner)) for row in rows.order_by("partner__code")]


def save(request: HttpRequest, biller: Partner, form: PayeeForm, signing: SignForm) -> None:
    """Refused as sign_here and payees.put refuse."""
    access, maker, sign = access_of(request), user_of(request), signing.cleaned_data
    asked = operations.AskedPayee(biller.pk, **form.cleaned_data)
    operations.check(access, asked)
    checker = sign_here(request, maker, sign["checker"], sign["checker_password"],
                        sign["checker_code"], "payouts.approve")  # fmt: skip
    granted = grant(operations.ACTION, operations.key_of(asked), maker, checker, now())
    operations.put(access, asked, granted, now())
