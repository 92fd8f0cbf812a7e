"""A tiny trade is added by one line, and every registry shows it; a plug with an error names itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests.cluster import database_of
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.plug import Grant, Heading, MenuEntry, NightStep, Plug, RoleRow, Table, Text
from yifen.core.facts.processes import GATEWAY, OWNER, WEB, WORKER
from yifen.core.plugs import PlugError, called, clashes, plugs, unfounded
from yifen.project.trades import TRADES

ROOT = Path(__file__).resolve().parents[2]
LONGER = "tests.trade.trades"


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process in which the list of trades is the longer one."""
    places = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**env, "PYTHONPATH": places, "YIFEN_TRADES": env.get("YIFEN_TRADES", LONGER)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def shown(cluster: EmbeddedPostgres) -> dict[str, Any]:
    """What the registries say in a database that was made with the longer list."""
    with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE tally")
    database = database_of(cluster, "tally", 1)
    made = run(["-m", "yifen", "migrate"], database.environment())
    assert made.returncode == 0, made.stderr
    asked = run(["-m", "tests.trade.ask", json.dumps(database)], database.environment())
    assert asked.returncode == 0, asked.stderr
    found: dict[str, Any] = json.loads(asked.stdout.splitlines()[-1])
    return found


def test_the_list_is_one_line_longer():
    from tests.trade.trades import TRADES as longer

    assert set(longer) - set(TRADES) == {"tests.trade.tally"}
    assert len(longer) == len(TRADES) + 1


@pytest.mark.parametrize(
    ("registry", "says"),
    [
        ("account", "Kept in a box B1"),
        ("heading", "gifts"),
        ("chart", "2241.1.BOX7"),
        ("role", "keeper of a box"),
        ("permissions", ["tally.view"]),
        ("code", 9951),
        ("category", "Gifts"),
        ("transaction", "捐款"),
        ("steps", ["cut", "figures", "files", "core_moves", "answers", "bank_answers", "reconcile", "repair", "settle",
                   "commission", "payout", "transits", "swipes", "empty", "pos_files", "statements", "proof", "close"]),
        ("step", "empty"),
        ("tasks", ["tally.count"]),
        ("command", True),
        ("documented", [True, True, True]),
        ("named", "count"),
        ("given", [0, 9951]),
        ("page", True),
        ("list", [True, True]),
        ("export", "箱号,金额（元）\r\nB1,5.00\r\n"),
        ("foreign", 403),
        ("menu", True),
        ("today", True),
        ("fact", True),
        ("desk", True),
        ("raised", [[200, 200], True, True, True, [
            ["tests.trade.tally", "tests.trade.tally.pages.views:what_waits"],
            ["tests.trade.tally", "tests.trade.tally.pages.views:facts"],
        ]]),
        ("verify", [[], ["says 501 fen, its transfers 500"]]),
        ("line", ["box", 501]),
        ("may", [False, False, False, True, False]),
    ],
)  # fmt: skip
def test_a_registry_shows_the_tiny_trade(shown: dict[str, Any], registry: str, says: Any):
    assert shown[registry] == says


def test_its_secret_is_a_fingerprint_in_the_trail(shown: dict[str, Any]):
    assert shown["secret"] == ["***"]


def test_its_command_runs(shown: dict[str, Any]):
    done = run(["-m", "yifen", "tally", "--box", "B1"], dict(os.environ))
    assert (done.returncode, done.stdout) == (0, "boxes: B1\n")


def test_no_plug_needs_django():
    code = "import sys; from yifen.core.plugs import plugs; plugs(); print('django' in sys.modules)"
    assert run(["-c", code], dict(os.environ)).stdout == "False\n"


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"tables": (Table("partner"),)}, "the table partner is claimed twice: by a and by b"),
        ({"headings": (Heading("jars", "books", Text("", "")),)}, "the heading jars is claimed twice: by a and by b"),
        ({"permissions": (Grant("a.b", (), "", ""),)}, "the permission a.b is claimed twice: by a and by b"),
        ({"roles": (RoleRow("judge", "", ""),)}, "the role judge is claimed twice: by a and by b"),
        ({"night": (NightStep("cut", "", "", Text("", "")),)}, "the night step cut is claimed twice: by a and by b"),
    ],
)
def test_two_that_claim_one_thing_are_named(claims: dict[str, Any], sentence: str):
    found = (Plug(name="a", **claims), Plug(name="b", **claims))
    assert list(clashes(found)) == [sentence]
    assert list(clashes((Plug(name="a", **claims),))) == []


@pytest.mark.parametrize(
    ("grounds", "sentences"),
    [
        ({"a": (), "b": ("a",), "c": ("a", "b")}, []),
        ({"a": ("x",)}, ["a builds on x, which is not in the list of trades"]),
        ({"a": ("a",)}, ["a builds on a, which does not stand before it in the list of trades"]),
        ({"a": ("b",), "b": ("a",)}, ["a builds on b, which does not stand before it in the list of trades"]),
    ],
)
def test_a_trade_builds_on_those_before_it_only(grounds: dict[str, tuple[str, ...]], sentences: list[str]):
    assert list(unfounded(tuple(Plug(name=name, builds_on=on) for name, on in grounds.items()))) == sentences


