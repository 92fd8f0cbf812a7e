"""The agency's transactions at the desk."""

from yifen.face.desk.transaction import Transaction
from yifen.trades.agency.pages.transactions.charging import Charging
from yifen.trades.agency.pages.transactions.deposit import Deposit
from yifen.trades.agency.pages.transactions.deposit_back import DepositBack
from yifen.trades.agency.pages.transactions.detail import DetailQuery
from yifen.trades.agency.pages.transactions.keeping import Accounts, Admissions

TRANSACTIONS: tuple[Transaction, ...] = (Deposit(), DepositBack(), Charging(), DetailQuery(), Admissions(),
                                          Accounts())
