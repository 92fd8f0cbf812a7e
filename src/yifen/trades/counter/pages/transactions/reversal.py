"""Taking back today's payment 当日冲正 (4625), the supervisor signing at this screen (P6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put
from yifen.core.facts.capitals import capitals
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face.desk import papers
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.hub.payments.local import hub_of
from yifen.trades.counter import queries
from yifen.trades.counter.models import REVERSAL, Entry, Shift
from yifen.trades.counter.operations.reverse import check_reversible, reverse
from yifen.trades.counter.pages.forms import FindForm, ReversalForm
from yifen.trades.counter.pages.telling import Told, in_the_way

REASONS = (_("收错户号"), _("收错金额"), _("重复收款"), _("缴费人要求撤销"), _("系统超时"))
HELP = _("按流水号或缴费号找到当日的一笔，留空为本人最近一笔。核对后说明原因，"
         "主管在本屏录入账号、密码和动态码授权；收回原回单作废。")  # fmt: skip


class Reversal(Transaction):
    """Find it, say why, have it authorised."""

    group = CORRECTING

    def __init__(self) -> None:
        super().__init__(REVERSAL, _("当日冲正"), HELP)

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        assert shift is not None
        find = FindForm(request.GET if "number" in request.GET else None)
        if not find.is_bound or not find.is_valid():
            last = queries.last_booked(user_of(request))
            return DeskScreen("find", {"form": find, "last": last})
        number = find.cleaned_data["number"]
        told: Told = []
        try:
            entry = reversible(shift, number)
            if request.method == "GET" and entry.state == Entry.State.REVERSED:
                raise Refused(Code.ALREADY_REVERSED, "number")  # its cash was given back: not again
            if entry.state == Entry.State.BOOKED and queries.may_return_fen(entry) < entry.amount_fen:
                told = in_the_way(entry)
                raise Refused(Code.PREPAID_USED, "number")  # before a supervisor is asked
        except Refused as refused:
            put(request, find, refused, "number")
            late = refused.code is Code.DAY_CLOSED_USE_REFUND
            return DeskScreen("find", {"form": find, "use_refund": late and number, "told": told})
        numbers = papers.out(entry.payment_id)
        form = ReversalForm(posted(request), reasons=REASONS, papers=numbers)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("desk_entry", take_back(request, entry, form).pk)
            except Refused as refused:
                put(request, form, refused, "supervisor")
        return DeskScreen("give_back", {"form": form, "entry": entry, "capital": capitals(entry.amount_fen),
                                        "word": _("授权并冲正")})  # fmt: skip


def reversible(shift: Shift, number: str) -> Entry:
    """Refused: OUT_OF_SCOPE, ENTRY_NOT_REVERSIBLE, DAY_CLOSED_USE_REFUND."""
    entry = queries.last_booked(shift.teller)
    if number:
        entry = queries.collection_of(shift.institution_id, number)
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "number")
    check_reversible(entry, shift)
    return entry


def take_back(request: HttpRequest, entry: Entry, form: ReversalForm) -> Entry:
    """The reversal's entry. Refused: AUTHORISATION_INVALID, and all of `reverse`."""
    data = form.cleaned_data
    signed = signature_of(request, data["supervisor"], data["supervisor_password"],
                          data["supervisor_code"])  # fmt: skip
    return reverse(hub_of(request), access_of(request), entry.pk, signed, data["reason"], edge.now(),
                   form.papers_back())  # fmt: skip
