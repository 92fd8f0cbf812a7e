"""A business day with all its legs side by side: channel · hub · biller · bank, and what is missing."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import read
from yifen.face.words import Words
from yifen.hub.gaps import DayGap
from yifen.trades.reconciliation.pages import partners
from yifen.trades.reconciliation.pages.partners import IN_SCOPE, PartnerSide
from yifen.trades.reconciliation.pages.runs_list import NEWEST, RECONCILIATIONS

_RECEIPTS = f"""
SELECT p.id, p.code, p.name, x.code, r.gross_fen, r.fee_fen, r.net_fen, r.state, r.arrived_on
FROM receipt r JOIN partner p ON p.id = r.channel_id JOIN partner x ON x.id = r.bank_id
WHERE r.business_day = %(day)s AND {IN_SCOPE} ORDER BY p.code"""

_SQL = queries(__package__)

LACKS: Words = {
    "file_missing": (_("缺文件"), "bad"), "part_missing": (_("缺部分文件"), "bad"),
    "not_reconciled": (_("有文件，未对账"), "bad"), "not_awaited": (_("无对账方式"), "bad"),
    "failed": (_("未办妥"), "bad"), "open": (_("有差异"), "bad"), "unsettled": (_("未结算"), "bad"),
    "unpaid": (_("未划付"), "waiting"), "parked": (_("有挂账"), "waiting"), "told": (_("待对方调整"), "waiting"),
    "waiting": (_("待次日"), "waiting"),
}  # fmt: skip
"""What a gap says of a leg; of several the first here."""
MISSING = ("file_missing", "part_missing", "not_reconciled", "not_awaited")
"""What keeps a leg from having been compared: it tells what we have of it."""


class DayLeg(NamedTuple):
    """One partner's leg of the day; `run`: its newest one, if any; `lacks`: its reasons among the day's gaps;
    `uncompared`: what we have of a leg that lacks its file, count and net fen."""

    side: PartnerSide
    run: Row | None
    lacks: frozenset[str]
    uncompared: tuple[int, int] | None = None

    @property
    def compared(self) -> Row | None:
        """The run, unless its file was withdrawn."""
        return self.run if self.run is not None and self.run.void_at is None else None

    @property
    def ours(self) -> tuple[int, int] | None:
        """What we have of the day, count and net fen: as it was compared, else as it stands."""
        run = self.compared
        return self.uncompared if run is None else (run.ours_count, run.ours_fen)

    @property
    def state(self) -> tuple[str | Promise, str]:
        """What it lacks, or how it stands, in a word and a tone."""
        if self.run is not None and self.run.void_at is not None:
            has_file = "not_reconciled" in self.lacks
            return (_("文件已撤回，待重新对账") if has_file else _("文件已撤回，缺文件")), "bad"
        worst = next((said for reason, said in LACKS.items() if reason in self.lacks), None)
        if worst is not None:
            return worst
        if self.run is None:
            return _("不对账") if self.side.hosted and not self.side.has_profile else _("未对账"), "neutral"
        return (_("已对平"), "ok") if self.run.ended_at else (_("未完成"), "bad")


class BankReceipt(NamedTuple):
    """A channel's day at the bank; `fee_fen` is what the channel kept."""

    channel_id: int
    channel: str
    channel_name: str
    bank: str
    gross_fen: int
    fee_fen: int
    net_fen: int
    state: str
    arrived_on: date | None


class PartyDay(NamedTuple):
    """All legs of one side together. `ours_*`: what we have of the same days' payments."""

    name: str
    legs: list[DayLeg]
    ours_count: int
    ours_fen: int
    theirs_count: int
    theirs_fen: int
    matched_count: int
    open: int
    missing: int
    lacking: int

    @property
    def apart_fen(self) -> int:
        return self.theirs_fen - self.ours_fen


def legs(access: Access, day: date, lacks: list[DayGap]) -> list[DayLeg]:
    """Every leg in scope, those without run or file included, each with its gaps of the day."""
    found = read(RECONCILIATIONS, access, f"r.business_day = %(day)s AND {NEWEST}", {"day": day})
    runs = {run.partner_id: run for run in found}
    sides = partners.sides(access.scope)
    reasons = {side.id: frozenset(gap.reason for gap in lacks if gap.partner_id == side.id) for side in sides}
    ours = _ours([side.id for side in sides if reasons[side.id] & set(MISSING)], day)
    return [DayLeg(side, runs.get(side.id), reasons[side.id], ours.get(side.id)) for side in sides]


def _ours(missing: list[int], day: date) -> dict[int, tuple[int, int]]:
    """What we have of each of these partners' days, count and net fen."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["ours_of_day"], {"partners": missing, "day": day})
        found = {partner: (count, fen) for partner, count, fen in cursor.fetchall()}
    return dict.fromkeys(missing, (0, 0)) | found


def party(name: str, found: list[DayLeg]) -> PartyDay:
    """The sums of one side."""
    mine = [leg for leg in found if leg.side.party == name]
    runs = [leg.compared for leg in mine if leg.compared is not None]
    ours = [leg.ours for leg in mine if leg.ours is not None]
    return PartyDay(
        name, mine, sum(count for count, _fen in ours), sum(fen for _count, fen in ours),
        sum(run.theirs_count for run in runs), sum(run.theirs_fen for run in runs),
        sum(run.matched_count for run in runs), sum(run.open for run in runs),
        sum(1 for leg in mine if leg.lacks & set(MISSING)), sum(1 for leg in mine if leg.lacks),
    )  # fmt: skip


def receipts(scope: Scope, day: date) -> list[BankReceipt]:
    """Which channels' money of the day arrived at the bank."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS, scopes.params(scope) | {"day": day})
        return [BankReceipt(*row) for row in cursor.fetchall()]
