"""A figure that Prometheus reads, as a plug brings it."""

from typing import NamedTuple


class Metric(NamedTuple):
    """A figure that Prometheus reads, a row of docs/reference/metrics.md. `kind`: counter, gauge or
    histogram, of a histogram the bounds; `process`: each process tells its own, under that label;
    otherwise it is read of the database, once for all."""

    name: str
    kind: str
    labels: tuple[str, ...]
    zh: str
    en: str
    bounds: tuple[float, ...] = ()
    process: bool = False
