"""The words of repair 平账 as the tables have them, for code that needs no database.

The same as in `yifen.trades.reconciliation.models`, which the pages use; a test holds them together.
"""

from enum import StrEnum


class Party(StrEnum):
    """Whose file it is."""

    CHANNEL = "channel"
    BILLER = "biller"
    BANK = "bank"


class Truth(StrEnum):
    """Whose record counts when two differ (domain.md case 8)."""

    OURS = "ours"
    THEIRS = "theirs"


class Difference(StrEnum):
    """差异, the class of an item."""

    OURS_ONLY = "ours_only"
    THEIRS_ONLY = "theirs_only"
    STATUS = "status"
    AMOUNT = "amount"
    FEE = "fee"
    DUPLICATE = "duplicate"


class RepairAction(StrEnum):
    """What is done about it."""

    REFUND = "refund"
    BOOK = "book"
    SUSPEND = "suspend"
    RESOLVE = "resolve"
    TELL = "tell"
    ACCEPT = "accept"
    WAIT = "wait"
    ASK = "ask"


class ItemState(StrEnum):
    """Of an item. Waiting: for the partner's next file, or for the partner that was told."""

    OPEN = "open"
    WAITING = "waiting"
    PROPOSED = "proposed"
    DOING = "doing"
    CLOSED = "closed"
