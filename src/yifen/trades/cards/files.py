"""Files of cards and swipes that a bureau hands in itself, as its bank gave them: kept as they came, seen first,
counted by two people. The same bytes are the same file; what the bank told alike before, or tells later, is the same
row."""

import hashlib
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.doors import taking
from yifen.trades.cards.doors.signing import BODY_MAX
from yifen.trades.cards.reading import rows, said
from yifen.trades.cards.words.wording import CardWord

ACT = "cards.file"


class HandedFile(NamedTuple):
    """As it is kept. `proposal_id`: the newest that would make it count; `agreed`: two people did."""

    word_id: int
    bank_id: int
    bank: str
    signed: dict[str, str]
    sha256: bytes
    body: bytes
    received_at: datetime
    zone: str
    proposal_id: int | None
    agreed: bool
    serial: str

    @property
    def name(self) -> str:
        return self.signed["name"]


class FilePreview(NamedTuple):
    """What taking it would do: (row, last four digits, code) of what would be refused; how many rows are new."""

    word: CardWord
    refused: list[tuple[int, str, int]]
    fresh: int


def take_in(access: Access, bureau_id: int, bank_id: int, name: str, body: bytes, now: datetime) -> int:
    """Its number. Nothing changes by that. Refused: OUT_OF_SCOPE, CARD_ISSUER_UNKNOWN, CARD_FILE_ROWS,
    CARD_WORD_UNREADABLE, CARD_FILE_LAYOUT."""
    found = rows("issuer_of", (bureau_id, bank_id)) if access.scope.has_partner(bureau_id) else None
    if found is None:
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    if not found:
        raise Refused(CardCode.CARD_ISSUER_UNKNOWN, "bank")
    if not 0 < len(body) <= BODY_MAX:
        raise Refused(CardCode.CARD_FILE_ROWS, "file", str(len(body)))
    form, digest = taking.form_of(body), hashlib.sha256(body).digest()
    plain = name.rsplit("/", 1)[-1].removesuffix(".txt").removesuffix(".xml").removesuffix(".dat")[:60]
    word = taking.read(form, plain, body, ZoneInfo(found[0][1]))
    if word.bureau != found[0][0]:
        raise Refused(CardCode.CARD_ISSUER_UNKNOWN, "bureau", word.bureau)
    serial = f"hand:{digest.hex()[:50]}"
    values = {
        "bank": bank_id,
        "serial": serial,
        "sha256": digest,
        "signed": Jsonb({"form": form, "name": plain}),
        "body": key_ring().seal(body, taking.context(bank_id, serial)),
        "now": now,
    }
    rows("hand_add", values)
    return int(rows("hand_kept", values)[0][0])


def found(word_id: int) -> HandedFile | None:
    one = rows("hand", (word_id,))
    return HandedFile(*one[0]) if one else None


def read(one: HandedFile) -> CardWord:
    """Refused as `taking.read`."""
    body = key_ring().open(bytes(one.body), taking.context(one.bank_id, one.serial))
    return taking.read(one.signed["form"], one.name, body, ZoneInfo(one.zone))


def preview(access: Access, bureau_id: int, one: HandedFile, now: datetime) -> FilePreview:
    """By doing it and undoing it: each refusal is the one that there will be."""
    word = read(one)
    cards, swipes = taking.rows_of(key_ring(), word)
    ((refused, fresh),) = rows("hand_try", (access.session, one.word_id, bureau_id, Jsonb(cards), Jsonb(swipes), now))
    return FilePreview(word, [(int(row), str(tail), int(code)) for row, tail, code in refused], fresh)


def propose(access: Access, bureau_id: int, one: HandedFile, now: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, and as view and `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = {"bureau_id": bureau_id, "word_id": one.word_id, "sha256": bytes(one.sha256).hex()}
    return second.propose(access, ACT, f"{bureau.code} {one.name}"[:80], content, now, partner=bureau, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Whose it is, and how much it says. Refused: CARD_FILE_ROWS (it is not kept here, or counts already)."""
    one = found(content["word_id"])
    if one is None or one.agreed or bytes(one.sha256).hex() != content["sha256"]:
        raise Refused(CardCode.CARD_FILE_ROWS, "file")
    word = read(one)
    return [
        Change("bank", Text("发卡行", "Issuing bank"), None, one.bank),
        Change("file", Text("文件", "File"), None, one.name),
        Change("sha256", Text("内容摘要", "Digest"), None, content["sha256"]),
        Change("cards", Text("卡片行", "Rows about cards"), None, str(len(word.cards))),
        Change("swipes", Text("消费行", "Rows about swipes"), None, str(len(word.swipes))),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """The worker takes its rows. Refused as cards_file_v1."""
    said("file_agreed", decision.proposal, decision.now, field="file")
