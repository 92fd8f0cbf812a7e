"""Stopped and warm 停供用热: from a day on the fee is charged whole again, or it is not 不追收, as two people agree."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_codes
from yifen.face.plain import plain_connection
from yifen.trades.heating.codes import HeatingCode
from yifen.trades.heating.seasons import done

ACT, SPARE = "heating.charge", "heating.spare"
_SQL = queries(__package__)


class WarmStop(NamedTuple):
    """A stop in force. `seen_on`: a visit found it warm; `moved_milli`: of its meters; `bill_id`: the bill that the
    days from the one in question on have (None: none); `is_spared`: two people left it at that, and nothing was found
    since."""

    share_id: int
    biller_id: int
    biller_name: str
    account_no: str
    place: str
    from_on: date
    to_on: date
    permille: int
    seen_on: date | None
    moved_milli: int | None
    visit_id: int | None
    season: str
    bill_id: int | None
    customer_id: int
    service_id: int
    is_spared: bool

    @property
    def is_warm(self) -> bool:
        return self.seen_on is not None or bool(self.moved_milli)


def found(share_id: int, day: date | None) -> WarmStop:
    """`day`: from which it would be charged. Refused OUT_OF_SCOPE: there is no such stop in force."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["stop"], {"share": share_id, "day": day or date(1990, 1, 1)}).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "share")
    return WarmStop(*row)


def propose(access: Access, share_id: int, day: date, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, REASON_MISSING, and as `view` and `second.propose` refuse."""
    stop = found(share_id, day)
    if not access.scope.has_partner(stop.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "share")
    return second.propose(access, ACT, str(share_id), {"share": share_id, "day": str(day)}, at,
                          partner=Partner.objects.get(pk=stop.biller_id), reason=needed(reason))  # fmt: skip


def propose_to_spare(access: Access, share_id: int, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, REASON_MISSING, and as `view_spared` and `second.propose` refuse."""
    stop = found(share_id, None)
    if not access.scope.has_partner(stop.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "share")
    return second.propose(access, SPARE, str(share_id), {"share": share_id}, at,
                          partner=Partner.objects.get(pk=stop.biller_id), reason=needed(reason))  # fmt: skip


def view_spared(content: dict[str, Any]) -> list[Change]:
    """Refused: OUT_OF_SCOPE, NOT_WARM."""
    stop = found(content["share"], None)
    if not stop.is_warm or stop.is_spared:
        raise Refused(HeatingCode.NOT_WARM, "share")
    return [*_told(stop), Change("answer", Text("处理", "What is done"), None,
                                 Text("不追收，停供照旧", "Not charged again; it stays stopped"))]  # fmt: skip


def run_spared(content: dict[str, Any], decision: Decision) -> None:
    """Refused as heating_spare_v1 answers."""
    done("spare", decision.proposal, decision.now)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: OUT_OF_SCOPE, NOT_WARM, DAY_OUTSIDE, SHARE_BILLED (with the bill that is to be cancelled first)."""
    day = date.fromisoformat(content["day"])
    stop = found(content["share"], day)
    if not stop.is_warm:
        raise Refused(HeatingCode.NOT_WARM, "day")
    if not stop.from_on <= day <= stop.to_on:
        raise Refused(HeatingCode.DAY_OUTSIDE, "day")
    if stop.bill_id is not None:
        raise Refused(result_codes()["SHARE_BILLED"], "day", f"B{stop.bill_id}")
    return [
        *_told(stop),
        Change("stop", Text("停供", "Stopped"), f"{stop.from_on} – {stop.to_on}",
               None if day == stop.from_on else f"{stop.from_on} – {day - timedelta(1)}"),
        Change("day", Text("恢复全额计费自", "Charged whole from"), None, str(day)),
    ]  # fmt: skip


def named(subject: str) -> Text:
    """What people call a stop: its place and its days."""
    try:
        stop = found(int(subject), None)
    except (Refused, ValueError):
        return Text(subject, subject)
    told = f"{stop.place} {stop.from_on} – {stop.to_on}"
    return Text(told, told)


def _told(stop: WarmStop) -> list[Change]:
    """Which stop, and why it is said to be warm."""
    seen = f"{stop.seen_on}" if stop.seen_on else None
    return [
        Change("biller", Text("收费单位", "Biller"), None, stop.biller_name),
        Change("account", Text("户号", "Account"), None, masked_number(stop.account_no)),
        Change("place", Text("地址", "Address"), None, stop.place),
        Change("seen", Text("检查见热", "Found warm on"), None, seen),
        Change("moved", Text("表计走数（千分之一）", "Meter moved (thousandths)"), None, str(stop.moved_milli or 0)),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as heating_charge_v1 answers."""
    done("charge", decision.proposal, decision.now)
