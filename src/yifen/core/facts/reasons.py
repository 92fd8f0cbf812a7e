"""Reasons 理由, remarks and answers as people type them: one line that can be read, and kept whole or not at all."""

from unicodedata import category

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

REASON_MAX = 200
BLANKS = "\u2800\u115f\u1160\u3164\uffa0"  # letters by their class, which show nothing


def remark(typed: str, field: str = "reason") -> str:
    """What was said, which may be nothing: breaks are blanks, marks that nobody sees are gone. Refused
    TEXT_TOO_LONG."""
    seen = (" " if letter in BLANKS or category(letter) in ("Cc", "Zl", "Zp") else letter for letter in typed
            if category(letter) not in ("Cf", "Cs", "Cn", "Co"))  # fmt: skip
    said = " ".join("".join(seen).split())
    if len(said) > REASON_MAX:
        raise Refused(Code.TEXT_TOO_LONG, field, f"{len(said):,} > {REASON_MAX}")
    return said


def reason(typed: str, field: str = "reason") -> str:
    """Likewise where something has to be said. Refused: REASON_MISSING, TEXT_TOO_LONG."""
    said = remark(typed, field)
    if not said:
        raise Refused(Code.REASON_MISSING, field)
    return said
