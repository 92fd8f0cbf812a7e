"""An archive's folder: rows as CSV that every spreadsheet and database reads, one word about all of them, a seal.

`archive.json` says of which database and month it is, where each bucket's chain stood before and stands behind
it, and each file's rows, bytes and SHA-256; the seal is an HMAC by the key ring over all of that.
"""

import csv
import gzip
import hmac
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.secrets import KeyRing
from yifen.core.ledger.chain import AlteredRow, BucketReplay, SealedBatch, Transfer

NAME = "archive.json"
_FILE = re.compile(r"[a-z_]+\.\d+\.csv\.gz")
_PURPOSE = "archive"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEVEL = 5


class ArchiveLost(Exception):
    """An archive is not whole, or not as it was written; the message says what."""


class File(msgspec.Struct, frozen=True):
    """`bytes` and `sha256` of the file as it lies there."""

    rows: int
    bytes: int
    sha256: str


class End(msgspec.Struct, frozen=True):
    """Where a bucket's chain stands; `balances` as (account, debit pending, debit posted, credit pending, credit
    posted) in fen."""

    batch_no: int
    transfer_no: int
    hash: str
    balances: list[tuple[int, int, int, int, int]]


class Word(msgspec.Struct, frozen=True):
    """What is said of an archive. `begins`, `ends`: of each bucket."""

    yifen: str
    database: str
    partition_no: int
    begun_at: datetime
    ended_at: datetime
    until_day: date
    begins: dict[int, End]
    ends: dict[int, End]
    files: dict[str, File]
    accounts: dict[int, str]
    seal: str = ""


class Archive:
    """A month by its files."""

    def __init__(self, folder: Path) -> None:
        """ArchiveLost: it has no word, or none that can be read."""
        self.folder = folder
        try:
            self.said = (folder / NAME).read_bytes()
            self.word = msgspec.json.decode(self.said, type=Word)
        except FileNotFoundError:
            raise ArchiveLost(f"{folder} is no archive, or was never finished: it has no {NAME}") from None
        except (OSError, ValueError) as error:
            raise ArchiveLost(f"{folder / NAME} cannot be read: {error}") from None
        self.partition_no = self.word.partition_no
        for name in self.word.files:
            if not _FILE.fullmatch(name) or (folder / name).is_symlink():
                raise ArchiveLost(f"{folder / NAME} names {name}, which is no file of an archive")

    @property
    def digest(self) -> bytes:
        """SHA-256 of its word, as the trail has it."""
        return sha256(self.said).digest()

    def batches(self, bucket: int) -> Iterator[SealedBatch]:
        """In their order."""
        for row in self._rows(f"ledger_batch.{bucket}.csv.gz"):
            booked_us = (datetime.fromisoformat(row["booked_at"]) - _EPOCH) // timedelta(microseconds=1)
            yield SealedBatch(int(row["batch_no"]), int(row["first_no"]), int(row["last_no"]), booked_us,
                              bytes.fromhex(row["hash"][2:]))  # fmt: skip

    def transfers(self, bucket: int) -> Iterator[Transfer]:
        """In their order, each as its canonical text."""
        for row in self._rows(f"ledger_transfer.{bucket}.csv.gz"):
            seal = f"|{row['seal']}" if row["seal"] else ""
            day = date.fromisoformat(row["business_day"]).toordinal() - _EPOCH.toordinal()
            text = (f"{row['bucket']}|{row['transfer_no']}|{row['batch_no']}|{row['kind']}|{row['debit_id']}"
                    f"|{row['credit_id']}|{row['amount_fen']}|{row['pending_no'] or 0}|{row['reverses_no'] or 0}"
                    f"|{row['reference_id']}|{row['detail_id']}|{day}{seal}")  # fmt: skip
            yield Transfer(text.encode(), bytes.fromhex(row["digest"][2:]))

    def prove(self, ring: KeyRing) -> None:
        """That the word is ours, every file as it was written, and every chain leads from where it began to where
        it ends. ArchiveLost names the first that is not so."""
        if not _sealed_by(self.word, ring):
            raise ArchiveLost(f"{self.folder / NAME} is not sealed by this key ring, or was altered")
        self.prove_files()
        for bucket, end in self.word.ends.items():
            begin = self.word.begins[bucket]
            replay = BucketReplay(bucket)
            replay.begin_behind(begin.batch_no, begin.transfer_no, bytes.fromhex(begin.hash), map(list, begin.balances))
            try:
                for _ in replay.walk(self.batches(bucket), self.transfers(bucket)):
                    pass
            except AlteredRow as altered:
                raise ArchiveLost(f"{self.folder}: {altered}") from None
            if end_of(replay) != end:
                raise ArchiveLost(f"{self.folder}: the chain of bucket {bucket} does not lead to its end")

    def columns(self, name: str) -> list[str]:
        """Of a file, by its first line."""
        with gzip.open(self.folder / name, "rt", encoding="utf-8", newline="") as file:
            return next(csv.reader(file), [])

    def parts(self, name: str) -> Iterator[bytes]:
        """A file unpacked, as COPY reads it."""
        try:
            with gzip.open(self.folder / name) as file:
                while part := file.read(1 << 20):
                    yield part
        except (OSError, EOFError) as error:
            raise ArchiveLost(f"{self.folder / name} cannot be read: {error}") from None

    def prove_files(self) -> None:
        """ArchiveLost names the first that is not as its word says."""
        for name, file in self.word.files.items():
            self._prove_file(name, file)

    def _prove_file(self, name: str, file: File) -> None:
        path = self.folder / name
        try:
            with path.open("rb") as handle:
                digest, size = sha256(), 0
                while part := handle.read(1 << 20):
                    digest.update(part)
                    size += len(part)
        except OSError as error:
            raise ArchiveLost(f"{path}: {error.strerror}") from None
        if (size, digest.hexdigest()) != (file.bytes, file.sha256):
            raise ArchiveLost(f"{path} is not as it was written")

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        try:
            with gzip.open(self.folder / name, "rt", encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)
        except (OSError, EOFError, csv.Error, UnicodeDecodeError) as error:
            raise ArchiveLost(f"{self.folder / name} cannot be read: {error}") from None


