"""The types of message fields: a Python type, its check in JSON, and its kind."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from yifen.core.wire.kinds import (
    AMOUNT,
    AMOUNT_MAX_FEN,
    AMOUNT_OR_ZERO,
    DAY,
    ID,
    ID_MAX,
    MODE,
    MOMENT,
    NAME,
    RESULT,
    SERIAL,
    STATE,
    TEXT32,
    TEXT40,
    TEXT100,
    Kind,
)


def matching(kind: Kind) -> Meta:
    """The same check for the JSON decoder; `(?!\\n)`: Python's `$` lets a last newline by."""
    return Meta(pattern=f"^(?:{kind.pattern})$(?!\n)")


Name = Annotated[str, matching(NAME), NAME]
Serial = Annotated[str, matching(SERIAL), SERIAL]
State = Annotated[str, matching(STATE), STATE]
Result = Annotated[str, matching(RESULT), RESULT]
Text32 = Annotated[str, matching(TEXT32), TEXT32]
Text40 = Annotated[str, matching(TEXT40), TEXT40]
Text100 = Annotated[str, matching(TEXT100), TEXT100]
Mode = Annotated[Literal["exact", "partial", "open"], MODE]
Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX_FEN), AMOUNT]
AmountOrZero = Annotated[int, Meta(ge=0, le=AMOUNT_MAX_FEN), AMOUNT_OR_ZERO]
Id = Annotated[int, Meta(ge=1, le=ID_MAX), ID]
Day = Annotated[date, DAY]
Moment = Annotated[datetime, Meta(tz=True), MOMENT]
