"""What a deposit's page tells when it is done: how it was paid, its entries, what goes back to whom, what is next."""

from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yifen.core.access.edge import user_of
from yifen.core.access.telling import told
from yifen.core.documents.figures import shown_at, shown_day
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.desk.transaction import DeskScreen
from yifen.face.plain import plain_connection
from yifen.hub.corebank import closing
from yifen.hub.corebank.operations import Connection
from yifen.trades.agency.deposits import CASH, CHEQUE, INTERNAL
from yifen.trades.agency.pages.words import CHEQUES, MEANS

_SQL = queries("yifen.trades.agency.pages")
Facts = list[tuple[Any, Any]]


class DepositDone(NamedTuple):
    """One of an outlet's. `back`: how the move that gives it back stands at the core, empty where there is none."""

    company: str
    unit: str
    number: str
    payer: str
    means: str
    debit: str
    credit: str
    cheque_no: str
    business_day: date | None
    core_serial: str
    entries: list[str]
    back: str
    back_serial: str
    supervisor: str
    may_go_back: bool


def deposit_done(conn: Connection, serial: str, outlet: int) -> DepositDone | None:
    """As it stands now."""
    row = conn.execute(_SQL["deposit_done"], {"serial": serial, "outlet": outlet}).fetchone()
    return DepositDone(*row) if row else None


def facts_of(one: DepositDone) -> Facts:
    """What it says beside amount and state; what is not there yet is left out."""
    means = str(words.word(MEANS, one.means))
    rows: Facts = [
        (_("供电公司"), one.company), (_("核算单位"), one.unit), (_("缴款编号"), one.number), (_("缴款人"), one.payer),
        (_("缴费方式"), f"{means} {one.cheque_no}".strip()), (_("付款账户"), one.debit), (_("过渡户账号"), one.credit),
        (_("会计日期"), shown_day(one.business_day) if one.business_day else ""),
        (_("核心流水号"), one.core_serial), (_("分录号"), words.listed(one.entries)),
        (_("冲正核心流水号"), one.back_serial), (_("授权主管"), one.supervisor),
        (_("款项退回"), returned(one)),
    ]  # fmt: skip
    return [(title, value) for title, value in rows if value]


def cheque_screen(request: HttpRequest, cheque_id: int) -> DeskScreen | None:
    """A cheque of another bank that this outlet took in."""
    with plain_connection() as conn:
        asked = {"cheque": cheque_id, "outlet": user_of(request).institution_id}
        row = conn.execute(_SQL["cheque_taken"], asked).fetchone()
    if row is None:
        return None
    fen, state, company, unit, number, bank, drawer, cheque_no, written_on, taken_at, teller = row
    facts: Facts = [
        (_("受理编号"), cheque_id), (_("供电公司"), company), (_("核算单位"), unit), (_("缴款编号"), number),
        (_("付款行"), bank), (_("出票人"), drawer), (_("支票号码"), cheque_no), (_("出票日期"), shown_day(written_on)),
        (_("受理时间"), shown_at(taken_at)), (_("受理柜员"), teller),
    ]  # fmt: skip
    text, tone = CHEQUES[state]
    following = _("未入账：进账单回单盖受理凭证专用章交缴款人；收妥后用 4628 选 2 内部户缴存。")
    return DeskScreen("agency/done", {"fen": fen, "state": text, "tone": tone, "facts": facts, "next": following})


def returned(one: DepositDone) -> str:
    """To whom the money went back, and whether the core said so; empty where nothing does."""
    if not one.back:
        return ""
    whom = {CASH: _("现金，当面退给缴款人"), CHEQUE: _("退回出票人账户"),
            INTERNAL: _("退回其他应解汇款，支票款仍为已收妥")}  # fmt: skip
    state = told(closing.STATES[one.back])
    return f"{whom[one.means]} · {state}"


def paper_of(one: DepositDone) -> str:
    """The voucher of the deposit itself."""
    return _("电力方现金缴费记账凭证") if one.means == CASH else _("电力方转账缴费记账凭证")


def next_of(one: DepositDone, state: str) -> str:
    """What the teller does next, empty while nobody knows."""
    if state == "booked":
        return _("打印凭证，回单盖章交缴款人。收错的，当日在本班次内用 4629 冲正。")
    if state == "refused":
        return _("没有入账：现金或支票退还缴款人，更正后可以重新办理 4628。")
    if state != "reversed":
        return ""
    if one.back == "done":
        return _("打印冲正凭证，收回原回单作废；这张缴款单可以重新缴存。")
    return _("打印冲正凭证，收回原回单作废；核心的退回由系统继续办理，结果在本页。")
