"""Pure decisions of a deduction 卡扣: what is asked for, by which number, when it is looked at again."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import NamedTuple

from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView
from yifen.face.payables.allocating import is_in_order
from yifen.trades.deductions.codes import DeductionCode

CONSENTS = {
    "paper": Text("书面授权书", "a signed paper"), "counter": Text("柜面当面同意", "said at the counter"),
    "phone": Text("电话录音", "a recorded call"), "online": Text("线上确认", "agreed online"),
    "third": Text("代缴：账户户主本人的书面同意", "for another: the holder's own signed paper"),
}  # fmt: skip
ACCOUNT = re.compile(r"[0-9A-Z][0-9A-Z-]{5,33}")
NAME_MAX, NOTE_MAX = 60, 200
SEND_WITHIN = timedelta(minutes=10)
"""So long what the bank never saw is sent again; then it is given up."""
GIVE_UP = timedelta(hours=24)
"""What was taken and the hub never took by then goes back."""
LOOK_AFTER = timedelta(seconds=20)
"""The page asks the bank itself; the worker comes when that is over, whatever became of it."""
OUTSIDE_AFTER = timedelta(minutes=15)
"""So long what goes back is the port's alone; then a person may have the bank's paper."""
LADDER_S = (2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600)
NUMBER = re.compile(r"KK[0-9]{8}[0-9a-f]{12}")

# Words of the hub about its own master data, not about the payment: an operator has to act first.
_OURS = frozenset({Code.PARTNER_UNKNOWN, Code.PARTNER_SUSPENDED, Code.BILLER_UNKNOWN, Code.FAULT})


class DeductionLine(NamedTuple):
    """One payable, and what is due of it."""

    payable: str
    title: str
    amount_fen: int


class Debtor(NamedTuple):
    """The account or card that is debited, and whose it is."""

    account_no: str
    name: str

    @property
    def shown(self) -> str:
        return f"{masked_number(self.account_no, head=4)} {masked_name(self.name)}"


def new_number(now: datetime) -> str:
    """Of the form that is shown now: what is sent twice is one deduction."""
    return f"KK{now.astimezone(ZONE):%Y%m%d}{token_hex(6)}"


def debtor(account_no: str, name: str) -> Debtor:
    """As typed. Refused: DEBTOR_INVALID."""
    found = Debtor(typed_account(account_no), typed_name(name))
    if not ACCOUNT.fullmatch(found.account_no):
        raise Refused(DeductionCode.DEBTOR_INVALID, "debtor_no")
    if not 0 < len(found.name) <= NAME_MAX or not found.name.isprintable():
        raise Refused(DeductionCode.DEBTOR_INVALID, "debtor_name")
    return found


def is_same_name(holder: str, payer: str) -> bool:
    """Is the account the payer's own? `payer` may be masked, where no more of it is known."""
    name, known = (unicodedata.normalize("NFKC", "".join(text.split())) for text in (holder, payer))
    return known in (name, masked_name(name)) if "*" in known else name == known


def choose(
    payables: Sequence[PayableView], shown_fen: Mapping[str, int], is_oldest_first: bool = False
) -> list[DeductionLine]:
    """The picked ones, each with what it owes, whole; `payables` in the order of their due days. Refused:
    NOTHING_CHOSEN, TOO_MANY_CHOSEN, DUES_CHANGED (another amount is due than was shown), OLDER_UNPAID."""
    due = {item.payable: item for item in payables}
    if not shown_fen:
        raise Refused(Code.NOTHING_CHOSEN, "bills")
    if len(shown_fen) > LINES_MAX:
        raise Refused(Code.TOO_MANY_CHOSEN, "bills")
    if any(fen < 1 or name not in due or due[name].due_fen != fen for name, fen in shown_fen.items()):
        raise Refused(DeductionCode.DUES_CHANGED, "bills")
    if is_oldest_first and not is_in_order(payables, shown_fen):
        raise Refused(Code.OLDER_UNPAID, "bills")
    return [DeductionLine(item.payable, item.title, item.due_fen) for item in payables if item.payable in shown_fen]


def is_refusal(code: ResultCode) -> bool:
    """Whether the hub's word may be its last one: then what it keeps of the serial decides."""
    return code not in _OURS and code is not Code.OK and not code.meaning.retryable


def block_serial(deduction_no: str) -> str:
    """The serial with which a charge that never arrived is blocked."""
    return f"R{deduction_no}"
