"""When an operator is told: the rules of all plugs, judged by what was read, and written for Prometheus."""

import json
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from yifen.core.facts.plug import Alert
from yifen.core.metrics.reading import FAILED, Measure
from yifen.core.plugs import metrics, plugs


class Verdict(Enum):
    """`UNKNOWN`: what it stands on was not read; it is never taken for well."""

    RINGS, UNKNOWN, ELSEWHERE, WELL = "rings", "unknown", "elsewhere", "well"


class JudgedAlert(NamedTuple):
    """An alert and how it stands; the figure that is worst, and how many there are like it."""

    alert: Alert
    verdict: Verdict
    worst: Measure | None = None
    number: int = 0


def alerts() -> list[Alert]:
    """Of all plugs, the grave ones first."""
    return sorted((alert for plug in plugs() for alert in plug.alerts), key=lambda alert: not alert.grave)


def judged(read: Iterable[Measure]) -> list[JudgedAlert]:
    """Each rule by what was read of the database, and of this machine."""
    found = list(read)
    return [_judged(alert, found) for alert in alerts()]


def _judged(alert: Alert, found: list[Measure]) -> JudgedAlert:
    metric, wanted = metrics()[alert.metric], dict(alert.where)
    fitting = [one for one in found if one.name == alert.metric
               and wanted.items() <= dict(zip(metric.labels, one.labels, strict=True)).items()]  # fmt: skip
    if alert.expr or (metric.process and not fitting):
        return JudgedAlert(alert, Verdict.ELSEWHERE)
    if not fitting:
        is_told = alert.absent and _owner(alert.metric) in _whole(found)
        return JudgedAlert(alert, Verdict.WELL if is_told else Verdict.UNKNOWN)
    worst = (max if alert.over is not None else min)(fitting, key=lambda one: one.value)
    beyond = [one for one in fitting if _is_beyond(alert, one.value)]
    return JudgedAlert(alert, Verdict.RINGS if beyond else Verdict.WELL, worst, len(beyond))


def _is_beyond(alert: Alert, value: float) -> bool:
    return (alert.over is not None and value > alert.over) or (alert.under is not None and value < alert.under)


def _owner(metric: str) -> str:
    return next(plug.name for plug in plugs() if any(one.name == metric for one in plug.metrics))


def _whole(found: list[Measure]) -> set[str]:
    """The plugs of which everything was read."""
    well = {one.labels[0] for one in found if one.name == FAILED and not one.value}
    return {plug.name for plug in plugs() if well >= set(plug.gauges)}


def expression(alert: Alert) -> str:
    """The rule's condition for Prometheus."""
    if alert.expr:
        return alert.expr
    where = ",".join(f'{name}="{value}"' for name, value in alert.where)
    sign, bound = (">", alert.over) if alert.over is not None else ("<", alert.under)
    return f"{alert.metric}{'{' + where + '}' if where else ''} {sign} {bound:.15g}"


def rules_file() -> str:
    """ops/prometheus/alerts.yml; a text between quotes is YAML as it is JSON."""
    return "".join(_rules())


def _rules() -> Iterator[str]:
    yield "# Written by `./yifen docs`; change the alerts in the code instead.\ngroups:\n  - name: yifen\n    rules:\n"
    for alert in alerts():
        notes = {"summary": alert.title.en, "summary_zh": alert.title.zh, "action": alert.cure.en,
                 "action_zh": alert.cure.zh}  # fmt: skip
        yield f"      - alert: {alert.name}\n        expr: {_quoted(expression(alert))}\n"
        yield f"        for: {alert.minutes}m\n"
        yield f"        labels:\n          severity: {'critical' if alert.grave else 'warning'}\n        annotations:\n"
        yield from (f"          {name}: {_quoted(text)}\n" for name, text in notes.items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
