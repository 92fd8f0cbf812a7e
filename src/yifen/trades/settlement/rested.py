"""What settlement moved because a partner's file proved a day, or showed money at the bank."""

from datetime import date
from typing import Any

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.rested import RestedMoney

_RESTED = queries(__package__)["rested"]
KINDS = {
    "settlement": (Text("结算", "Settlement"), "settlement"),
    "receipt": (Text("渠道款项", "Channel's money"), ""),
    "payout": (Text("划付", "Payout"), "payout"),
}


def rested(conn: Any, partner_id: int, day: date, file_id: int) -> list[RestedMoney]:
    """Settlements of the day that nobody signed, the channel's money of it, what a bank's file showed."""
    found = conn.execute(_RESTED, {"partner": partner_id, "day": day, "file": file_id}).fetchall()
    return [RestedMoney(KINDS[word][0], name, fen, KINDS[word][1], number) for word, name, fen, number in found]
