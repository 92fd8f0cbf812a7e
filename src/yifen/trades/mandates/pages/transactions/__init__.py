"""The desk's transaction of mandates."""

from yifen.face.desk.transaction import Transaction
from yifen.trades.mandates.pages.transactions.signing import MandateDesk

TRANSACTIONS: tuple[Transaction, ...] = (MandateDesk(),)
