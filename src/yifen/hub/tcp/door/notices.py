"""Notices of the TCP dialect: a partner's file is ready, a biller is away for a while. Kept once, each."""

from collections.abc import Awaitable, Callable, Mapping

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.moments import day_of
from yifen.core.wire.tcp_messages import TcpMessage
from yifen.core.wire.tcp_verbs import Spoken, moment_in
from yifen.hub.payments.hub import Hub
from yifen.hub.tcp.codes import TcpCode

SQL = queries("yifen.hub.tcp")


async def file_ready(hub: Hub, by: RosterPartner, asked: TcpMessage) -> Spoken:
    """Its file of a day is ready. Refused: TCP_NOTICE_UNFIT."""
    day, name = asked.fields.get("date", ""), asked.fields.get("fileName", "")
    try:
        day_of(day if len(day) == 8 and day.isascii() and day.isdigit() else "")
    except ValueError:
        raise Refused(TcpCode.TCP_NOTICE_UNFIT) from None
    if not name:
        raise Refused(TcpCode.TCP_NOTICE_UNFIT)
    await hub.read(SQL["noticed"], (by.id, f"{day} {name}", hub.clock()))
    return Spoken(asked.code, {"date": day, "fileName": name})


async def away(hub: Hub, by: RosterPartner, asked: TcpMessage) -> Spoken:
    """A biller that will not answer from `beginDate` to `endDate`, by its own word. Refused: TCP_NOTICE_UNFIT."""
    said = asked.fields
    starts, ends = moment_in(said, "beginDate"), moment_in(said, "endDate")
    told = f"{said['beginDate']} {said['endDate']}"
    reason = said.get("reason") or told
    rows = await hub.read(SQL["away"], (by.id, told, starts, ends, reason, hub.clock()))
    if not rows[0][0]:
        raise Refused(TcpCode.TCP_NOTICE_UNFIT)
    return Spoken(asked.code, {"beginDate": said["beginDate"], "endDate": said["endDate"]})


NOTICES: Mapping[str, Callable[[Hub, RosterPartner, TcpMessage], Awaitable[Spoken]]] = {
    "BJCEBBCNotify": file_ready, "BJCEBOANotice": away,
}  # fmt: skip
