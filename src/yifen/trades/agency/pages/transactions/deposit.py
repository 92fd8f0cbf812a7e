"""4628 电力方缴费: unit and number, what the company says, 是否缴款, done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.telling import put
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import DeskScreen, Transaction
from yifen.hub.corebank import operations as core
from yifen.trades.agency import cheques, deposits
from yifen.trades.agency.cheques import ChequeIn
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.deposits import BACK, CHEQUE, PAY, DepositOrder, FoundSlip
from yifen.trades.agency.following import follow
from yifen.trades.agency.pages.transactions.deposit_told import (
    cheque_screen,
    deposit_done,
    facts_of,
    next_of,
    paper_of,
)
from yifen.trades.agency.pages.transactions.forms import (
    RECEIPT,
    OtherChequeForm,
    OwnChequeForm,
    SlipForm,
    YesNoForm,
)
from yifen.trades.agency.pages.transactions.screens import asking, place_of, reached, result

FORMS: dict[str, type[YesNoForm]] = {CHEQUE: OwnChequeForm, RECEIPT: OtherChequeForm}
HELP = _("录入核算单位和缴款编号，选账户类别，F5 返显缴款金额；不返显即无此缴款单。核对款项相符，按 1 后 F5 缴款。"
         "他行支票先受理盖章、提出交换，收妥后再选 2 内部户缴存。")  # fmt: skip


class Deposit(Transaction):
    """What is paid is what the company's slip says; nothing is typed twice."""

    def __init__(self) -> None:
        super().__init__(PAY, _("电力方缴费"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        if done := request.GET.get("done", ""):
            return done_screen(request, done)
        if (taken := request.GET.get("cheque", "")[:18]).isdecimal() and (screen := cheque_screen(request, int(taken))):
            return screen
        asked = SlipForm(request.GET if "number" in request.GET else None)
        if not asked.is_bound or not asked.is_valid():
            return asking(asked, _("缴款单"), _("查找"), method="get")
        data, place = asked.cleaned_data, place_of(request, shift)
        try:
            with reached() as cores:
                slip, data = looked_up(cores.conn, data, place.institution_id)
        except Refused as refused:
            put(request, asked, refused, "number")
            return asking(asked, _("缴款单"), _("查找"), method="get")
        form = FORMS.get(data["means"], YesNoForm)(posted(request))
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["confirm"] != "1":
                return redirect("desk_transaction", PAY)
            try:
                return self._pay(request, shift, data, form.cleaned_data)
            except Refused as refused:
                put(request, form, refused, "confirm")
        return asking(form, _("核对金额"), _("缴款"), slip_facts(slip, data))

    def shows(self, request: HttpRequest, serial: str) -> str:
        with reached() as cores:
            found = deposits.deposit_here(cores.conn, serial, edge.user_of(request).institution_id)
        return at(serial) if found else ""

    def _pay(self, request: HttpRequest, shift: Any, asked: dict[str, Any], told: dict[str, Any]) -> HttpResponse:
        place, now = place_of(request, shift), edge.now()
        with reached() as cores:
            if asked["means"] == RECEIPT:
                cheque = ChequeIn(asked["unit"], asked["number"], told["drawer_bank"], told["drawer"],
                                  told["cheque_no"], told["cheque_on"], told["amount"] or 0)  # fmt: skip
                number = cheques.accept(cores.conn, place, cheque, now)
                return redirect(f"{reverse('desk_transaction', args=[PAY])}?{urlencode({'cheque': number})}")
            order = DepositOrder(asked["unit"], asked["number"], asked["means"], told.get("from_account", ""),
                                 told.get("cheque_no", ""), told.get("cheque_on"))  # fmt: skip
            if order.means == CHEQUE:
                deposits.check_own_cheque(cores, place, order)
            paid = deposits.pay(cores, place, order, now)
        return redirect(at(paid.serial))


def at(serial: str, code: str = PAY) -> str:
    """The address of what became of it."""
    return f"{reverse('desk_transaction', args=[code])}?{urlencode({'done': serial})}"


def done_screen(request: HttpRequest, typed: str) -> DeskScreen | HttpResponse:
    """One of this outlet's; while nobody knows, the core is asked again."""
    serial = typed[:40].replace("\x00", "")
    with reached() as cores:
        found = deposits.deposit_here(cores.conn, serial, edge.user_of(request).institution_id)
        if found is None:
            return redirect("desk_transaction", PAY)
        if found.state == "asked":
            core.settle(cores, serial, edge.now())
            follow(cores.conn, "deposit", found.deposit_id, edge.now())
        one = deposits.deposit_now(cores.conn, serial)
        told = deposit_done(cores.conn, serial, edge.user_of(request).institution_id)
    assert told is not None
    shown = result(request, one, facts_of(told))
    shown.context.update(paper=paper_of(told), next=next_of(told, one.state))
    if told.may_go_back:
        back = urlencode({"number": serial})
        shown.context["back_url"] = f"{reverse('desk_transaction', args=[BACK])}?{back}"
    return shown


def looked_up(conn: Any, asked: dict[str, Any], institution_id: int) -> tuple[FoundSlip, dict[str, Any]]:
    """The slip as it was typed, else as it is in capitals, and what was asked for so. Refused: as `look_up`."""
    try:
        return deposits.look_up(conn, asked["unit"], asked["number"], institution_id), asked
    except Refused as refused:
        capital = asked | {name: asked[name].upper() for name in ("unit", "number")}
        if refused.code is not AgencyCode.DEPOSIT_UNKNOWN or capital == asked:
            raise
    return deposits.look_up(conn, capital["unit"], capital["number"], institution_id), capital


def slip_facts(slip: FoundSlip, asked: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What the company says of it."""
    company = Partner.objects.get(pk=slip.biller_id)
    return [(_("核算单位"), asked["unit"]), (_("缴款编号"), asked["number"]), (_("供电公司"), str(company)),
            (_("缴款人"), slip.payer), (_("缴款金额（元）"), grouped_yuan(slip.amount_fen))]  # fmt: skip
