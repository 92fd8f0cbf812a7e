"""1078 单位客户服务收费: a month's commission, as settlement reckoned it, taken from the company's account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import DeskScreen, Transaction
from yifen.trades.agency import charges, duties
from yifen.trades.agency.charges import CHARGE, ChargeNow
from yifen.trades.agency.pages.transactions.forms import (
    RETURN_REASONS,
    BackForm,
    MonthForm,
    YesNoForm,
)
from yifen.trades.agency.pages.transactions.screens import asking, place_of, reached, result

HELP = _("录入核算单位和收费月份，F5 返显协议应收手续费；按 1 后 F5 收取，记入 60303002 代收公用事业费业务收入。"
         "每协议每月一次；当日可由主管授权冲正。")  # fmt: skip


class Charging(Transaction):
    """Nothing is typed but whose month it is: the amount is settlement's."""

    def __init__(self) -> None:
        super().__init__(CHARGE, _("单位客户服务收费"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        if done := request.GET.get("done", ""):
            return self._done(request, done[:40].replace("\x00", ""))
        asked = MonthForm(request.GET if "month" in request.GET else None)
        if not asked.is_bound or not asked.is_valid():
            return asking(asked, _("协议与月份"), _("查找"), method="get")
        data, place = asked.cleaned_data, place_of(request, shift)
        try:
            duties.check(user_of(request), "charge")
            with reached() as cores:
                due = charges.due(cores.conn, data["unit"], data["month"], place.institution_id)
        except Refused as refused:
            put(request, asked, refused, "unit")
            return asking(asked, _("协议与月份"), _("查找"), method="get")
        form = YesNoForm(posted(request))
        form.fields["confirm"].label = _("是否收取？是 1，否 0")
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["confirm"] != "1":
                return redirect("desk_transaction", CHARGE)
            try:
                with reached() as cores:
                    made = charges.charge(cores, place, data["unit"], data["month"], edge.now())
                return redirect(at(made.serial))
            except Refused as refused:
                put(request, form, refused, "confirm")
        facts = [(_("供电公司"), due.biller), (_("协议"), due.agreement_id), (_("收费月份"), f"{data['month']:%Y-%m}"),
                 (_("当月手续费（元）"), grouped_yuan(due.fee_fen)),
                 (_("应收（元）"), grouped_yuan(due.owed_fen))]  # fmt: skip
        return asking(form, _("核对金额"), _("收费"), facts)

    def shows(self, request: HttpRequest, serial: str) -> str:
        with reached() as cores:
            found = charges.charge_here(cores.conn, serial, user_of(request).institution_id)
        return at(serial) if found else ""

    def _done(self, request: HttpRequest, serial: str) -> DeskScreen | HttpResponse:
        """One of this outlet's: its receipt's number; GET back: taken back, the supervisor signing."""
        with reached() as cores:
            found = charges.charge_here(cores.conn, serial, user_of(request).institution_id)
            one = charges.charge_now(cores.conn, serial) if found else None
            may_back = charges.may_back(cores.conn, serial)
        if found is None or one is None:
            return redirect("desk_transaction", CHARGE)
        facts = [(_("收费凭证号"), serial), (_("供电公司"), found[0]), (_("收费月份"), f"{found[1]:%Y-%m}")]
        if "back" in request.GET and may_back:
            return self._back(request, one, facts)
        shown = result(request, one, facts)
        shown.context["back_url"] = at(serial) + "&back=1" if may_back else ""
        return shown

    def _back(self, request: HttpRequest, one: ChargeNow, facts: list[tuple[Any, Any]]) -> DeskScreen | HttpResponse:
        form = BackForm(posted(request), reasons=RETURN_REASONS)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                signature = signature_of(request, data["supervisor"], data["supervisor_password"],
                                         data["supervisor_code"])  # fmt: skip
                with reached() as cores:
                    charges.take_back(cores, access_of(request), one.serial, signature, data["reason"], edge.now())
                return redirect(at(one.serial))
            except Refused as refused:
                put(request, form, refused, "supervisor")
        return asking(form, _("主管在本屏授权"), _("确认冲正"), facts)


def at(serial: str) -> str:
    """The address of what became of it."""
    return f"{reverse('desk_transaction', args=[CHARGE])}?{urlencode({'done': serial})}"