def begins() -> End:
    """Of a chain."""
    return end_of(BucketReplay(0))


def end_of(replay: BucketReplay) -> End:
    """Where a replay stands; accounts that nothing is on are none."""
    balances = [(account, *sums) for account, sums in sorted(replay.balances.items())]
    return End(replay.batch_no, replay.transfer_no, replay.hash.hex(), balances)  # type: ignore[arg-type]


def write_file(path: Path, conn: psycopg.Connection[Any], statement: bytes) -> File:
    """What a COPY tells, packed, on the disk when this returns; the same rows make the same bytes."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # never through a link that lies there
    with new.open("xb") as raw, conn.cursor() as cursor:
        os.fchmod(raw.fileno(), 0o600)
        with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed, cursor.copy(statement) as copy:
            for part in copy:
                packed.write(part)
        rows = cursor.rowcount  # of the COPY
        raw.flush()
        os.fsync(raw.fileno())
    new.replace(path)
    digest = sha256()
    with path.open("rb") as written:
        while part := written.read(1 << 20):
            digest.update(part)
        return File(rows, written.tell(), digest.hexdigest())


def write_word(folder: Path, word: Word, ring: KeyRing) -> bytes:
    """Last of all, sealed; answers its SHA-256."""
    sealed = msgspec.structs.replace(word, seal=_mac(ring.derive(_PURPOSE), word))
    said = msgspec.json.format(msgspec.json.encode(sealed), indent=1) + b"\n"
    new = folder / f"{NAME}.new"
    with new.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / NAME)
    for listed in (folder, folder.absolute().parent):
        handle = os.open(listed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return sha256(said).digest()


def _sealed_by(word: Word, ring: KeyRing) -> bool:
    return any([hmac.compare_digest(_mac(key, word), word.seal) for key in ring.derive_each(_PURPOSE)])


def _mac(key: bytes, word: Word) -> str:
    said = msgspec.json.encode(msgspec.structs.replace(word, seal=""))
    return hmac.digest(key, said, sha256).hex()
