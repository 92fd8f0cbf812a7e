"""What people call the subject of a proposal about arrears: the account, its address, the company; never a number of
ours alone."""

from datetime import UTC, datetime

from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.arrears import debts

_SQL = queries(__package__)


def of_customer(subject: str) -> Text:
    """The account's last four, as whoever sees proposals may read it, and its address."""
    one = debts.known(int(subject))
    return _same(f"{masked_number(one.account_no)} {one.place}" if one else subject)


def of_list(subject: str) -> Text:
    """The company, and when the list was made."""
    biller, _, at = subject.partition(" ")
    made = datetime.strptime(at, "%Y%m%d%H%M%S").replace(tzinfo=UTC).astimezone(ZONE)
    return _same(f"{_names(int(biller), None)} {made:%Y-%m-%d %H:%M}")


def of_rule(subject: str) -> Text:
    """The company, the fee, the class."""
    biller, _, rest = subject.partition(" ")
    fee, _, class_ = rest.partition(" ")
    return _same(" ".join(filter(None, (_names(int(biller), int(fee) if fee else None), class_))))


def of_bills(subject: str) -> Text:
    """The first bill with its account, and how many besides."""
    numbers = subject.split()
    with plain_connection() as conn:
        row = conn.execute(_SQL["account_of_bill"], {"bill": int(numbers[0].removeprefix("B"))}).fetchone()
    account, more = masked_number(row[0]) if row else "", len(numbers) - 1
    said = f"{account} {numbers[0]}".strip()
    return Text(f"{said} 等", f"{said} and others") if more else _same(said)


def _names(biller: int, fee: int | None) -> str:
    with plain_connection() as conn:
        row = conn.execute(_SQL["rule_named"], {"biller": biller, "fee": fee}).fetchone()
    return " ".join(filter(None, row)) if row else str(biller)


def _same(text: str) -> Text:
    return Text(text, text)
