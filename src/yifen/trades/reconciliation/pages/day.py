"""A business day with all its legs side by side: channel · hub · biller · bank, and what is missing."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope as scopes
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import read
from yifen.trades.reconciliation.pages import partners
from yifen.trades.reconciliation.pages.partners import IN_SCOPE, PartnerSide
from yifen.trades.reconciliation.pages.runs_list import NEWEST, RECONCILIATIONS

_FILES = f"""SELECT DISTINCT f.partner_id FROM recon_file_counting f JOIN partner p ON p.id = f.partner_id
WHERE f.business_day = %(day)s AND {IN_SCOPE}"""
_RECEIPTS = f"""
SELECT p.id, p.code, p.name, x.code, r.gross_fen, r.fee_fen, r.net_fen, r.state, r.arrived_on
FROM receipt r JOIN partner p ON p.id = r.channel_id JOIN partner x ON x.id = r.bank_id
WHERE r.business_day = %(day)s AND {IN_SCOPE} ORDER BY p.code"""


class DayLeg(NamedTuple):
    """One partner's leg of the day; `run`: its newest one, if any."""

    side: PartnerSide
    run: Row | None
    has_file: bool
    parked: bool

    @property
    def state(self) -> tuple[str | Promise, str]:
        """What there is, or what is missing, in a word and a tone."""
        if self.run is None:
            if self.has_file:
                return _("有文件，未对账"), "bad"
            return (_("缺文件"), "bad") if self.side.is_expected else (_("不对账"), "neutral")
        if self.run.ended_at is None:
            return _("未完成"), "bad"
        if self.run.void_at is not None:
            return (_("文件已撤回，待重新对账") if self.has_file else _("文件已撤回，缺文件")), "bad"
        if self.run.open:
            return _("有差异"), "bad"
        if self.parked:
            return _("有挂账"), "waiting"
        return (_("待次日"), "waiting") if self.run.waiting else (_("已对平"), "ok")


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
    parked: int

    @property
    def apart_fen(self) -> int:
        return self.theirs_fen - self.ours_fen


def legs(access: Access, day: date, parked: set[int]) -> list[DayLeg]:
    """Every leg in scope, those without run or file included; `parked`: partners with money on suspense."""
    found = read(RECONCILIATIONS, access, f"r.business_day = %(day)s AND {NEWEST}", {"day": day})
    runs = {run.partner_id: run for run in found}
    with connection.cursor() as cursor:
        cursor.execute(_FILES, scopes.params(access.scope) | {"day": day})
        files = {row[0] for row in cursor.fetchall()}
    return [
        DayLeg(side, runs.get(side.id), side.id in files, side.id in parked) for side in partners.sides(access.scope)
    ]


def party(name: str, found: list[DayLeg]) -> PartyDay:
    """The sums of one side."""
    mine = [leg for leg in found if leg.side.party == name]
    runs = [leg.run for leg in mine if leg.run is not None]
    return PartyDay(
        name, mine, sum(run.ours_count for run in runs), sum(run.ours_fen for run in runs),
        sum(run.theirs_count for run in runs), sum(run.theirs_fen for run in runs),
        sum(run.matched_count for run in runs), sum(run.open for run in runs),
        sum(1 for leg in mine if leg.run is None and (leg.has_file or leg.side.is_expected)),
        sum(1 for leg in mine if leg.parked),
    )  # fmt: skip


def receipts(scope: Scope, day: date) -> list[BankReceipt]:
    """Which channels' money of the day arrived at the bank."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS, scopes.params(scope) | {"day": day})
        return [BankReceipt(*row) for row in cursor.fetchall()]
