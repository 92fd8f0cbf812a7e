"""What was typed, in every reading that it has."""

import re
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account, searched
from yifen.core.facts.money import AmountError, typed_yuan

TEXT_MAX = 80
_NUMBER = re.compile(r"#?([0-9]{1,18})")
_ENTRY = re.compile(r"([0-9]{1,4})-([0-9]{1,18})")


class Question(NamedTuple):
    """`text` as it was typed, blanks made one; `plain`: in the one form of numbers; `forms`: all writings of
    an account number; `number`: a whole number, 0: it is none; `fen`: an amount in yuan, 0: it is none;
    `entry`: bucket and number of an entry of the ledger 分录, as pages write it, 3-1207."""

    text: str
    plain: str = ""
    forms: tuple[str, ...] = ()
    number: int = 0
    fen: int = 0
    entry: tuple[int, int] | None = None

    @property
    def part(self) -> str:
        """What may be the beginning or a part of a name or code: two letters or more, four digits or more."""
        return self.text if len(self.plain) >= (4 if self.number else 2) else ""

    @property
    def params(self) -> dict[str, object]:
        """What the condition of a list may name."""
        return {"text": self.text, "plain": self.plain, "number": self.number, "fen": self.fen}


def asked(typed: str) -> Question:
    """Nothing is asked by what is too long or cannot be printed."""
    text = " ".join(typed.split())
    if not text or len(text) > TEXT_MAX or not text.isprintable():
        return Question("")
    plain = clean_account(text)
    number, entry = _NUMBER.fullmatch(plain), _ENTRY.fullmatch(plain)
    return Question(text, plain, tuple(searched(text)), int(number[1]) if number else 0, _fen(text),
                    (int(entry[1]), int(entry[2])) if entry else None)  # fmt: skip


def _fen(text: str) -> int:
    try:
        return typed_yuan(text)
    except AmountError:
        return 0
