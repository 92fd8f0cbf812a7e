"""What a conformance run found: one form for billers and channels, console, JSON and HTML."""

from datetime import datetime
from typing import Any, Literal, NamedTuple, NoReturn

from msgspec import Struct, json, to_builtins

Verdict = Literal["pass", "fail", "not_run"]


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


class Failed(Exception):
    """The rule was broken; `why` says how."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Both(zh, en)


class NotRun(Failed):
    """The clause could not be tried; `why` says what was missing."""


def need(found: object, zh: str, en: str) -> None:
    """Failed unless `found`."""
    if not found:
        raise Failed(zh, en)


def skip(zh: str, en: str) -> NoReturn:
    """Raises NotRun."""
    raise NotRun(zh, en)


class Finding(Struct, frozen=True, kw_only=True):
    """One clause and how it went. `source`: requirement ids and cases of the rule; `seen_*`: why it
    did not pass, empty when it did; `steps`: what was asked and answered, in the order it happened;
    `seconds`: how long the clause took (channels: 0)."""

    id: str
    title_zh: str
    title_en: str
    source: str
    verdict: Verdict
    expected_zh: str
    expected_en: str
    seen_zh: str
    seen_en: str
    steps: str
    seconds: float = 0.0


class Report(Struct, frozen=True, kw_only=True):
    """A whole run. `subject`: the partner's code; `note_*`: what became of the money, and other
    things that belong to no clause."""

    subject: str
    kind: Literal["biller", "channel", "database"]
    dialect: str
    began_at: datetime
    seconds: float
    clauses: list[Finding]
    note_zh: str = ""
    note_en: str = ""

    def count(self, verdict: Verdict) -> int:
        return sum(finding.verdict == verdict for finding in self.clauses)

    @property
    def passed(self) -> int:
        return self.count("pass")

    @property
    def failed(self) -> int:
        return self.count("fail")

    @property
    def not_run(self) -> int:
        return self.count("not_run")

    @property
    def ok(self) -> bool:
        """Every clause passed. One that was not run proves nothing."""
        return bool(self.clauses) and self.passed == len(self.clauses)


def members(report: Report) -> dict[str, Any]:
    """The report as plain values, with its counts."""
    counts = {name: getattr(report, name) for name in ("passed", "failed", "not_run", "ok")}
    found: dict[str, Any] = to_builtins(report)
    return counts | found


def json_line(report: Report) -> str:
    """One line of JSON."""
    return json.encode(members(report)).decode()
