"""Logs: one JSON object a line on stderr, moments in UTC, tracebacks without local variables.

Local variables would put message bodies, and so personal data, into the log (X3).
"""

import sys

import structlog


def configure() -> None:
    """Call once where a process is put together."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
