"""Alerts: the file for Prometheus is what the tables say, and the page judges by the same rules."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from yifen.core import alerts
from yifen.core.alerts import JudgedAlert, Verdict, expression, judged
from yifen.core.metrics.reading import FAILED, Measure
from yifen.core.plugs import metrics, plugs

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "ops" / "prometheus" / "alerts.yml"


def test_the_file_is_what_the_plugs_say_and_prometheus_can_read_it() -> None:
    assert FILE.read_text(encoding="utf-8") == alerts.rules_file()
    [group] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    assert (group["name"], len(group["rules"])) == ("yifen", len(alerts.alerts()))
    names = [rule["alert"] for rule in group["rules"]]
    assert len(set(names)) == len(names) >= 20
    for rule in group["rules"]:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"Yifen[A-Za-z]+", rule["alert"])
        assert re.fullmatch(r"\d+m", rule["for"])
        assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
        assert all(rule["annotations"][name].strip() for name in ("summary", "summary_zh", "action", "action_zh"))
        named = set(re.findall(r"\byifen_\w+", rule["expr"]))
        assert named
        assert named <= set(metrics()), rule["expr"]
        for label in re.findall(r'(\w+)="', rule["expr"]):
            assert label in metrics()[min(named)].labels, rule["expr"]
    example = yaml.safe_load((FILE.parent / "prometheus.yml").read_text(encoding="utf-8"))
    assert example["rule_files"] == [FILE.name]
    assert [config["job_name"] for config in example["scrape_configs"]] == ["yifen"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here")
def test_promtool_finds_nothing() -> None:
    for check, name in (("rules", FILE.name), ("config", "prometheus.yml")):
        done = subprocess.run(["promtool", "check", check, name], cwd=FILE.parent, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def by_name(*read: Measure) -> dict[str, JudgedAlert]:
    return {one.alert.name: one for one in judged(read)}


def well() -> list[Measure]:
    """Everything that the rules ask for, none beyond its bound."""
    found = [Measure(FAILED, 0, (name,)) for plug in plugs() for name in plug.gauges]
    for alert in alerts.alerts():
        metric, wanted = metrics()[alert.metric], dict(alert.where)
        if not alert.expr and not alert.absent:
            value = 0 if alert.over is not None else alert.under
            found.append(Measure(alert.metric, value or 0, tuple(wanted.get(name, "x") for name in metric.labels)))
    return found


def test_nothing_rings_where_all_is_well_and_what_only_prometheus_knows_is_said() -> None:
    found = by_name(*well())
    assert {one.verdict for one in found.values()} == {Verdict.WELL, Verdict.ELSEWHERE}
    elsewhere = {name for name, one in found.items() if one.verdict is Verdict.ELSEWHERE}
    assert elsewhere == {"YifenBacklogFull", "YifenNotTold"}
    [silent] = [one for one in well() if one.name == "yifen_process_silent_seconds"]
    without = by_name(*(one for one in well() if one != silent))
    assert without["YifenProcessSilent"].verdict is Verdict.ELSEWHERE


def test_a_gap_is_never_green() -> None:
    nothing = by_name()
    assert {one.verdict for one in nothing.values()} == {Verdict.UNKNOWN, Verdict.ELSEWHERE}
    failed = [one._replace(value=1) if one.labels == ("yifen.night.gauges:read",) else one for one in well()
              if not one.name.startswith("yifen_night")]  # fmt: skip
    found = by_name(*failed)
    assert found["YifenGaugesFailed"].verdict is Verdict.RINGS
    assert found["YifenNightOpen"].verdict is Verdict.UNKNOWN
    assert found["YifenNightStepFailed"].verdict is Verdict.UNKNOWN  # may be absent, but was not read
    assert found["YifenUndecidedOld"].verdict is Verdict.WELL


def test_what_is_beyond_its_bound_rings_with_the_worst_figure() -> None:
    old = [Measure("yifen_jobs_oldest_seconds", value, (queue,)) for queue, value in
           (("steady", 601.0), ("asked", 900.0), ("night", 600.0))]  # fmt: skip
    failed = Measure("yifen_night_step_seconds", 0.0, ("hub", "settle", "failed"))
    done = Measure("yifen_night_step_seconds", 5.0, ("hub", "cut", "done"))
    gateway = Measure("yifen_processes", 0.0, ("gateway", "ready"))
    found = by_name(*old, failed, done, gateway, Measure("yifen_disk_free_bytes", 5 * 2**30 - 1.0))
    ringing = {name: (one.worst, one.number) for name, one in found.items() if one.verdict is Verdict.RINGS}
    assert ringing == {
        "YifenJobsWait": (old[1], 2), "YifenNightStepFailed": (failed, 1), "YifenNoGateway": (gateway, 1),
        "YifenDiskLow": (Measure("yifen_disk_free_bytes", 5 * 2**30 - 1.0), 1),
    }  # fmt: skip


def test_conditions_are_written_as_prometheus_has_them() -> None:
    said = {alert.name: expression(alert) for alert in alerts.alerts()}
    assert said["YifenNoGateway"] == 'yifen_processes{role="gateway",state="ready"} < 1'
    assert said["YifenDiskLow"] == "yifen_disk_free_bytes < 5368709120"
    assert said["YifenCallsFail"] == "yifen_recent_failed_ratio > 0.05"
    assert said["YifenNotTold"] == "absent(yifen_runners)"
