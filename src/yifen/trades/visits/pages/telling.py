"""One visit as the pages show it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.edge import Access, now
from yifen.core.access.sealing import ring
from yifen.core.facts.masking import masked_name
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import in_scope, params_of
from yifen.hub.payments.names import opened_name
from yifen.trades.visits.pages.listing import FINDINGS, KINDS, OK_OF, STATES, read, why_said
from yifen.trades.visits.pages.masking import account_shown

_SQL = queries("yifen.trades.visits")
_SHOWN = _SQL["shown"].format(scope=in_scope("v.biller_id"))
BIGINT = 2**63


class VisitPage(NamedTuple):
    """A visit with its door; `holder` is sealed."""

    visit_id: int
    biller_id: int
    biller: str
    customer_id: int
    account_no: str
    holder: str | None
    place_id: int
    path: str
    kind: str
    asked_trade: str
    why: str
    due_on: date
    asked_at: datetime
    dropped_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    finding: str | None
    note: str
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy_m: int | None
    goer_id: int | None
    goer: str | None
    fee: str | None
    meters: str | None

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    @property
    def why_shown(self) -> str:
        return why_said(self.why)

    @property
    def door(self) -> str:
        """The last word of the address."""
        return self.path.rpartition(" ")[2]

    @property
    def state(self) -> str:
        if self.is_open:
            return "given" if self.goer_id else "untaken"
        return "done" if self.done_at else "dropped"

    @property
    def kind_word(self) -> Any:
        return KINDS[self.kind][0]

    @property
    def kind_tone(self) -> str:
        return KINDS[self.kind][1]

    @property
    def state_word(self) -> Any:
        return STATES[self.state][0]

    @property
    def state_tone(self) -> str:
        return STATES[self.state][1]

    @property
    def holder_shown(self) -> str:
        """Masked, whoever reads."""
        return holder_shown(self.biller_id, self.account_no, self.holder)


def holder_shown(biller_id: int, account_no: str, sealed: str | None) -> str:
    """A holder's name, masked."""
    name = opened_name(ring(), biller_id, account_no, sealed)
    return masked_name(name) if name else ""


def found(access: Access, visit_id: int) -> VisitPage:
    """404 outside the scope."""
    rows = read(_SHOWN, params_of(access, now()) | {"visit": visit_id}) if visit_id < BIGINT else []
    if not rows:
        raise Http404
    return VisitPage(*rows[0])


def finding_word(kind: str, finding: str) -> Any:
    """What a finding says of a visit of this kind."""
    return OK_OF[kind] if finding == "ok" else FINDINGS[finding][0]


def facts(one: VisitPage, access: Access) -> list[dict[str, Any]]:
    """For the office."""
    place = ""
    if one.latitude is not None:
        place = f"{one.latitude}, {one.longitude}"
        place += f" (±{one.accuracy_m} m)" if one.accuracy_m is not None else ""
    found: list[dict[str, Any]] = [
        {"title": pgettext("visit", "看什么"), "text": one.why_shown},
        {"title": _("地址"), "text": one.path},
        {"title": _("户号"), "text": f"{account_shown(access, one.account_no)} {one.holder_shown}"},
        {"title": _("费种"), "text": one.fee},
        {"title": _("表号"), "text": one.meters},
        {"title": _("收费单位"), "text": one.biller},
        {"title": _("期限"), "text": one.due_on.isoformat()},
        {"title": _("外勤人员"), "text": one.goer or (_("未派") if one.is_open else None)},
        {"title": pgettext("visit", "提出时间"), "kind": "time", "at": one.asked_at},
        {"title": pgettext("visit", "撤销时间"), "kind": "time", "at": one.dropped_at},
        {"title": pgettext("visit", "完成时间"), "kind": "time", "at": one.done_at},
        {"title": pgettext("visit", "办理人"), "text": one.done_by},
        {"title": pgettext("visit", "备注"), "text": one.note},
        {"title": pgettext("visit", "位置"), "text": place or (_("手机未提供") if one.done_at else None)},
    ]
    if one.finding:
        found.insert(0, {"title": pgettext("visit", "结果"), "kind": "badge", "tone": FINDINGS[one.finding][1],
                         "text": finding_word(one.kind, one.finding)})  # fmt: skip
    return [fact for fact in found if fact.get("text") or fact.get("at")]  # nothing is said of what is empty
