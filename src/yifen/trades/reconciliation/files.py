"""Taking in a partner's file: whole or not at all, known again by its content, kept as a version.

Streaming: the bytes go into parts, the lines into rows or packs by COPY, in one transaction that ends with the
file's own row; a file that breaks its format anywhere leaves nothing behind.
"""

import hashlib
from datetime import date, datetime
from functools import partial
from typing import Any, BinaryIO

import msgspec
import psycopg

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import sealed_account
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.reconciliation import proving
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.keeping import sealed
from yifen.trades.reconciliation.loading import copy_packs, copy_rows
from yifen.trades.reconciliation.packing import PART_BYTES
from yifen.trades.reconciliation.profile import LegProfile
from yifen.trades.reconciliation.readers.looks import HEAD, sniff
from yifen.trades.reconciliation.readers.reading import SeveralDays
from yifen.trades.reconciliation.readers.registry import FORMATS, Hints, open_file
from yifen.trades.reconciliation.reasons import of_file, told
from yifen.trades.reconciliation.rows import FileError
from yifen.trades.reconciliation.sending import parts

PACKED_FROM = 1 << 18  # bytes of a file: of fewer lines a pack each would hold one or two
BYTES_MAX = 4 << 30
_SQL = queries(__package__)
_KNOWN = _SQL["file_known"]
_ADD_FILE = _SQL["add_file"]
_ADD_PART = _SQL["add_part"]
_NUMBER = _SQL["next_file"]
_ONE_AT_A_TIME = _SQL["lock_files"]


class TakenFile(msgspec.Struct, frozen=True):
    """A file that is in. `known`: its very bytes were there before, and nothing was added; `replaces`: the
    files whose place it takes, once it counts."""

    file_id: int
    known: bool
    business_day: date
    version: int
    rows: int
    amount_fen: int
    fee_fen: int
    replaces: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()  # what a person should know of it
    before: "tuple[TakenFile, ...]" = ()  # those of the earlier days, of a file of several


def take_in(
    conn: psycopg.Connection[Any],
    profile: LegProfile,
    stream: BinaryIO,
    name: str,
    by: str,
    now: datetime,
    day: date | None = None,
    format_code: str = "",
    replaces_all: bool = False,
) -> TakenFile:
    """Load one file of a partner; `stream` can seek. `day`: its business day, where the file does
    not say; `format_code` stands in for the profile's; `replaces_all`: a person says that it takes the
    place of all files of its day, else it does so of those of its name or its declared part. A file of
    statements of several days becomes one for each day: the last is given, with the others in `before`.
    Refused with the code of the breach (82xx), its column as the field, line and reason as the detail."""
    digest, size = _digest(stream)
    with conn.transaction():
        conn.execute(_ONE_AT_A_TIME, (profile.partner_id,))
        take = partial(_take, conn, profile, stream, name, by, now, format_code, replaces_all, digest, size)
        try:
            with conn.transaction():
                return take(day)
        except SeveralDays as several:
            if not several.apart:
                raise Refused(several.code, several.column, of_file(name, several.told)) from several
            *before, last = [take(one) for one in several.days]
        return msgspec.structs.replace(last, before=tuple(before))


