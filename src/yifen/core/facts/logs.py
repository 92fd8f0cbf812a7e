"""Logs: one JSON object a line on stderr, moments in UTC, tracebacks without local variables.

Local variables would put message bodies, and so personal data, into the log (X3).
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from yifen.core.facts import request_ids

log = structlog.get_logger()
_ROWS = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)
_LEFT = "ASGI transport error"  # a caller left before his answer was there


def without_rows(
    _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """PostgreSQL shows the row that it refused, which may hold a password's hash or a name."""
    if "exception" in line:
        line["exception"] = _ROWS.sub(r"\1: (not logged)", line["exception"])
    return line


def with_request(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Whose request it is about."""
    if request_id := request_ids.current():
        line.setdefault("request_id", request_id)
    return line


class LibraryLines(logging.Handler):
    """What libraries say by Python's own logging, as lines of ours: never their bare text."""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if not said.startswith(_LEFT):
            log.log(record.levelno, said, logger=record.name, exc_info=record.exc_info)


OF_LIBRARIES: dict[str, Any] = {
    "handlers": {"lines": {"class": f"{__name__}.LibraryLines"}},
    "loggers": {"_granian": {"handlers": ["lines"], "level": "INFO", "propagate": False},
                "granian.access": {"handlers": ["lines"], "propagate": False}},
}  # fmt: skip
"""For the server's own logging, before our application is there."""


def configure() -> None:
    """Call once where a process is put together."""
    logger = logging.getLogger()
    if not any(isinstance(handler, LibraryLines) for handler in logger.handlers):
        logger.addHandler(LibraryLines(logging.WARNING))
    logging.getLogger("django.request").setLevel(logging.ERROR)  # who asks for what is not there is no event
    structlog.configure(
        processors=[
            with_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
