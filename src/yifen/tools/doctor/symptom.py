"""What a check of an installation answers."""

from enum import Enum
from typing import NamedTuple

from yifen.core.facts.plug import Text


class Level(Enum):
    """`FAULT`: money or people's data are in danger, or nothing runs; `CARE`: it will be so some day."""

    OK = Text("正常", "ok")
    CARE = Text("注意", "care")
    FAULT = Text("故障", "fault")


class Symptom(NamedTuple):
    """`what` was looked at, how it was `found`, and the `cure` where it is not well."""

    level: Level
    what: Text
    found: str
    cure: Text | None = None


def well(what: Text, found: str) -> Symptom:
    return Symptom(Level.OK, what, found)


def care(what: Text, found: str, cure: Text) -> Symptom:
    return Symptom(Level.CARE, what, found, cure)


def fault(what: Text, found: str, cure: Text) -> Symptom:
    return Symptom(Level.FAULT, what, found, cure)
