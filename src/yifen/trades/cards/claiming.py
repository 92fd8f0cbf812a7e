"""Claims 报账, 现金上卡, 借款: asked for with their papers, agreed to level by level; all rules are the database's."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from psycopg.types.json import Jsonb

from yifen.core.access.edge import Access
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.papers import einvoice
from yifen.trades.cards.reading import rows, said

NAME_MAX = 100


class ClaimPaper(NamedTuple):
    """A file that proves a line."""

    name: str
    body: bytes


class ClaimLine(NamedTuple):
    """A line: of a swipe, or (cash) of nothing but words, to a card; `indicator`: None takes the only one that fits."""

    fen: int
    item: str
    swipe: int | None = None
    card: int | None = None
    indicator: int | None = None
    exemption: str = ""
    words: str = ""
    invoice: str = ""
    gross_fen: int | None = None
    seller: str = ""
    issued_on: date | None = None
    of_line: int | None = None
    file_says: dict[str, Any] = {}


class TriedClaimLine(NamedTuple):
    """What a line would take: of which indicator, and what quota would be left of it."""

    line_no: int
    item: str
    classes: list[str]
    indicator: str | None
    title: str | None
    fen: int
    quota_fen: int | None


class NewClaim(NamedTuple):
    """What is asked for, in one unit. `of`: the advance that it settles."""

    unit_id: int
    kind: str
    purpose: str
    lines: Sequence[ClaimLine]
    papers: Sequence[Sequence[ClaimPaper]] = ()
    of: int | None = None
    person_id: int | None = None


def filled(line: ClaimLine, papers: Sequence[ClaimPaper]) -> ClaimLine:
    """Number and total as its invoice's file says, whatever was typed; what the file says is kept beside what is
    claimed. Refused CARD_INVOICE_FILE: there are two invoices, which take two lines; and as einvoice.read."""
    for paper in papers:
        found = einvoice.read(paper.body)
        if found.number and line.file_says.get("number", found.number) != found.number:
            raise Refused(CardCode.CARD_INVOICE_FILE, "paper", found.number)
        if found.number or (found.gross_fen and not line.file_says):
            line = line._replace(file_says=says(found))
        if found.number:
            line = line._replace(
                invoice=found.number,
                gross_fen=found.gross_fen or line.gross_fen,
                seller=found.seller or line.seller,
                issued_on=found.issued_on or line.issued_on,
            )
    return line


def says(found: einvoice.ReadInvoice) -> dict[str, Any]:
    """What a file said, without what it did not."""
    day = found.issued_on.isoformat() if found.issued_on else ""
    told = {
        "number": found.number,
        "gross_fen": found.gross_fen,
        "seller": found.seller,
        "issued_on": day,
    }
    return {name: value for name, value in told.items() if value}


def ask(access: Access, new: NewClaim, now: datetime) -> int:
    """Its number; quota is held from now on, or a numbered reason says what is there. Refused as cards_ask_v1,
    cards_paper_v1, einvoice.read."""
    papers = [*new.papers, *[()] * (len(new.lines) - len(new.papers))]
    lines = [filled(line, mine) for line, mine in zip(new.lines, papers, strict=True)]
    with transaction.atomic():
        claim_id = _asked(access, new, lines, now)
        for number, mine in enumerate(papers, start=1):
            for paper in mine:
                attach(access, claim_id, number, paper, now)
    return claim_id


def tried(access: Access, new: NewClaim, now: datetime) -> tuple[list[TriedClaimLine], list[str]]:
    """What asking would do, line by line, and whose signatures it would take; all of it is undone. Refused as `ask`."""
    with transaction.atomic():
        try:
            claim_id = _asked(access, new, new.lines, now)
            found = [TriedClaimLine(*row) for row in rows("tried_lines", (claim_id,))]
            return found, list(rows("levels", (claim_id,))[0][0])
        finally:
            transaction.set_rollback(True)


def _asked(access: Access, new: NewClaim, lines: Sequence[ClaimLine], now: datetime) -> int:
    asked = [line._asdict() | {"issued_on": line.issued_on.isoformat() if line.issued_on else None} for line in lines]
    ((code, claim_id, line_no, left),) = rows(
        "ask",
        (
            access.session,
            new.unit_id,
            new.person_id,
            new.kind,
            new.of,
            new.purpose,
            Jsonb(asked),
            now,
        ),
    )
    if code:
        at = line_no if len(lines) > 1 else None
        line = lines[line_no - 1] if line_no and line_no <= len(lines) else None
        raise Refused(result_code(code), "", there(at, left, why(code, new, line, now)))
    return int(claim_id)


def there(line_no: int | None, left_fen: int | None, why: str = "") -> str:
    """Where it failed (of one line it need not be said), what quota is there, and more."""
    quota = "" if left_fen is None else format_yuan(left_fen)
    match line_no, bool(quota or why):
        case None, False:
            return ""
        case None, True:
            return Bilingual("可用额度 {} 元", "quota {} yuan", quota) if quota else why
        case _, False:
            return Bilingual("第 {} 行", "line {}", line_no)
    if quota:
        return Bilingual("第 {} 行，可用额度 {} 元", "line {}, quota {} yuan", line_no, quota)
    return Bilingual("第 {} 行，{}", "line {}, {}", line_no, why)


def why(code: int, new: NewClaim, line: ClaimLine | None, now: datetime) -> str:
    """Which indicators would do; what was read of an invoice."""
    if line is None:
        return ""
    name = result_code(code).name
    if name == "BUDGET_MANY":
        fitting = rows("fitting", {"unit": new.unit_id, "item": line.item, "fen": line.fen, "day": localdate(now)})
        return "、".join(number for (number,) in fitting)
    if name == "CARD_INVOICE_WRONG":
        return f"{line.invoice or '—'} · {format_yuan(line.gross_fen) if line.gross_fen else '—'}"
    return ""


def attach(access: Access, claim_id: int, line_no: int, paper: ClaimPaper, now: datetime) -> None:
    """A paper, sealed. Refused as einvoice.kind_of and cards_paper_v1."""
    kind, digest = einvoice.kind_of(paper.body), hashlib.sha256(paper.body).digest()
    sealed = key_ring().seal(paper.body, paper_context(claim_id, digest))
    said(
        "paper",
        access.session,
        claim_id,
        line_no,
        paper.name[:NAME_MAX] or kind,
        kind,
        digest,
        sealed,
        now,
        field="paper",
    )


def paper_context(claim_id: int, sha256: bytes) -> str:
    """What a paper is sealed for; the plug says the same in SQL."""
    return f"card_paper:{claim_id}:{sha256.hex()}"


def sign(access: Access, claim_id: int, *, seen: str, yes: bool, note: str, now: datetime) -> None:
    """One level's word; `seen`: the digest of what its page showed. Refused as cards_sign_v1."""
    shown = bytes.fromhex(seen) if len(seen) == 64 and set(seen) <= set("0123456789abcdef") else b""
    said("sign", access.session, claim_id, shown, yes, note, now)


def undo(access: Access, claim_id: int, now: datetime) -> None:
    """Refused as cards_undo_v1."""
    said("undo", access.session, claim_id, now)


def withdraw(access: Access, claim_id: int, now: datetime) -> None:
    """Refused as cards_withdraw_v1."""
    said("withdraw", access.session, claim_id, now)