@pytest.mark.parametrize(
    ("trades", "said"),
    [
        ("no.such.list", "YIFEN_TRADES=no.such.list is no list of trades: No module named 'no'"),
        ("tests.trade.five", "YIFEN_TRADES=tests.trade.five is no list of trades: TRADES is no tuple of packages"),
        ("tests.trade.exits", "YIFEN_TRADES=tests.trade.exits is no list of trades: 0"),
        ("tests.trade.broken", "the plug of tests.trade.ask cannot be read: No module named 'tests.trade.ask.plug'; "
                               "'tests.trade.ask' is not a package"),
        ("tests.trade.twice", "the name yifen.core is claimed twice: by yifen.core and by yifen.core"),
    ],
)  # fmt: skip
def test_a_list_with_an_error_stops_every_command_with_a_sentence(
    trades: str, said: str
):
    done = run(["-m", "yifen", "verify"], {**os.environ, "YIFEN_TRADES": trades})
    assert (done.returncode, done.stderr) == (1, f"yifen: {said}\n")


def test_pages_are_not_served_when_a_list_is_not_there(shared_database: Database):
    env = shared_database.environment(WEB, YIFEN_TRADES="tests.trade.lost")
    done = run(["-m", "yifen", "web"], env)
    assert done.returncode == 1
    assert done.stderr.startswith("yifen: yifen.face.today:GONE is named by a plug and cannot be read: ")


BROKEN = {
    "cron": "the task odd of tests.trade.faulty.cron has no cron expression: '61 * * * *'",
    "lostapp": "the app tests.trade.faulty.lostapp.gone of tests.trade.faulty.lostapp cannot be read: "
               "No module named 'tests.trade.faulty.lostapp.gone'",
    "models": "the apps of tests.trade.faulty.models cannot be read: no such kind of column",
    "table": "the table odd_table of tests.trade.faulty.table does not exist",
    "function": "the function odd_step_v1 of tests.trade.faulty.function does not exist",
}  # fmt: skip


@pytest.mark.parametrize("command", ["migrate", "worker", "web", "serve"])
@pytest.mark.parametrize("trade", BROKEN)
def test_a_fault_in_what_a_plug_names_stops_the_start_with_a_sentence(
    shared_database: Database, command: str, trade: str
):
    role = {"migrate": OWNER, "worker": WORKER, "web": WEB, "serve": GATEWAY}[command]
    done = run(["-m", "yifen", command], shared_database.environment(
        role, YIFEN_TRADES=f"tests.trade.faulty.{trade}.trades"))  # fmt: skip
    begun = "bringing tables, functions and rights up to this version: up to a minute\n"
    said = done.stderr.removeprefix(begun if command == "migrate" else "")  # which faults come before it differs
    assert (done.returncode, done.stdout, said) == (1, "", f"yifen: {BROKEN[trade]}\n")


def test_pages_that_cannot_be_read_name_their_trade(shared_database: Database):
    done = run(["-m", "yifen", "web"], shared_database.environment(
        WEB, YIFEN_TRADES="tests.trade.faulty.pages.trades"))  # fmt: skip
    sentence = "yifen: the pages of tests.trade.faulty.pages cannot be read: no such page\n"
    assert (done.returncode, done.stderr) == (1, sentence)


def test_a_module_that_is_no_python_names_its_plug():
    from yifen.core.starting import owner

    assert owner(SyntaxError("invalid", ("src/yifen/trades/settlement/models.py", 1, 1, ""))) == (
        "yifen.trades.settlement"
    )
    assert owner(SyntaxError("invalid", ("elsewhere/models.py", 1, 1, ""))) == ""


def test_a_plug_with_a_wrong_claim_names_itself(monkeypatch: pytest.MonkeyPatch):
    from yifen.core import plugs as read

    wrong = SimpleNamespace(PLUG=Plug(name="a.b", lists=5))  # type: ignore[arg-type]
    monkeypatch.setattr(read, "import_module", lambda name: wrong)
    with pytest.raises(PlugError, match=r"the plug of a\.b has a wrong list: 'int' object is not iterable"):
        read._read("a.b")


def test_a_dotted_name_that_is_not_there_is_named():
    with pytest.raises(PlugError, match=r"^yifen.night.steps:gone is named by a plug and cannot be read"):
        called("yifen.night.steps:gone")


def test_every_dotted_name_of_every_plug_is_there(place):
    """The pages' too, for which Django is set up."""
    for plug in plugs():
        names = [
            *plug.transactions, *plug.lists, *plug.verify, *plug.proof, *plug.sample, *plug.today,
            *plug.payment_facts, *(step.run for step in plug.night), *(task.run for task in plug.tasks),
            *(task.given_up for task in plug.tasks if task.given_up),
        ]  # fmt: skip
        assert [name for name in names if called(name) is None] == []


def test_a_menu_entry_of_no_group_is_named(monkeypatch: pytest.MonkeyPatch, place):
    from yifen.face.shell import navigation

    lost = MenuEntry("nowhere", 1, Text("", ""), "x", "heart", "jobs.view")
    for plug, says in (
        (SimpleNamespace(name="a", menu=(lost,), headings=(), serves=()),
         "a has a menu entry of nowhere, which is no group"),
        (SimpleNamespace(name="a", menu=(), headings=(Heading("b", "nowhere", Text("", "")),)),
         "a has a heading behind nowhere, which is none"),
    ):  # fmt: skip
        monkeypatch.setattr(navigation, "plugs", lambda found=plug: (found,))
        for kept in (navigation.menu, navigation.headings):
            kept.cache_clear()
        with pytest.raises(PlugError, match=says):
            navigation.menu()
    for kept in (navigation.menu, navigation.headings):
        kept.cache_clear()


def test_a_trade_whose_documents_are_read_says_what_of_them(place):
    """And every table that it counts is there."""
    from django.db import connection

    for plug in plugs():
        assert bool(plug.verify) == bool(plug.proves) or plug.name == "yifen.night", plug.name
        for row in plug.proves:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_attribute WHERE attrelid = %s::regclass"
                               " AND (%s = '' OR attname = %s)", [row.table, row.fen, row.fen])  # fmt: skip
                assert cursor.fetchone()[0], row
