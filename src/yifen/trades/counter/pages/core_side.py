"""What the bank's core did of an entry, as its page shows it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.hub.corebank.accounts import named
from yifen.hub.corebank.closing import STATES
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.counter.models import Entry
from yifen.trades.counter.operations.core import document_of

_SQL = queries("yifen.trades.counter")


class CoreFact(NamedTuple):
    """One move: what it is to the entry, how it stands and why. `is_waiting`: it is not at its end, and should be."""

    title: str | Promise
    state: str | Promise
    why: str
    core_serial: str
    is_waiting: bool


def core_facts(entry: Entry) -> list[CoreFact]:
    """The entry's own posting, and what gives it back, oldest first; nothing where there is no core."""
    with plain_connection() as conn:
        rows = conn.execute(_SQL["core_of_entry"], {"document": document_of(entry), "serial": entry.serial}).fetchall()
    return [
        CoreFact(_("核心退款"), _("核心无此笔，无须退款"), "", core_serial, False)
        if is_back and code == CoreCode.CORE_ORIGINAL_MISSING and not owes
        else CoreFact(_("核心退款") if is_back else _("核心记账"), told(STATES[state]), _why(code), core_serial,
                      state in ("asked", "unknown") or owes)
        for is_back, state, code, core_serial, owes in rows
    ]  # fmt: skip


def core_accounts(entry: Entry, ring: KeyRing) -> tuple[str, str] | None:
    """From which account to which the core moved a collection, or what took it back took back, the bank's own whole and
    any other masked; None: it did not."""
    own = entry.original or entry
    with plain_connection() as conn:
        row = conn.execute(_SQL["core_accounts"], {"serial": own.serial, "document": document_of(own)}).fetchone()
    if row is None:
        return None
    debit, debit_shown, credit, credit_shown, own = row
    return named(ring, debit, debit_shown, own), named(ring, credit, credit_shown, own)


def _why(code: int | None) -> str:
    if not code:
        return ""
    meaning = result_code(code).meaning
    return f"{code} {told(Text(meaning.zh, meaning.en))}"
