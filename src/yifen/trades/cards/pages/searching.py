"""Claims and official swipes that a search finds: by number, name, merchant, invoice, amount; a holder his own."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.face.search.asked import Question
from yifen.face.search.hits import HITS_MAX, Hit, Sought, of_lists
from yifen.trades.cards.pages.listing import CLAIMS, OFFICIALS

CLAIM, SWIPE = Text("公务卡报账", "Card claims"), Text("公务消费", "Official swipes")
_SQL = queries(__package__)
_TOLD = ("holder", "purpose", "amount_fen", "state")
SOUGHT = (
    Sought(CLAIM, CLAIMS, "m.claim_id = %(number)s", "number", "claim_id", _TOLD, exact=True),
    Sought(CLAIM, CLAIMS, "m.amount_fen = %(fen)s", "fen", "claim_id", _TOLD),
    Sought(CLAIM, CLAIMS, _SQL["claim_like"], "part", "claim_id", _TOLD),
    Sought(SWIPE, OFFICIALS, "o.amount_fen = %(fen)s", "fen", "merchant", ("holder", "swiped_at", "amount_fen")),
    Sought(SWIPE, OFFICIALS, _SQL["swipe_like"], "part", "merchant", ("holder", "swiped_at", "amount_fen")),
)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Within the lists; of a holder, his own claims, which he opens without them."""
    if access.may("cards.view") or not access.may("cards.mine"):
        return of_lists(access, asked, *SOUGHT)
    with plain_connection(1) as conn:
        rows = conn.execute(_SQL["my_found"], asked.params | {"part": asked.part, "session": access.session,
                                                               "most": HITS_MAX}).fetchall()  # fmt: skip
    return [Hit(CLAIM, str(claim), f"{purpose} · ¥{grouped_yuan(fen)}", reverse("card_claim", args=[claim]))
            for claim, purpose, fen in rows]  # fmt: skip
