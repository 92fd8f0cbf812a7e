"""How values are spread: counted by the first bound that they do not pass, cheap enough for every batch."""

from bisect import bisect_left

from yifen.core.metrics.reading import Measure


class Spread:
    """Of one figure in one process; read by another thread, which may see a value a look later."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts, self.sum = [0] * (len(bounds) + 1), 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def reading(self, name: str, *labels: str) -> Measure:
        return Measure(name, self.sum, labels, tuple(self.counts))
