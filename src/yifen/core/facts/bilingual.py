"""What is told in both languages at once, by whoever does not know who will read it."""

from typing import Self


class Bilingual(str):
    """A text that is itself English; `zh` is the same in Chinese."""

    zh: str

    def __new__(cls, zh: str, en: str, *values: object) -> Self:
        """Both filled with `values`; one that is Bilingual itself stands in each in its language."""
        made = super().__new__(cls, en.format(*values))
        made.zh = zh.format(*(value.zh if isinstance(value, Bilingual) else value for value in values))
        return made


def in_language(text: str, language: str) -> str:
    """The text for a reader of that language; one that is not Bilingual is the same for all."""
    return text.zh if isinstance(text, Bilingual) and language.startswith("zh") else text
