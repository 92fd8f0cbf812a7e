"""4629 电力方缴费冲正: on its day, in the shift that took it, with a supervisor's word at this screen."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.trades.agency import deposits
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.deposits import BACK
from yifen.trades.agency.pages.transactions.deposit import at, done_screen
from yifen.trades.agency.pages.transactions.forms import RETURN_REASONS, BackForm, SerialForm
from yifen.trades.agency.pages.transactions.screens import asking, reached

HELP = _("录入当日 4628 的流水号，F5 查找；说明原因，主管在本屏录入账号、密码和动态码授权。款项退回原账户。")


class DepositBack(Transaction):
    """Find it, say why, have it authorised."""

    group = CORRECTING

    def __init__(self) -> None:
        super().__init__(BACK, _("电力方缴费冲正"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        if done := request.GET.get("done", ""):
            return done_screen(request, done)
        find = SerialForm(request.GET if request.GET.get("number") else None)
        if not find.is_bound or not find.is_valid():
            return asking(find, _("原流水"), _("查找"), method="get")
        serial = find.cleaned_data["number"]
        try:
            with reached() as cores:
                found = deposits.deposit_here(cores.conn, serial, user_of(request).institution_id)
                if found is None:
                    raise Refused(AgencyCode.DEPOSIT_UNKNOWN, "number")
                deposits.check_back(cores.conn, serial, user_of(request).pk)
        except Refused as refused:
            put(request, find, refused, "number")
            return asking(find, _("原流水"), _("查找"), method="get")
        form = BackForm(posted(request), reasons=RETURN_REASONS)
        if request.method == "POST" and form.is_valid():
            try:
                return self._take_back(request, serial, form.cleaned_data)
            except Refused as refused:
                put(request, form, refused, "supervisor")
        facts = [(_("流水号"), serial), (_("核算单位"), found.unit), (_("缴款编号"), found.number),
                 (_("缴款金额（元）"), grouped_yuan(found.amount_fen))]  # fmt: skip
        return asking(form, _("主管在本屏授权"), _("确认冲正"), facts)

    def _take_back(self, request: HttpRequest, serial: str, data: dict[str, Any]) -> HttpResponse:
        signature = signature_of(request, data["supervisor"], data["supervisor_password"], data["supervisor_code"])
        with reached() as cores:
            deposits.take_back(cores, access_of(request), serial, signature, data["reason"], edge.now())
        return redirect(at(serial, BACK))
