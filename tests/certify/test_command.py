"""`yifen certify` as a process against the simulator as a process; the report as JSON and HTML."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from gmalg import SM2

from tests.wire.test_sm2_pem import PRIVATE, PUBLIC
from yifen.core.wire.sm2_pem import public_pem
from yifen.hub.certify.html import html_page
from yifen.hub.certify.report import Finding, Report, json_line
from yifen.tools.cli.main import main

KEY = "one secret for both sides 123456"
ACCOUNT = "3400000210"  # of the sample payers; it has two bills


@pytest.fixture(scope="module")
def biller() -> Iterator[str]:
    """The address of `yifen sim biller` on a free port."""
    with simulated("--key", KEY) as url:
        yield url


@contextmanager
def simulated(*keys: str) -> Iterator[str]:
    """The same with these keys."""
    command = [sys.executable, "-m", "yifen", "sim", "biller", "--port", "0", *keys,
               "--payers", "5", "--day", "2026-11-23"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        timer.cancel()
        process.terminate()


def arguments(url: str, *more: str) -> list[str]:
    return ["certify", "biller", "--url", url, "--partner", "GAS01", "--account", ACCOUNT, *more]


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_the_simulator_passes(
    biller: str, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    page = tmp_path / "report.html"
    code = main(arguments(biller, "--dialect", dialect, "--key", f"@{tmp_path}/key", "--html",
                          str(page), "--timeout-s", "0.9", "--json"))  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    report = json.loads(lines[-1])
    assert (code, report["ok"], report["failed"], report["not_run"]) == (0, True, 0, 0)
    assert report["passed"] == len(report["clauses"]) == (37 if dialect == "xml" else 36)
    assert lines[0] == f"[1/{report['passed']}] B-01 pass  查询 Query"
    assert "全部通过 All passed" in page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sm2_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pairs: hub.pem and hub.pub, biller.pem and biller.pub."""
    folder = tmp_path_factory.mktemp("sm2")
    (folder / "biller.pem").write_text(PRIVATE)
    (folder / "biller.pub").write_text(PUBLIC)
    scalar = b""
    while len(scalar) != 32:  # the library drops leading zeros: 31 bytes once in 256
        scalar, point = SM2().generate_keypair()
    (folder / "hub.pem").write_text(scalar.hex())
    (folder / "hub.pub").write_text(public_pem(point))
    return folder


