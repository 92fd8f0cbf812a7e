"""Mandates that are asked for without a counter: by the payer's own page, or by a partner's word. None of them is one
before the payer's bank has his own word by his own phone; the worker reads the core's signature under it."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire import http_signed
from yifen.core.wire.core_port import AgreeQuery, AgreeState, read_agree_state
from yifen.core.wire.messages import WireFault
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores
from yifen.hub.corebank.port import Signed, key_of
from yifen.hub.corebank.rules import code_of
from yifen.trades.mandates import rules
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import KeptMandate, find, parts, sealed_word
from yifen.trades.mandates.rules import SignedTerms

log = structlog.get_logger()
_SQL = queries(__package__)
_CREATED = re.compile(r";created=(\d{1,12})")
_ABOUT = {"phone_differs": MandateCode.MANDATE_NOT_AGREED, "code_wrong": MandateCode.MANDATE_NOT_AGREED}


def ask(conn: Connection, ring: KeyRing, agreement: SignedTerms, number: str, now: datetime) -> KeptMandate:
    """By the payer's page, under the number of its form. Refused: as `checked`, mandates_unfit_v1."""
    _put(conn, ring, "ask", (), agreement, number, now)
    return find(conn, number)


def ask_of(conn: Connection, ring: KeyRing, word_id: int, agreement: SignedTerms, number: str, now: datetime) -> None:
    """By a partner's word. Refused: likewise, MANDATE_UNKNOWN."""
    _put(conn, ring, "ask_of", (word_id,), agreement, number, now)


def _put(
    conn: Connection, ring: KeyRing, statement: str, who: tuple[Any, ...], agreement: SignedTerms, number: str,
    now: datetime,
) -> None:  # fmt: skip
    agreement = rules.checked(agreement)
    row = conn.execute(_SQL["core_at"], (agreement.biller_id,)).fetchone()
    if row is None:
        raise Refused(CoreCode.CORE_PAIR_MISSING, "biller")
    core_id, institution_id = row
    made = parts(ring, number, institution_id, core_id, "personal", agreement)
    answer = conn.execute(_SQL[statement], (*who, Jsonb(made), now)).fetchone()
    assert answer is not None
    if answer[0]:
        raise Refused(result_code(answer[0]))


def send_code(cores: Cores, number: str) -> None:
    """The core sends its customer a code. Outside of any transaction. Refused: MANDATE_UNKNOWN, as `_agree`."""
    _agree(cores, find(cores.conn, number), "")


def agree(cores: Cores, number: str, code: str, now: datetime) -> KeptMandate:
    """He typed the code: what the core says of it is kept as it signed it; the worker makes it count. Refused:
    likewise, MANDATE_NOT_AGREED."""
    one = find(cores.conn, number)
    if one.confirmed_at is None and not one.has_check:
        _state, signed = _agree(cores, one, code)
        key, word = rules.payer_key(cores.ring, number, bytes(one.stop_hash)), sealed_word(cores.ring, number, signed)
        answer = cores.conn.execute(_SQL["agreed"], (number, key, word, now)).fetchone()
        if answer and answer[0]:
            raise Refused(result_code(answer[0]), "number")
    return find(cores.conn, number)


def _agree(cores: Cores, one: KeptMandate, code: str) -> tuple[AgreeState, Signed]:
    """Refused: CORE_AWAY, NOT_CALLED, MANDATE_NOT_AGREED, and what the core says of the account."""
    port, holder = cores.port(one.core_id), one.holder(cores.ring)
    port.check_way()
    terms = rules.terms_digest(one.number, one.biller, one.customer, one.terms)
    limit = f"每笔不超过 {format_yuan(one.once_fen)} 元" if one.once_fen else "单笔不限额"
    words = f"代扣 {one.biller_name} {one.customer}，{limit}"
    try:
        state, signed = port.agree(AgreeQuery(one.number, one.account_no(cores.ring), holder.name, holder.phone, terms,
                                              words, code))  # fmt: skip
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY) from None
    if state.state == "refused":
        why: ResultCode = _ABOUT.get(state.code) or code_of(state.code)
        raise Refused(why, "code" if state.code == "code_wrong" else "account_no")
    return state, signed


def stop(conn: Connection, ring: KeyRing, number: str, why: str, now: datetime, key: str = "") -> None:
    """One touch: over at once. `key`: out of the link in his hand; else his page has it by the ring. Refused:
    MANDATE_UNKNOWN."""
    key = key or rules.payer_key(ring, number, bytes(find(conn, number).stop_hash))
    row = conn.execute(_SQL["stop"], (number, key, why, now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "number")


# --- the worker ----------------------------------------------------------------------------------


def confirm_all(conn: Connection, ring: KeyRing, now: Callable[[], datetime]) -> int:
    """Each of which the core has said its word: in force where it signed just these terms; answers how many."""
    rows = conn.execute(_SQL["asked"]).fetchall()
    for one in (KeptMandate(*row) for row in rows):
        why = unproved(conn, ring, one)
        if why:
            log.warning("the core did not agree to a mandate", mandate=one.number, reason=why)
        conn.execute(_SQL["confirm"], (one.number, not why, now()))
    return len(rows)


def unproved(conn: Connection, ring: KeyRing, one: KeptMandate) -> str:
    """Why the word that is kept is not the core's about this mandate; "": it is. Of one that was signed at a counter
    the core told of the account; of others the holder's own word under its terms."""
    row = conn.execute(_SQL["check"], (one.number,)).fetchone()
    if row is None:
        return "no word of the core is kept"
    try:
        version, status, headers, body = json.loads(ring.open(bytes(row[0]), f"mandate_check:{one.number}"))
        key = conn.execute(_SQL["core_key"], (row[1], version)).fetchone()
        if key is None:
            return f"core {row[1]} had no key {version}"
        signer = key_of(ring, row[1], version, key[0])
        http_signed.verify_reply(status, headers, body.encode(), lambda *_: signer, _created(headers))
        account_no, name = one.account_no(ring), one.holder(ring).name
        if one.source == "counter":
            said = json.loads(body)
            fits = (said["account_no"], said["name"].strip(), said["found"]) == (account_no, name, True)
        else:
            state = read_agree_state(body.encode())
            terms = rules.terms_digest(one.number, one.biller, one.customer, one.terms)
            fits = (state.reference, state.account_no, state.state) == (one.number, account_no, "agreed") and (
                state.terms == terms or one.is_changed)  # fmt: skip
    except (KeyRingError, WireFault, ValueError, KeyError, TypeError) as error:
        return f"was not signed by the core: {error}"
    return "" if fits else "the core speaks of something else"


def _created(headers: dict[str, str]) -> int:
    """It was fresh when it came."""
    found = _CREATED.search(str(headers.get("signature-input", "")))
    return int(found[1]) if found else 0
