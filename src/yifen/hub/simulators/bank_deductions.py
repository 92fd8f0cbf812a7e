"""A bank's books of deductions 卡扣 in memory: its customers' accounts, what was debited by reference and given back by
number. Pure; no HTTP."""

from datetime import datetime, timedelta
from typing import NamedTuple

from yifen.core.wire.bank_port import Deduction, DeductionBack, DeductionStatus

WRONG_NAME, NO_ACCOUNT, CLOSED, SHORT = "户名不符", "无此账户", "账户已销户", "账户余额不足"
BLOCKED, FAULTY = "已撤销", "账户状态异常"


class BankCustomer:
    """An account or card."""

    def __init__(self, account_no: str, name: str, balance_fen: int, closed: bool = False) -> None:
        self.account_no, self.name, self.balance_fen, self.closed = account_no, name, balance_fen, closed


class TakenDeduction(NamedTuple):
    """What became of a reference; without a deduction it is blocked. `refused` "": debited at `at`."""

    asked: Deduction | None
    fen: int
    serial: str
    at: datetime
    refused: str


class BankDeductions:
    """All of one bank. Money leaves an account whole or not at all, once for each reference."""

    def __init__(self, customers: list[BankCustomer]) -> None:
        self.customers = {one.account_no: one for one in customers}
        self._taken: dict[str, TakenDeduction] = {}
        self._backs: dict[str, tuple[DeductionBack, DeductionStatus]] = {}

    def is_closed(self, account_no: str) -> bool:
        there = self.customers.get(account_no)
        return there is not None and there.closed

    def take(self, asked: Deduction, now: datetime, process_s: float = 0.0, refused: str = "") -> DeductionStatus:
        """Debit, once for each reference. `refused`: why it does not, whatever the account says."""
        there = self._taken.get(asked.reference)
        if there is None:
            why = refused or self._refusal(asked)
            serial, at = f"KK{len(self._taken) + 1:010d}", now + timedelta(seconds=process_s)
            there = TakenDeduction(asked, asked.amount_fen, serial, at, why)
            self._taken[asked.reference] = there
            if not why:
                self.customers[asked.account_no].balance_fen -= asked.amount_fen
        elif there.asked is not None and there.asked != asked:
            return DeductionStatus(asked.reference, "clash")
        return self.look(asked.reference, now)

    def look(self, reference: str, now: datetime) -> DeductionStatus:
        """What became of it."""
        there = self._taken.get(reference)
        if there is None:
            return DeductionStatus(reference, "not_found")
        fen = there.fen
        if there.refused:
            return DeductionStatus(reference, "refused", fen, there.serial, there.refused)
        return DeductionStatus(reference, "taken" if now >= there.at else "processing", fen, there.serial)

    def give_back(self, asked: DeductionBack, now: datetime) -> DeductionStatus:
        """Credit again, once for each number; what was never seen is blocked."""
        if asked.number in self._backs:
            before, status = self._backs[asked.number]
            return status if before == asked else DeductionStatus(asked.reference, "clash", number=asked.number)
        there = self._taken.setdefault(asked.reference, TakenDeduction(None, asked.amount_fen, "", now, BLOCKED))
        if there.refused:
            return DeductionStatus(asked.reference, "refused", asked.amount_fen, there.serial, there.refused,
                                   asked.number)  # fmt: skip
        if now < there.at:
            return DeductionStatus(asked.reference, "processing", asked.amount_fen, number=asked.number)
        assert there.asked is not None
        if asked.amount_fen > there.asked.amount_fen - self.given_fen(asked.reference):
            return DeductionStatus(asked.reference, "clash", number=asked.number)
        self.customers[there.asked.account_no].balance_fen += asked.amount_fen
        status = DeductionStatus(asked.reference, "back", asked.amount_fen, f"{there.serial}B{len(self._backs) + 1}",
                                 number=asked.number)  # fmt: skip
        self._backs[asked.number] = asked, status
        return status

    def given_fen(self, reference: str) -> int:
        """What was given back of a reference so far."""
        return sum(back.amount_fen for back, _ in self._backs.values() if back.reference == reference)

    def held_fen(self) -> dict[str, int]:
        """Reference → what of it the bank debited and did not give back."""
        return {reference: one.asked.amount_fen - self.given_fen(reference)
                for reference, one in self._taken.items() if one.asked and not one.refused}  # fmt: skip

    def _refusal(self, asked: Deduction) -> str:
        customer = self.customers.get(asked.account_no)
        if customer is None:
            return NO_ACCOUNT
        if customer.closed:
            return CLOSED
        if customer.name != asked.account_name:
            return WRONG_NAME
        return SHORT if customer.balance_fen < asked.amount_fen else ""
