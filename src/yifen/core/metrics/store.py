"""What this process counts, in prometheus_client's own form; nothing is counted where nobody asked for it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any

from yifen.core.metrics.reading import Measure
from yifen.core.plugs import metrics

Source = Callable[[], Iterable[Measure]]
PROCESS = "process"


class Store:
    """The figures of one process, under its name. Loads prometheus_client."""

    def __init__(self, process: str) -> None:
        from prometheus_client import CollectorRegistry, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._process, self._registry = process, CollectorRegistry(auto_describe=False)
        self._made: dict[str, Any] = {}
        self._sources: list[Source] = []
        self._registry.register(self)

    def add(self, source: Source) -> None:
        """What is asked at every look, in a thread of its own: it only reads what is there."""
        self._sources.append(source)

    def one(self, name: str, labels: tuple[str, ...]) -> Any:
        """The counter or histogram, made at its first use."""
        if name not in self._made:
            from prometheus_client import Counter, Histogram

            metric = metrics()[name]
            words = (PROCESS, *metric.labels)
            self._made[name] = (
                Counter(name, metric.en, words, registry=self._registry) if metric.kind == "counter"
                else Histogram(name, metric.en, words, buckets=metric.bounds, registry=self._registry)
            )  # fmt: skip
        return self._made[name].labels(self._process, *labels)

    def text(self) -> str:
        """All of it in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry).decode()

    def collect(self) -> Iterator[Any]:
        """For the registry: what the sources tell."""
        return families([reading for source in self._sources for reading in source()], self._process)


def families(readings: Iterable[Measure], process: str) -> Iterator[Any]:
    """Readings, each figure with its kind and meaning."""
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    kinds = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}
    found: dict[str, Any] = {}
    for reading in readings:
        metric = metrics()[reading.name]
        own = (PROCESS,) if metric.process else ()
        if reading.name not in found:
            found[reading.name] = kinds[metric.kind](reading.name, metric.en, labels=(*own, *metric.labels))
        labels = ((process,) if own else ()) + reading.labels
        if metric.kind == "histogram":
            bounds = [*map(str, metric.bounds), "+Inf"]
            buckets = list(zip(bounds, accumulate(reading.counts), strict=True))
            found[reading.name].add_metric(labels, buckets, reading.value)
        else:
            found[reading.name].add_metric(labels, reading.value)
    yield from found.values()


_store: Store | None = None


def begin(process: str) -> Store:
    """From now on this process counts."""
    global _store
    _store = Store(process)
    return _store


def end() -> None:
    """Counts no more."""
    global _store
    _store = None


def count(name: str, *labels: str, by: float = 1) -> None:
    """Add to a counter; nothing where nobody asked for figures."""
    if _store is not None:
        _store.one(name, labels).inc(by)


def observe(name: str, seconds: float, *labels: str) -> None:
    """Add one to a histogram; nothing where nobody asked for figures."""
    if _store is not None:
        _store.one(name, labels).observe(seconds)
