"""What an account owes, for whoever asks on our pages: limited, so that nobody tries out numbers."""

from datetime import datetime

import msgspec

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.plugs import called, plugs
from yifen.core.wire.messages import Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders import catalogue, rates
from yifen.trades.orders.rates import Limit

SHOWN_MAX = 100
"""Payables on one page; the oldest first, and what is paid makes room for the rest."""


def bills(hub: LocalHub, biller: str, account_no: str, address: str, now: datetime) -> QueryReply:
    """Name (masked) and payables. Refused: what the hub's query refuses; TOO_MANY_TRIES for an
    address that asks too much or guesses too often, and for an account asked about too often."""
    source = catalogue.source(biller)
    try:
        query = msgspec.convert({"biller": biller, "account_no": account_no}, Query)
    except msgspec.ValidationError:
        raise Refused(Code.ACCOUNT_UNKNOWN, "account_no") from None
    rates.check(Limit.MISS_ADDRESS, address, now)
    rates.count(Limit.QUERY_ADDRESS, address, now)
    rates.count(Limit.QUERY_ACCOUNT, f"{biller}/{clean_account(account_no)}", now)
    try:
        found = (called(find)(biller, query.account_no) for plug in plugs() for find in plug.numbers)
        if number := next(filter(None, found), ""):
            query = msgspec.structs.replace(query, account_no=number)
        _code, reply = hub.query(source.channel, query)
    except Refused as refused:
        if refused.code in (Code.ACCOUNT_UNKNOWN, Code.BILLER_REJECTED):
            rates.count(Limit.MISS_ADDRESS, address, now)
        why = refused.detail if refused.code is Code.BILLER_OUTAGE else ""  # else it may tell of others
        raise Refused(refused.code, "account_no", why) from None
    return reply
