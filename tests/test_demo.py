"""The demo as a user runs it: a process of its own, its data folder, its last line."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest

from tests.world import DAY, World
from yifen.core.embedded.cluster import cluster_in
from yifen.core.embedded.processes import running_postmaster
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.hub.simulators.counters import Counters
from yifen.tools.demo import closing, proof
from yifen.tools.demo.till import TillDay

ROOT = Path(__file__).resolve().parents[1]
ZM = ROOT / "tests" / "samples" / "unionpay" / "INN17071888ZM_898319849000018"


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the account of the embedded server can reach."""
    folder = Path(tempfile.mkdtemp(prefix="yifen-demo-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def command(data: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("YIFEN_")}
    env |= {"YIFEN_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    return [sys.executable, "-m", "yifen", "demo", *words], env


def demo(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    arguments, env = command(data, *words)
    return subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=100)


def last_line(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def ours(data: Path) -> list[str]:
    """Command lines of processes that belong to the demo in this folder."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and str(data).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # ended meanwhile
    return found


def test_a_real_unionpay_file_is_replayed_and_matches_to_the_fen(data: Path) -> None:
    result = last_line(demo(data, "--once", "--json", "--replay", str(ZM)))
    del result["seconds"]
    assert result == {
        "matched": 1207,
        "differences": 0,
        "amount_fen": 4_727_546_394,
        "fee_fen": -28_968,
        "payments": 1207,
        "reversed": 0,
        "ledger_balanced": True,
        "chain_ok": True,
        "problems": [],
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw[: 608 * 3 + 200], "line 4, column record: cut off"),
        (lambda raw: raw.replace(b"000002500000", b"00000250000X", 1), "line 1, column amount"),
        (lambda raw: b"", "the file is empty"),
    ],
    ids=["cut off", "wrong amount", "empty"],
)
def test_a_broken_file_is_refused_by_line_and_column(data: Path, change, said: str) -> None:
    broken = data / ZM.name
    broken.write_bytes(change(ZM.read_bytes()))
    done = demo(data, "--once", "--replay", str(broken))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"yifen: {ZM.name}: {said}" in done.stderr
    assert not (data / "demo").exists()


def test_a_file_of_another_name_needs_its_day(data: Path) -> None:
    other = data / "sales.txt"
    other.write_bytes(ZM.read_bytes())
    done = demo(data, "--once", "--replay", str(other))
    assert done.returncode == 1
    assert "name the business day with --day" in done.stderr
    missing = demo(data, "--once", "--replay", str(data / "nowhere"), "--day", "2017-07-18")
    assert (missing.returncode, "No such file" in missing.stderr) == (1, True)


def deducted(browser: httpx.Client, home: str, told: str) -> str:
    """A clerk asks the agricultural bank for a water bill of the demo's; the page of it."""
    card, holder, account_no = re.search(r"│ (\d+) │ (\S+) │ WATER01 │ (\d+) │", told).groups()
    address = f"{home}/console/deductions/new/"
    offered = re.findall(r'<option value="(\d+-\d+)">([^<]+)', browser.get(address).text)
    assert len(offered) == 4 * 5  # four banks, five companies
    pair = next(key for key, title in offered if title.startswith("WATER01") and "ABC" in title)
    page = browser.get(address, params={"pair": pair, "account_no": account_no}).text
    name, fen = re.search(r'name="due\.([^"]+)" value="(\d+)"', page).groups()
    form = {"pair": pair, "account_no": account_no, "bill": name, f"due.{name}": fen, "debtor_no": card,
            "debtor_name": holder, "consent": "counter", "consent_note": "当面",
            "number": re.search(r'name="number" value="([^"]+)"', page)[1],
            "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]}  # fmt: skip
    return browser.post(address, data=form, headers={"Referer": address}).text


def test_a_person_of_the_sample_signs_in_and_has_a_bank_of_the_town_deduct_a_bill(data: Path) -> None:
    arguments, env = command(data, "--payments", "60", "--days", "0")
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = "".join(iter(process.stdout.readline, "  read on                README.md, README.zh.md, docs/\n"))
        address = re.search(r"console and desk +(\S+)", told)[1]
        password = re.search(r"password of all of them: (\S+);", told)[1]
        shown = subprocess.run([*arguments[:3], "sim", "authenticator", "clearing"], env=env,
                               capture_output=True, text=True, timeout=30)  # fmt: skip
        with httpx.Client(follow_redirects=True, timeout=30) as browser:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(address).text)[1]
            form = {"username": "clearing", "password": password, "code": shown.stdout.split()[0],
                    "csrfmiddlewaretoken": token}  # fmt: skip
            came = browser.post(address, data=form, headers={"Referer": address})
            deduction = deducted(browser, address.removesuffix("/sign-in/"), told)
            docs = browser.get(re.search(r"documentation 文档 +(\S+)", told)[1])
        process.send_signal(signal.SIGINT)
    assert ("does not agree" in told, "loaded" in told) == (False, True)  # with the sandbox's own tries
    assert (came.status_code, came.url.path) == (200, "/console/today/")
    assert "冯清" in came.text
    assert [word in deduction for word in ("ABC 农业银行青溪支行", "已销账")] == [True, True]
    staff = re.findall(r"│ (\w+) +│ \S+ +│ 收费单位人员 +│ (\S+)", told)
    assert staff == [("heat", "青溪市热力公司"), ("power", "云川电力青溪供电公司"), ("water", "临江县自来水公司"),
                     ("gas", "白石燃气集团"), ("prop", "安居物业服务公司")]  # fmt: skip
    assert "一分：文档" in docs.text
    assert "unsafe" not in docs.headers["Content-Security-Policy"]


def test_what_a_sandbox_tried_is_no_part_of_the_day_and_a_difference_is_told_in_yuan(
    rolled_back: psycopg.Connection[Any],
) -> None:
    hub = World(rolled_back).network()
    hub.charge("S1", {"B1": 1_000})
    hub.charge("S2", {"B2": 2_000})
    hub.reverse("S3", "S2", 2_000)
    channel: Any = SimpleNamespace(counters=Counters(payments=2, amount_fen=3_000, reversed=1))
    assert closing.totals(rolled_back, DAY) == {"payments": 2, "amount_fen": 3_000, "reversed": 1}
    assert proof.compare(rolled_back, [channel], DAY, TillDay()) == []
    with hub.as_owner():
        rolled_back.execute("UPDATE partner SET book_id = %s WHERE code = 'WX'", [SANDBOX_BOOK_ID])
    assert closing.totals(rolled_back, DAY) == {"payments": 0, "amount_fen": 0, "reversed": 0}
    assert proof.compare(rolled_back, [channel], DAY, TillDay()) == [
        "平台记 0 笔、0.00 元、冲正 0 笔；渠道记 2 笔、30.00 元、冲正 1 笔 · "
        "the hub has 0 payments, 0.00 yuan, 0 reversed; the channels have 2 payments, 30.00 yuan, 1 reversed"
    ]  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_one_demo_a_folder_and_nothing_is_left_of_a_killed_one(data: Path) -> None:
    arguments, env = command(data, "--payments", "5000", "--days", "0")
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "listens on" in line:
                break
        second = demo(data, "--once")
        assert (second.returncode, "another demo runs in" in second.stderr) == (1, True)
        process.send_signal(signal.SIGKILL)
    home = cluster_in(data / "demo" / "postgres").data
    deadline = time.monotonic() + 30
    while (ours(data) or running_postmaster(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (ours(data), running_postmaster(home)) == ([], None)
