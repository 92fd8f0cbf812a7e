"""Logs: one JSON object a line on stderr, moments in UTC, tracebacks without local variables.

Local variables would put message bodies, and so personal data, into the log (X3).
"""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_ROWS = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


def without_rows(
    _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """PostgreSQL shows the row that it refused, which may hold a password's hash or a name."""
    if "exception" in line:
        line["exception"] = _ROWS.sub(r"\1: (not logged)", line["exception"])
    return line


def configure() -> None:
    """Call once where a process is put together."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
