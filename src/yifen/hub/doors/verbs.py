"""Which verb of the hub a message calls."""

from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Charge, Confirm, FileRequest, Query, Request, Reverse
from yifen.core.wire.replies import Reply
from yifen.hub.payments.hub import BOUNDED, Hub
from yifen.hub.payments.reads import query_once


async def run(
    hub: Hub, partner: RosterPartner, message: Request, mark: bytes
) -> tuple[Code, Reply | None]:
    """One message, one verb; everything but the daily file, which has no struct. `mark`: of the
    signed request, by which a query is known again."""
    match message:
        case Charge():
            code, reply = await hub.charge(partner, message)
            if code is Code.BILLER_OUTAGE:
                raise await hub.outage(message.biller)
            if code in BOUNDED:
                raise await hub.bound(partner, message.biller, code)
            return code, reply
        case Query():
            return await query_once(hub, partner, message, mark)
        case Confirm():
            return await hub.confirm(partner, message)
        case Reverse():  # and Refund, which is one
            return await hub.give_back(partner, message)
        case FileRequest():
            raise TypeError("the doors fetch daily files themselves")
