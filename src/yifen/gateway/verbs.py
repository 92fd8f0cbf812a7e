"""Which verb of the hub a message calls."""

from yifen.kernel.codes import Code
from yifen.partners.roster import Partner
from yifen.payments.hub import Hub
from yifen.wire.messages import Charge, Confirm, FileRequest, Query, Request, Reverse
from yifen.wire.replies import Reply


async def run(hub: Hub, partner: Partner, message: Request) -> tuple[Code, Reply | None]:
    """One message, one verb; everything but the daily file, which has no struct."""
    match message:
        case Charge():
            return await hub.charge(partner, message)
        case Query():
            return await hub.query(partner, message)
        case Confirm():
            return await hub.confirm(partner, message)
        case Reverse():  # and Refund, which is one
            return await hub.give_back(partner, message)
        case FileRequest():
            raise TypeError("the doors fetch daily files themselves")