def _take(
    conn: psycopg.Connection[Any],
    profile: LegProfile,
    stream: BinaryIO,
    name: str,
    by: str,
    now: datetime,
    format_code: str,
    replaces_all: bool,
    digest: bytes,
    size: int,
    day: date | None,
) -> TakenFile:
    """The file of one day. SeveralDays."""
    known = [
        TakenFile(row[0], True, row[1], row[2], row[3], row[4], row[5], tuple(row[6]))
        for row in conn.execute(_KNOWN, (profile.partner_id, digest)).fetchall()
    ]
    if (same := _again(known, day)) is not None:
        if replaces_all and not same.replaces:
            raise Refused(FileCode.FILE_BESIDE, "replaces_all", f"{same.business_day}")
        return same
    row = conn.execute(_NUMBER).fetchone()
    assert row is not None
    file_id = int(row[0])
    code = format_code or profile.format
    owner = (profile.owner or profile.code) if code == "hub" else ""
    hints = Hints(day=day, name=name, owner=owner, encoding=profile.encoding.lower(),
                  cut_off=profile.own_cut_off, currency=profile.currency,
                  layout=profile.layout)  # fmt: skip
    stream.seek(0)
    packs = profile.party != "bank" and size >= PACKED_FROM and not known
    try:
        reading = open_file(code, stream, hints)
        if packs:
            totals = copy_packs(conn, file_id, reading, stream)
        else:
            written = partial(sealed_account, key_ring()) if profile.party == "bank" else clean_account
            totals = copy_rows(conn, file_id, reading, written)
    except SeveralDays:
        raise
    except FileError as error:
        detail = Bilingual("{}{}", "{}{}", of_file(name, error.told), _looks(code, name, stream))
        raise Refused(error.code, error.column, detail) from error
    found = reading.day
    if found is None:
        raise Refused(FileCode.FILE_DAY_MISSING, "day", name)
    proving.prove(conn, profile, reading, found, name, now)
    if known and found not in reading.days and totals.rows:
        detail = told("{}, not {}", known[0].business_day, found)
        raise Refused(FileCode.FILE_OF_ANOTHER_DAY, "day", detail)
    for before in known:  # without rows: the day was not known before
        if before.business_day == found:
            return before
    if not packs:
        _keep_bytes(conn, file_id, stream, profile.party == "bank")
    added = conn.execute(_ADD_FILE, {
        "file_id": file_id, "partner_id": profile.partner_id, "day": found, "format": code,
        "name": name, "sha256": digest, "bytes": size, "rows": totals.rows,
        "amount_fen": totals.amount_fen, "fee_fen": totals.fee_fen, "now": now, "by": by,
        "whole": reading.whole, "parts": profile.parts, "all": replaces_all,
    }).fetchone()  # fmt: skip
    assert added is not None
    return TakenFile(
        file_id, False, found, added[0], totals.rows, totals.amount_fen, totals.fee_fen,
        tuple(added[1]), tuple(reading.notes),
    )  # fmt: skip


def _again(known: list[TakenFile], day: date | None) -> TakenFile | None:
    """The file that was there: of that day; where none is named, the last of what has rows, with its
    other days. A file without rows may be of any day that comes, so its reading decides."""
    if day is not None:
        return next((same for same in known if same.business_day == day), None)
    same = [one for one in known if one.rows]
    return msgspec.structs.replace(same[-1], before=tuple(same[:-1])) if same else None


def _looks(code: str, name: str, stream: BinaryIO) -> Bilingual:
    """What else a refused file looks like, told behind the breach."""
    stream.seek(0)
    found = sniff(name, stream.read(HEAD))
    if found in (None, code):
        return Bilingual("", "")
    return Bilingual("（看上去像{}）", " (it looks like {0} {1})", FORMATS[found].zh, FORMATS[found].en)


def _digest(stream: BinaryIO) -> tuple[bytes, int]:
    """SHA-256 and size; no bytes are a day without business in some formats. Refused MESSAGE_TOO_LARGE."""
    whole, size = hashlib.sha256(), 0
    stream.seek(0)
    while part := stream.read(PART_BYTES):
        whole.update(part)
        size += len(part)
        if size > BYTES_MAX:
            raise Refused(Code.MESSAGE_TOO_LARGE, "file")
    return whole.digest(), size


def _keep_bytes(
    conn: psycopg.Connection[Any], file_id: int, stream: BinaryIO, bank: bool
) -> None:
    """The file as it came: the evidence behind every difference."""
    with conn.cursor() as cursor, conn.pipeline():
        for number, line, body in parts(stream):
            kept = sealed(file_id, number, body) if bank else body
            cursor.execute(_ADD_PART, (file_id, number, line, kept, bank))
