"""4692: a biller's transit account 过渡户 and the account that it is settled to, one to one. Two people decide it,
after the core said that both are there and whose they are."""

import base64
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank import accounts, rules
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Cores, core_of

ACT = "corebank.pair"
KIND_SETTLED = "cheque"
"""单位银行结算账户: a company's account is one that cheques are drawn on."""
MODES = (1, 2, 3)
TITLES = {
    "biller": Text("收费单位", "Biller"), "contracting": Text("签约机构", "Contracting institution"),
    "transit": Text("过渡户账号", "Transit account"), "settlement": Text("商户结算账号", "Settlement account"),
    "settlement_name": Text("结算账号名称", "Its holder"), "merchant": Text("商户编码", "Merchant"),
    "unit": Text("核算单位", "Accounting unit"), "customer_no": Text("客户编号", "Customer number"),
    "contract_no": Text("签约合同号", "Contract"), "signed_on": Text("签约日期", "Signed on"),
    "mode": Text("业务方式", "Mode"), "batch_mode": Text("批量方式", "Batch mode"),
}  # fmt: skip
_SHOWN = tuple(TITLES)[2:]
_SQL = queries(__package__)


class PairForm(NamedTuple):
    """The form of 4692. `mode`: 1 联机, 2 批量, 3 both; `batch_mode`: 1 代收."""

    biller_id: int
    contracting_id: int
    transit: str
    settlement: str
    settlement_name: str
    merchant: str = ""
    unit: str = ""
    customer_no: str = ""
    contract_no: str = ""
    signed_on: date | None = None
    mode: int = 3
    batch_mode: int = 1


def propose(access: Access, cores: Cores, form: PairForm, now: datetime) -> Authorisation:
    """Outside of any transaction, for the core is asked. Refused: OUT_OF_SCOPE, CORE_MISSING, CORE_NO_ACCOUNT,
    CORE_WRONG_KIND, CORE_CLOSED, CORE_NAME_DIFFERS, CORE_AWAY, NOT_CALLED, INPUT_INVALID, CORE_ACCOUNT_TAKEN,
    and as `second.propose` refuses."""
    biller = Biller.objects.select_related("partner").filter(pk=form.biller_id).first()
    contracting = Institution.objects.filter(pk=form.contracting_id).first()
    if biller is None or not access.scope.has_partner(form.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if contracting is None or not access.scope.has_institution(form.contracting_id):
        raise Refused(Code.OUT_OF_SCOPE, "contracting")
    if form.mode not in MODES:
        raise Refused(Code.INPUT_INVALID, "mode")
    core = core_of(cores.conn, contracting.pk)
    if core is None:
        raise Refused(CoreCode.CORE_MISSING, "contracting")
    _check_at_core(cores, core.core_id, form)
    ring, number = cores.ring, form.settlement
    sealed = base64.b64encode(ring.seal(number.encode(), accounts.pair_context(form.biller_id))).decode()
    content = form._asdict() | {
        "core_id": core.core_id, "settlement_sealed": sealed, "settlement_lookup": accounts.lookup(ring, number),
        "settlement_shown": accounts.shown(number), "settlement_name": form.settlement_name.strip(),
        "signed_on": form.signed_on and form.signed_on.isoformat(),
    }  # fmt: skip
    del content["settlement"]
    return second.propose(access, ACT, str(form.biller_id), content, now, partner=biller.partner)


def _check_at_core(cores: Cores, core_id: int, form: PairForm) -> None:
    """Both are there and open, of their kinds; the company's is held in its name."""
    port = cores.port(core_id)
    port.check_way()
    try:
        transit, settlement = port.account(form.transit), port.account(form.settlement)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY) from None
    rules.check_named(transit, transit.name, "transit")
    rules.check_named(settlement, form.settlement_name, "settlement")
    for field, state, kind in (("transit", transit, "internal"), ("settlement", settlement, KIND_SETTLED)):
        if state.kind != kind:
            raise Refused(CoreCode.CORE_WRONG_KIND, field)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: CORE_ACCOUNT_TAKEN."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["pair_taken"], [content["core_id"], content["biller_id"], content["transit"],
                                            content["settlement_lookup"]])  # fmt: skip
        if cursor.fetchone()[0]:
            raise Refused(CoreCode.CORE_ACCOUNT_TAKEN, "transit")
        cursor.execute(_SQL["pair_now"], [content["biller_id"]])
        row = cursor.fetchone()
    biller = Biller.objects.select_related("partner").get(pk=content["biller_id"])
    told = content | {
        "biller": f"{biller.partner.code} {biller.partner.name}", "settlement": content["settlement_shown"],
        "contracting": str(Institution.objects.get(pk=content["contracting_id"])),
    }  # fmt: skip
    before = dict(zip(("contracting", *_SHOWN), row, strict=True)) if row else {}
    return [Change(field, title, _word(before.get(field)), _word(told[field])) for field, title in TITLES.items()]


def _word(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def run(content: dict[str, Any], decision: Decision) -> None:
    """From the next collection on. Refused: AUTHORISATION_INVALID, CORE_MISSING, CORE_ACCOUNT_TAKEN."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SQL["put_pair"], [content["biller_id"]])
            code = cursor.fetchone()[0]
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):  # a trade's own check of a pair, say
            raise
        raise Refused(CoreCode.CORE_ACCOUNT_TAKEN, "transit") from None
    if code:
        raise Refused(result_code(code))
