"""The client of a core's port: only a signed answer about just this serial and amount counts. Never called inside a
database transaction."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.core_port import (
    ACCOUNT,
    AGREE,
    PACK,
    PACK_QUERY,
    POST,
    QUERY,
    UNDO,
    AccountQuery,
    AccountState,
    AgreeQuery,
    AgreeState,
    CorePack,
    CorePackStatus,
    CorePosting,
    CoreQuery,
    CoreStatus,
    CoreUndo,
    read_account_state,
    read_agree_state,
    read_core_status,
    read_pack_status,
)
from yifen.core.wire.keys import Key
from yifen.core.wire.outbound import Answer
from yifen.core.wire.pin_block import pin_block, pin_key
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer, SignedPort

_SQL = queries(__package__)
_NO_REFERENCE = "account"


Signed = tuple[int, int, dict[str, str], str]
"""How an answer was signed: version of the key, status, headers, body."""


class CoreWord(NamedTuple):
    """What the core says, and how it signed that."""

    status: CoreStatus
    signed: Signed


class PackWord(NamedTuple):
    """The same of a pack."""

    status: CorePackStatus
    signed: Signed


class CorePort(SignedPort):
    """One core. A PIN is sealed here, and goes nowhere else."""

    def account(self, account_no: str, cheque_no: str = "", pin: str = "") -> AccountState:
        """How it stands. NoPortAnswer; ValueError: no PIN."""
        return self.account_word(account_no, cheque_no, pin)[0]

    def account_word(self, account_no: str, cheque_no: str = "", pin: str = "") -> tuple[AccountState, Signed]:
        """The same, as the core signed it."""
        block = self._block(pin, account_no)
        asked = AccountQuery(account_no, cheque_no, block, secrets.token_hex(8))
        state, answer = self.told(ACCOUNT, asked, _NO_REFERENCE, read_account_state)
        if (state.account_no, state.nonce) != (account_no, asked.nonce):
            raise NoPortAnswer("the answer speaks of something else")
        return state, self._signed(answer)

    def agree(self, asked: AgreeQuery) -> tuple[AgreeState, Signed]:
        """Have the holder of an account agree to a mandate. NoPortAnswer."""
        state, answer = self.told(AGREE, asked, asked.reference, read_agree_state)
        if (state.reference, state.account_no, state.terms) != (asked.reference, asked.account_no, asked.terms):
            raise NoPortAnswer("the answer speaks of something else")
        return state, self._signed(answer)

    def post(self, posting: CorePosting, pin: str = "") -> CoreWord:
        """Ask for it; the same serial again is the same posting. NoPortAnswer; ValueError: no PIN."""
        block = self._block(pin, posting.debit)
        return self._said(POST, replace(posting, pin_block=block), posting.serial, posting.amount_fen)

    def query(self, serial: str, amount_fen: int) -> CoreWord:
        """What became of it. NoPortAnswer."""
        return self._said(QUERY, CoreQuery(serial), serial, amount_fen)

    def undo(self, asked: CoreUndo) -> CoreWord:
        """Take it back; the same serial again is the same undo. NoPortAnswer."""
        return self._said(UNDO, asked, asked.serial, asked.amount_fen)

    def pack(self, asked: CorePack) -> PackWord:
        """Ask for all of it; the same serial again is the same pack. NoPortAnswer."""
        return self._packed(PACK, asked, asked.serial)

    def query_pack(self, serial: str) -> PackWord:
        """What became of it. NoPortAnswer."""
        return self._packed(PACK_QUERY, CoreQuery(serial), serial)

    def _packed(self, path: str, message: Struct, serial: str) -> PackWord:
        status, answer = self.told(path, message, serial, read_pack_status)
        if status.serial != serial or status.state == "clash":
            raise NoPortAnswer(f"{status.state}: the answer speaks of something else")
        return PackWord(status, (self._key.version, answer.status, dict(answer.headers), answer.body.decode()))

    def _block(self, pin: str, account_no: str) -> str:
        return pin_block(pin, account_no, pin_key(self._key.secret)) if pin else ""

    def _said(self, path: str, message: Struct, serial: str, amount_fen: int) -> CoreWord:
        status, answer = self.told(path, message, serial, read_core_status)
        if status.serial != serial or status.state == "clash":
            raise NoPortAnswer(f"{status.state}: the answer speaks of something else")
        if status.state in ("done", "reversed") and status.amount_fen != amount_fen:
            raise NoPortAnswer(f"the core speaks of {status.amount_fen} fen")
        return CoreWord(status, self._signed(answer))

    def _signed(self, answer: Answer) -> Signed:
        return self._key.version, answer.status, dict(answer.headers), answer.body.decode()


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, core_id: int, clock: Callable[[], datetime],
    timeout_s: float = TIMEOUT_S,
) -> CorePort:  # fmt: skip
    """The port of a core; one that is shut is still asked what became of money. KeyRingError."""
    row = conn.execute(_SQL["port"], (core_id,)).fetchone()
    assert row is not None
    code, endpoint, version, sealed = row
    return CorePort(endpoint, key_of(ring, code, version, sealed), clock, timeout_s)


def key_of(ring: KeyRing, code: str, version: int, sealed: bytes) -> Key:
    """A core's key, opened. KeyRingError."""
    secret = ring.open(bytes(sealed), key_context(code))
    return Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret)


def key_context(code: str) -> str:
    """For what a core's key is sealed, as the plug has it."""
    return f"core_bank:{code}"
