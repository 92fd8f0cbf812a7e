"""A signed query that asks a biller or makes a quote is answered once 重放: the same bytes again, by
whoever caught them, get the answer that is kept; no biller is asked anew and no quote is made. All
other reads make nothing and ask nobody: their answer stands in our own books (decision 0013)."""

from uuid import uuid4

from msgspec import Struct, json

from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Query, WireFault
from yifen.core.wire.replies import QueryReply
from yifen.hub.payments.hub import Hub

_SQL = queries(__package__)
CLAIM_SQL = _SQL["claim_read"]
KEEP_SQL = _SQL["keep_read"]


class Kept(Struct, omit_defaults=True):
    """An answer as it is kept: a reply, or a refusal with what it names."""

    code: int
    reply: QueryReply | None = None
    field: str = ""
    detail: str = ""


async def query_once(
    hub: Hub, partner: RosterPartner, message: Query, mark: bytes
) -> tuple[Code, QueryReply]:
    """As `Hub.query`, once for each mark and each state of what is paid. BUSY while the first one is
    still being answered."""
    biller = hub.roster.billers.get(message.biller)
    if biller is None or not (biller.endpoint or biller.quote_ttl_s is not None):
        return await hub.query(partner, message)
    message = await hub.known(biller, message)
    account = hub.account_of(biller, message.account_no)
    claimed, kept = (await hub.read(
        CLAIM_SQL, (partner.id, mark, *account, hub.clock(), uuid4())
    ))[0]  # fmt: skip
    if not claimed:
        if kept is None:
            raise WireFault(Code.BUSY)
        return _answer(json.decode(kept, type=Kept))
    try:
        code, reply = await hub.query(partner, message)
        found = Kept(code._value_, reply)
    except WireFault as fault:
        found = Kept(fault.code._value_, None, fault.field, fault.detail)
    await hub.read(KEEP_SQL, (partner.id, mark, json.encode(found)))
    return _answer(found)


def _answer(kept: Kept) -> tuple[Code, QueryReply]:
    code = Code(kept.code)
    if kept.reply is None:
        raise WireFault(code, kept.field, kept.detail)
    return code, kept.reply
