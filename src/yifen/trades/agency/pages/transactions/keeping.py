"""4690 and 4692: what is admitted and which accounts a merchant has, for every teller to look up. Who may propose is
led to the console's form: one form and one act of two people, wherever the code was typed."""

from abc import abstractmethod
from datetime import date
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import user_of
from yifen.core.access.telling import put
from yifen.core.documents.figures import shown_day
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.desk.transaction import DeskScreen, Transaction
from yifen.trades.agency.pages.forms import BATCH_MODES, MODES
from yifen.trades.agency.pages.transactions.forms import QUERY, KeptForm, KeptUnitForm
from yifen.trades.agency.pages.transactions.screens import KEEPING, may_propose
from yifen.trades.agency.pages.views import merchants, read
from yifen.trades.agency.pages.words import CHANNELS, OPEN, PRODUCTS

_SQL = queries("yifen.trades.agency.pages")


def day_or_none(day: date | None) -> str:
    return shown_day(day) if day else "—"


class Keeping(Transaction):
    """A look-up, and the way to the console. `asks`: its form; `proposes`: permission, duty and page of who may."""

    group = KEEPING
    needs_shift = needs_open_day = False
    asks: ClassVar[type[KeptForm]]
    proposes: ClassVar[tuple[str, str, str]]

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        form = self.asks(request.GET if "function" in request.GET else None).offer(merchants())
        context: dict[str, Any] = {"form": form}
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            if data["function"] == QUERY:
                records = self.found(data | {"here": user_of(request).institution_id})
                return DeskScreen("agency/kept", context | {"records": records, "is_none": not records})
            permission, duty, page = self.proposes
            try:
                may_propose(request, permission, duty)
                return redirect(page)
            except Refused as refused:
                put(request, form, refused, "function")
        return DeskScreen("agency/kept", context)

    @abstractmethod
    def found(self, data: dict[str, Any]) -> list[list[tuple[Any, Any]]]:
        """What there is: title and value of each field, in the order of the union's own screen."""


class Admissions(Keeping):
    """4690 中间业务准入信息维护."""

    asks = KeptForm
    proposes = ("agency.rules", "admission.ask", "agency_admission_new")

    def __init__(self) -> None:
        super().__init__("4690", _("中间业务准入信息维护"),
                         _("功能号 0 查询本机构上级和下级的准入；新增、修改、终止由县级联社管理员在控制台提出，"
                           "省联社审批后生效。"))  # fmt: skip

    def found(self, data: dict[str, Any]) -> list[list[tuple[Any, Any]]]:
        return [[
            (_("商户行业"), industry), (_("商户编码"), code), (_("商户简称"), name),
            (_("业务种类"), said.word(PRODUCTS, product)), (_("业务方式"), dict(MODES)[mode]), (_("地区码"), region),
            (_("机构号"), place), (_("状态"), said.word(OPEN, state)), (_("渠道"), said.word(CHANNELS, channel)),
            (_("生效日"), day_or_none(since)), (_("截止日"), day_or_none(until)),
        ] for industry, code, name, product, mode, region, place, state, channel, since, until
            in read(_SQL["desk_admissions"], data)]  # fmt: skip


class Accounts(Keeping):
    """4692 中间业务商户账户维护."""

    asks = KeptUnitForm
    proposes = ("corebank.edit", "pair", "agency_accounts")

    def __init__(self) -> None:
        super().__init__("4692", _("中间业务商户账户维护"),
                         _("功能号 0 查询；新增、修改由办事处或省联社管理员在控制台提出，先问核心，另一人复核后生效。"))

    def found(self, data: dict[str, Any]) -> list[list[tuple[Any, Any]]]:
        return [[
            (_("商户编码"), code), (_("商户名称"), name), (_("核算单位"), unit), (_("客户编号"), customer or "—"),
            (_("签约合同号"), contract or "—"), (_("签约机构"), place), (_("签约日期"), day_or_none(signed_on)),
            (_("业务方式"), dict(MODES)[mode]), (_("批量方式"), dict(BATCH_MODES)[batch]), (_("过渡户账号"), transit),
            (_("商户结算账号"), settlement), (_("商户结算账号名称"), holder), (_("商户结算账号开户机构"), bank),
        ] for code, name, unit, customer, contract, place, signed_on, mode, batch, transit, settlement, holder, bank
            in read(_SQL["desk_pairs"], data)]  # fmt: skip