def test_an_sm2_biller_passes_with_keys_out_of_pem(
    sm2_keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated("--algorithm", "sm2-sm3", "--key", f"@{sm2_keys}/biller.pem",
                   "--their-key", f"@{sm2_keys}/hub.pub") as url:  # fmt: skip
        more = ["--dialect", "json", "--algorithm", "sm2-sm3", "--json", "--timeout-s", "3"]
        keys = ["--key", f"@{sm2_keys}/hub.pem", "--their-key", f"@{sm2_keys}/biller.pub"]
        code = main([*arguments(url), *more, *keys])
        report = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (code, report["passed"], report["failed"], report["not_run"]) == (0, 36, 0, 0)
        wrong = ["--key", f"@{sm2_keys}/biller.pem", "--their-key", f"@{sm2_keys}/biller.pub"]
        assert main([*arguments(url), *more, *wrong]) == 1  # another's key: nothing is believed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--their-key", "@hub.pub"], "--their-key goes with a key pair, not with a shared secret"),
        (["--algorithm", "sm2-sm3"], "--algorithm sm2-sm3 is for JSON; XML has a shared secret"),
        (["--dialect", "json", "--algorithm", "sm2-sm3", "--key", "@biller.pub"],
         "--key is no sm2-sm3 private key: SM2: BEGIN PUBLIC KEY is no private key"),
        (["--dialect", "json", "--algorithm", "sm2-sm3", "--key", "@hub.pem"],
         "--their-key is no sm2-sm3 public key: SM2: 04 || x || y, a point of the curve"),
        (["--dialect", "json", "--algorithm", "sm2-sm3", "--key", "@hub.pem", "--their-key", "@hub.pem"],
         "--their-key is no sm2-sm3 public key: SM2: 04 || x || y, a point of the curve"),
        (["--dialect", "json", "--algorithm", "ed25519", "--key", "@hub.pem"],
         "--key is no ed25519 private key: "),
        (["--dialect", "json", "--algorithm", "sm2-sm3", "--key", "@hub.pem", "--their-key", "@none"],
         "--their-key @"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_one_clear_line(
    sm2_keys: Path, change: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change = [word.replace("@", f"@{sm2_keys}/") for word in change]
    assert main([*arguments("http://127.0.0.1:9", "--dialect", "xml", "--key", KEY), *change]) == 1
    assert capsys.readouterr().err.startswith(f"yifen: {said}")


def test_a_wrong_unit_ends_with_one(biller: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = main(arguments(biller, "--dialect", "xml", "--key", KEY, "--unit", "yuan"))
    assert found == 1
    assert "不通过 failed 0" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--url", "ftp://x"], "yifen: --url ftp://x: http://HOST:PORT or https://HOST is needed"),
        (["--key", "@/nowhere/key"], "yifen: --key @/nowhere/key: No such file or directory"),
        (["--timeout-s", "0"], "yifen: --timeout-s must be more than 0"),
    ],
)
def test_bad_arguments_are_one_clear_line(
    change: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments("http://127.0.0.1:9", "--dialect", "xml", "--key", KEY), *change]) == 1
    assert capsys.readouterr().err.strip() == said


def test_a_channel_is_judged_from_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "exchanges.json"
    query = {"at": "2026-11-23T12:00:00+08:00", "verb": "query", "code": "0000"}
    file.write_text(json.dumps([query]))
    command = ["certify", "channel", "--partner", "WX", "--exchanges", str(file), "--json"]
    assert main(command) == 1
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["clauses"][0]["verdict"], report["failed"]) == ("pass", 5)
    file.write_text("{}")
    assert main(command) == 1
    assert "Expected `array`, got `object`" in capsys.readouterr().err


# --- the report --------------------------------------------------------------------------------


def finding(verdict: str = "pass", **fields: str) -> Finding:
    known = {"id": "B-01", "title_zh": "查询", "title_en": "Query", "source": "H1",
             "expected_zh": "成功", "expected_en": "done", "seen_zh": "", "seen_en": "",
             "steps": "query 0000 OK"}  # fmt: skip
    return Finding(verdict=verdict, **(known | fields))  # type: ignore[arg-type]


def report(*findings: Finding) -> Report:
    return Report(subject="GAS01", kind="biller", dialect="xml", seconds=1.5,
                  began_at=datetime(2026, 11, 23, 4, tzinfo=UTC), clauses=list(findings))  # fmt: skip


def test_a_report_is_ok_when_every_clause_passed() -> None:
    assert [report(finding(word)).ok for word in ("pass", "not_run", "fail")] == [True, False, False]
    assert not report().ok
    assert not report(finding(), finding("not_run")).ok
    counts = json.loads(json_line(report(finding(), finding("fail"), finding("not_run"))))
    assert [counts[name] for name in ("passed", "failed", "not_run", "ok")] == [1, 1, 1, False]


class Tags(HTMLParser):
    """Which tags a page has, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        assert not {name for name, _ in attrs} & {"src", "onclick", "onload"}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_self_contained_and_shows_what_a_biller_said_as_text() -> None:
    evil = finding("fail", seen_en="<script>alert(1)</script>", seen_zh="&<img src=x>")
    page = html_page(report(evil, finding("not_run")))
    found = Tags(page)
    assert found.names & {"script", "img", "link", "iframe"} == set()
    assert "<script>alert(1)</script>" in found.text
    assert re.findall(r"https?://|url\(", page) == []
    assert "有条款不通过 Some failed" in found.text


def test_all_passed_is_said_only_when_all_were_run() -> None:
    assert "全部通过 All passed" in html_page(report(finding()))
    assert "有条款未执行 Some were not run" in html_page(report(finding(), finding("not_run")))
    assert "有条款不通过 Some failed" in html_page(report(finding("not_run"), finding("fail")))
