"""What two people agree with billers: of each act a proposal that is right, who may decide it, and a
statement that reads what it would change, with its parameter."""

from datetime import UTC, date, datetime
from typing import Any

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def agreement(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import agreements
    from yifen.trades.settlement.rules import FeeTerms, Tier

    day = date(2026, 12, 1)
    asked = agreements.AskedAgreement(place.own.biller, day,
                                      FeeTerms("amount", "day", (Tier(0, 6000),), valid_from=day))  # fmt: skip
    return (agreements.propose(site.access(place.users["finance"]), asked, NOW),
            place.users["supervisor"], "SELECT max(valid_from) FROM agreement WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


def merchant_place(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import merchants

    maker = site.access(place.users["finance"])
    return (merchants.propose(maker, place.own.biller, "group", None, False, NOW),
            place.users["supervisor"], "SELECT level FROM merchant WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


def shares(place: Province) -> Proposed:
    from yifen.core.access.models import User
    from yifen.trades.settlement.operations import shares

    maker = (User.objects.filter(login="finance96").first()
             or site.user("finance96", place.union, "finance"))  # fmt: skip
    asked = {place.foreign.biller: 250_000}
    return (shares.propose(site.access(maker), place.own.biller, asked, NOW),
            place.users["supervisor"], "SELECT share_ppm FROM merchant_split WHERE merchant_id = %s",
            place.own.biller)  # fmt: skip


def bank(place: Province) -> Proposed:
    from yifen.core.partners.models import Partner
    from yifen.trades.settlement.operations import banks

    there = Partner.objects.get(code=place.own.more["bank"])
    asked = banks.AskedBank(there.code, there.name, there.institution_id, there.book_id, "95510009",
                            "益分清算", "http://10.0.0.9/pay")  # fmt: skip
    return (banks.propose(site.access(place.users["finance"]), asked, NOW), place.users["supervisor"],
            "SELECT endpoint FROM bank WHERE partner_id = %s", there.pk)  # fmt: skip


MAKERS = {"settlement.agreement": agreement, "settlement.place": merchant_place,
          "settlement.shares": shares, "settlement.bank": bank}  # fmt: skip
