"""Transactions of the desk about papers."""

from yifen.face.desk.transaction import Transaction
from yifen.trades.invoices.pages.transactions.count import CountPapers
from yifen.trades.invoices.pages.transactions.electronic import AskElectronic
from yifen.trades.invoices.pages.transactions.print import PrintInvoice

TRANSACTIONS: tuple[Transaction, ...] = (PrintInvoice(), CountPapers(), AskElectronic())
