"""4621 代扣签约信息维护: add, query, change, another account, delete; the second person signs at this screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.forms import DeskForm, posted
from yifen.face.desk.transaction import DeskScreen, Transaction
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import Cores
from yifen.trades.mandates import kept, rules, signing
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import KeptMandate
from yifen.trades.mandates.pages import forms
from yifen.trades.mandates.pages.words import ENDS, STATES
from yifen.trades.mandates.rules import SignedTerms

MANDATE = "4621"
HELP = _("选功能，录入收费单位和户号，F5 查找。新增、变更账户须核对证件和账户，核心核对户名后由主管在本屏授权；"
         "修改、删除在签约营业机构办理。成功后打印凭证，并在签约页补传三方协议扫描件。")  # fmt: skip
_BILLERS = queries("yifen.trades.mandates")["billers_at"]
_FORMS: dict[str, tuple[type[Any], Any, Any]] = {
    forms.ADD: (forms.MandateSignForm, _("协议内容，主管在本屏授权"), _("确认签约")),
    forms.ACCOUNT: (forms.MandateSignForm, _("新账户的协议，主管在本屏授权"), _("确认变更账户")),
    forms.CHANGE: (forms.ChangeForm, _("修改内容，主管在本屏授权"), _("确认修改")),
    forms.END: (forms.EndForm, _("主管在本屏授权"), _("确认删除")),
}  # fmt: skip


@contextmanager
def reached() -> Iterator[Cores]:
    """The cores, by this request's connection."""
    with plain_connection() as conn:
        yield cores_of(conn)


class MandateDesk(Transaction):
    """The screen of the union, field by field in its order."""

    group = _("签约")
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__(MANDATE, _("代扣签约信息维护"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        if done := request.GET.get("done", ""):
            return self._done(request, done[:20])
        asked = forms.MandateKeyForm(request.GET if "function" in request.GET else None).offer(billers(request))
        if not asked.is_bound or not asked.is_valid():
            return _asking(asked, _("功能与户号"), _("查找"), method="get")
        data = asked.cleaned_data
        with plain_connection() as conn:
            found = kept.of_customer(conn, int(data["biller"]), data["customer"])
        try:
            return self._found(request, data, found)
        except Refused as refused:
            put(request, asked, refused, "customer")
            return _asking(asked, _("功能与户号"), _("查找"), method="get")

    def shows(self, request: HttpRequest, serial: str) -> str:
        if not rules.NUMBER.fullmatch(serial):
            return ""
        with plain_connection() as conn:
            try:
                signing.own(conn, access_of(request), serial)
            except Refused:
                return ""
        return at(serial)

    def _found(self, request: HttpRequest, data: dict[str, Any], found: list[KeptMandate]) -> DeskScreen | HttpResponse:
        function = data["function"]
        if function == forms.QUERY:
            if not found:
                raise Refused(MandateCode.MANDATE_UNKNOWN, "customer")
            return DeskScreen("mandates/found", {"records": [(one, facts_of(one)) for one in found], "picks": ""})
        if function == forms.ADD:
            return self._form(request, data, None)
        here = [one for one in found if one.institution_id == user_of(request).institution_id
                and one.state in ("open", "waiting", "asked") and data["number"] in ("", one.number)]  # fmt: skip
        if not here:
            raise Refused(MandateCode.MANDATE_UNKNOWN, "customer")
        if len(here) > 1:
            picks = urlencode({key: data[key] for key in ("function", "biller", "customer")})
            return DeskScreen("mandates/found", {"records": [(one, facts_of(one)) for one in here], "picks": picks})
        return self._form(request, data, here[0])

    def _form(self, request: HttpRequest, data: dict[str, Any], one: KeptMandate | None) -> DeskScreen | HttpResponse:
        kind, step, key = _FORMS[data["function"]]
        first: dict[str, Any] = {}
        if one and data["function"] == forms.CHANGE:
            first = one.terms._asdict() | {name: f"{fen / 100:.2f}" if fen else "" for name, fen in (
                ("once_fen", one.once_fen), ("month_fen", one.month_fen))}  # fmt: skip
        form = kind(posted(request), reasons=forms.REASONS, initial=first | {"number": rules.new_number(edge.now())})
        if request.method == "POST" and form.is_valid():
            try:
                return redirect(at(self._signed(request, data, one, form).number))
            except Refused as refused:
                put(request, form, refused, "account_no" if "account_no" in form.fields else "supervisor")
        facts = facts_of(one) if one else [(_("收费单位"), dict(billers(request))[data["biller"]]),
                                           (_("户号"), data["customer"])]  # fmt: skip
        return _asking(form, step, key, facts)

    def _signed(self, request: HttpRequest, data: dict[str, Any], one: KeptMandate | None, form: Any) -> KeptMandate:
        given, access, now = form.cleaned_data, access_of(request), edge.now()
        signature = signature_of(request, given["supervisor"], given["supervisor_password"], given["supervisor_code"])
        with reached() as cores:
            if data["function"] in (forms.ADD, forms.ACCOUNT):
                agreement = SignedTerms(int(data["biller"]), data["customer"], given["account_no"], form.holder(),
                                      form.terms())  # fmt: skip
                return signing.sign(cores, access, agreement, given["number"], signature, given["reason"], now,
                                    one.number if one else "")  # fmt: skip
            assert one is not None
            if data["function"] == forms.CHANGE:
                return signing.change(cores.conn, access, one.number, form.terms(), signature, given["reason"], now)
            return signing.end(cores.conn, access, one.number, signature, given["reason"], now)

    def _done(self, request: HttpRequest, number: str) -> DeskScreen | HttpResponse:
        """One of this outlet's, with its voucher."""
        with plain_connection() as conn:
            try:
                one = signing.own(conn, access_of(request), number)
            except Refused:
                return redirect("desk_transaction", MANDATE)
        state, tone = STATES[one.state]
        return DeskScreen("mandates/done", {"number": number, "facts": facts_of(one), "state": state, "tone": tone})


def at(number: str) -> str:
    """The address of what became of it."""
    return f"{reverse('desk_transaction', args=[MANDATE])}?{urlencode({'done': number})}"


def billers(request: HttpRequest) -> list[tuple[str, str]]:
    """Whose mandates are signed at this outlet: billers with accounts at its core."""
    with plain_connection() as conn:
        rows = conn.execute(_BILLERS, {"institution": user_of(request).institution_id}).fetchall()
    return [(str(number), title) for number, title in rows]


def facts_of(one: KeptMandate) -> list[tuple[Any, Any]]:
    """As the desk, the console and the voucher show it."""
    shown = signing.shown_now(one)
    told_: list[tuple[Any, Any]] = [(told(signing.TITLES[key]), told(value) if isinstance(value, Text) else value)
                                    for key, value in shown.items()]  # fmt: skip
    if one.ended_on:
        told_ += [(_("终止"), f"{one.ended_on} · {ENDS[one.end_why]}")]
    if one.replaces or one.replaced_by:
        told_ += [(_("替代"), f"{one.replaces or one.number} → {one.number if one.replaces else one.replaced_by}")]
    return told_


def _asking(form: DeskForm, step: Any, key: Any, facts: list[tuple[Any, Any]] | None = None, **more: Any) -> DeskScreen:
    return DeskScreen("mandates/form", {"form": form, "step": step, "key": key, "facts": facts or [], **more})
