"""What of official cards waits for whom."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.cards.pages.listing import CLAIMS, OFFICIALS, PLACES_LIST, WRONGS_LIST

_SQL = queries(__package__)
_MINE, _REFUSED, _LEAVERS = _SQL["my_work"], _SQL["my_refused"], _SQL["leavers_open"]
_DEPUTED = _SQL["deputed"]


def _claims(zh: str, en: str, level: str, permission: str) -> ListedWork:
    return ListedWork(
        Text(zh, en), CLAIMS, f"state=at_{level}", TODAY, "changed_at", "amount_fen", permission=permission
    )


KINDS = (
    _claims("报账待单位经办审核", "Claims to check", "cashier", "cards.check"),
    _claims("报账待单位负责人审批", "Claims to approve", "head", "cards.approve"),
    _claims("报账待国库审批", "Claims for the bureau", "bureau", "cards.bureau"),
    ListedWork(
        Text("公务卡待单位确认", "Cards to confirm"),
        PLACES_LIST,
        "place=waiting",
        TODAY,
        "made_at",
        permission="cards.check",
    ),
    ListedWork(
        Text("已报账的消费又退货", "Claimed swipes that were refunded"),
        OFFICIALS,
        "left=over",
        LATE,
        "refunded_at",
        "left_fen",
        permission="cards.check",
    ),
    ListedWork(
        Text("发卡行报文差异", "What a bank said wrongly"),
        WRONGS_LIST,
        "state=open",
        TODAY,
        "at",
        permission="cards.bureau",
    ),
)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the units that he sees; a holder's own swipes, whoever else he is."""
    found = of_lists(access, now, *KINDS)
    if access.may("cards.view"):
        asked = {"user": access.user.pk if access.user else 0, "today": timezone.localdate(now)}
        with plain_connection(2) as conn:
            left = conn.execute(_LEAVERS, asked).fetchall()
        if left:
            fen = sum(row[-1] for row in left)
            text = Text("离任、调离者有未结清的消费", "Who left, with open swipes")
            found.append(WaitingWork(text, len(left), None, fen, reverse("card_leavers"), LATE))
    if access.may("cards.see"):
        with plain_connection(2) as conn:
            deputed = conn.execute(_DEPUTED, (access.session,)).fetchall()
        if deputed:
            fen, since = sum(row[1] for row in deputed), min(row[2] for row in deputed)
            url = reverse("card_claim", args=[deputed[0][0]]) if len(deputed) == 1 else reverse("card_deputed")
            text = Text("报账待我代理审批", "Claims to sign as a deputy")
            found.append(WaitingWork(text, len(deputed), since, fen, url, TODAY))
    if access.may("cards.mine"):
        with plain_connection(2) as conn:
            ((count, since, fen),) = conn.execute(_MINE, {"session": access.session, "now": now}).fetchall()
            ((refused, refused_at, of, claim),) = conn.execute(_REFUSED, (access.session, now)).fetchall()
        if refused:
            text = Text("我的报账被退回", "My refused claims")
            url = reverse("card_claim", args=[claim]) if refused == 1 else reverse("card_mine")
            found.append(WaitingWork(text, refused, refused_at, of, url, SOON))
        found += (
            [
                WaitingWork(
                    Text("我的消费待标记、报账", "My swipes to mark and claim"),
                    count,
                    since,
                    fen,
                    reverse("card_mine"),
                    SOON,
                )
            ]
            if count
            else []
        )
    return found
