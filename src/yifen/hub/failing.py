"""One partner's failure is that partner's line in the morning: it is kept, and all others go on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from typing import Any

import msgspec
import structlog

from yifen.core.facts.bilingual import Bilingual, in_language
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.hub.codes import PartnerCode
from yifen.hub.night import Connection, Reason

log = structlog.get_logger()
SAID_MAX = 300
Guard = Callable[[int], AbstractContextManager[None]]
"""What keeps the failure of the partner of this id to itself."""


def said(error: Exception) -> Bilingual:
    """A fault in words that any text of ours can hold: no NUL, no half surrogates. One line: in those behind
    it a database shows rows, which may be another's. What is no refusal is nobody's words, and called so."""
    if isinstance(error, Refused):
        return Bilingual("{0}", "{1}", _held(in_language(error.detail, "zh")), _held(error.detail))
    text = _held(f"{type(error).__name__}: {error}".partition("\n")[0])
    return Bilingual("程序报错：{}", "{}", text)


def _held(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:SAID_MAX]


def unguarded(partner_id: int) -> AbstractContextManager[None]:
    """The first failure ends it all."""
    return nullcontext()


class NightFailures:
    """What failed in a step, a line each; `told` is for the step's result. `conn`: in autocommit; a fault
    of the connection itself is nobody's and goes on."""

    def __init__(self, conn: Connection, day: date) -> None:
        self._conn, self._day = conn, day
        self.told: list[dict[str, Any]] = []

    @contextmanager
    def of(
        self, partner: str, institution: int, code: ResultCode = PartnerCode.PARTNER_FAILED, day: date | None = None
    ) -> Iterator[None]:
        """What is done for one partner, in transactions of its own. `code`: of what is no refusal."""
        try:
            yield
        except Refused as refused:
            self.add(partner, institution, refused.code, said(refused), day)
        except Exception as error:  # whatever one partner brings, the others are not to wait for it
            if self._conn.closed:
                raise
            log.exception("a partner failed in the night", partner=partner, day=str(self._day))
            self.add(partner, institution, code, said(error), day)

    def add(
        self, partner: str, institution: int, code: ResultCode, detail: str = "", day: date | None = None
    ) -> None:
        why = Reason("failed", partner=partner, institution=institution, day=day or self._day, code=int(code),
                     detail=detail[:SAID_MAX],
                     detail_zh=detail.zh[:SAID_MAX] if isinstance(detail, Bilingual) else "")  # fmt: skip
        self.told.append(msgspec.to_builtins(why))
