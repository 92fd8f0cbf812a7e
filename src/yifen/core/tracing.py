"""Traces 调用链 of OpenTelemetry: door, lane, the call of the database, biller, job; only where YIFEN_TRACES asks for
them, else nothing of it is loaded and a span is one look at a name.

A span tells verbs, codes, times and the request's id; never an account, a name or an amount.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any

from yifen.core.facts import request_ids
from yifen.core.facts.settings import Settings

CONSOLE = "console"
MISSING = ("YIFEN_TRACES needs OpenTelemetry, which is not installed: "
           "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http")  # fmt: skip
_NOTHING: AbstractContextManager[Any] = nullcontext()
_tracer: Any = None


class TracesMissing(Exception):
    """The settings ask for traces that cannot be made; the message says what to do."""


def check(settings: Settings) -> None:
    """TracesMissing."""
    needed = ["opentelemetry.sdk"] + ["opentelemetry.exporter.otlp.proto.http"] * (settings.traces != CONSOLE)
    if settings.traces and not all(map(_is_there, needed)):
        raise TracesMissing(MISSING)


def begin(process: str, settings: Settings, exporter: Any = None) -> None:
    """From now on this process tells its spans, a share of the requests. `exporter`: where, instead of where the
    settings say."""
    global _tracer
    if not settings.traces:
        return
    check(settings)
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.traces_percent / 100)),
        resource=Resource.create({"service.name": f"yifen-{process}"}),
    )
    provider.add_span_processor(BatchSpanProcessor(exporter or _exporter(settings.traces)))
    _tracer = provider.get_tracer("yifen")


def end() -> None:
    """What is not sent yet is sent at the end of the process."""
    global _tracer
    _tracer = None


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """A span around what runs inside; it gives the span, or None where nobody asked for any."""
    if _tracer is None:
        return _NOTHING
    said = {f"yifen.{key}": value for key, value in attributes.items()}
    if request_id := request_ids.current():
        said["yifen.request_id"] = request_id
    return _tracer.start_as_current_span(name, attributes=said)  # type: ignore[no-any-return]


def here() -> Any:
    """Where we are, for work that another task does; None where nobody asked, or not for this request."""
    if _tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    found = get_current_span().get_span_context()
    return found if found.trace_flags.sampled else None


def shared(name: str, origins: Iterable[Any], **attributes: str | int) -> AbstractContextManager[Any]:
    """A span of what is done for several at once: within the first of those that are told, linked to the others."""
    if _tracer is None or not (told := [origin for origin in origins if origin is not None]):
        return _NOTHING
    from opentelemetry.trace import Link, NonRecordingSpan, set_span_in_context

    said = {f"yifen.{key}": value for key, value in attributes.items()}
    return _tracer.start_as_current_span(  # type: ignore[no-any-return]
        name, set_span_in_context(NonRecordingSpan(told[0])), attributes=said, links=[Link(one) for one in told[1:]]
    )


def _exporter(where: str) -> Any:
    if where == CONSOLE:
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=where)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
