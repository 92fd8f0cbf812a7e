"""A refusal that keeps nothing: raised by an operation, it rolls back and names its code."""

from yifen.core.facts.bilingual import in_language
from yifen.core.facts.codes import ResultCode


class Refused(Exception):
    """`code` says why, `field` which input is meant ("" for the whole), `detail` how: a number, a name, or
    what is Bilingual."""

    def __init__(self, code: ResultCode, field: str = "", detail: str = "") -> None:
        super().__init__(f"{code.name} {field}: {detail}")
        self.code, self.field, self.detail = code, field, detail

    def text(self, language: str) -> str:
        """As a person reads it: number and meaning, and what exactly where that is known."""
        meaning = self.code.meaning
        words = meaning.zh if language.startswith("zh") else meaning.en
        detail = in_language(self.detail, language)
        return f"{self.code:04d} {words}" + (f" ({detail})" if detail else "")
