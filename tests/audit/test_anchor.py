"""Anchors outside the database: a tail that was cut off, or a chain that was sealed anew, shows."""

import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT, NewDatabase
from tests.torture.traffic import committed
from tests.world import Database
from yifen.core.audit.record import act
from yifen.hub.payments.proof import anchors
from yifen.hub.payments.verify import verify

MOMENT = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


@pytest.fixture
def hub(new_database: NewDatabase) -> Database:
    """One payment, and a sign-in at the end of the trail."""
    database = new_database()
    with committed(database) as world:
        assert world.charge("S1", {"B1": 1000}).code == 0
        world.conn.commit()
        act(world.conn, "sign_in", "access_user", 1)
    return database


def anchor(database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command(database, "anchor", *arguments)


def command(database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "yifen", *arguments], env=database.environment(),
                          capture_output=True, text=True)  # fmt: skip


def entries(database: Database) -> int:
    with psycopg.connect(database.app_url) as conn:
        return int(conn.execute("SELECT entry_no FROM audit_head").fetchone()[0])


def cut_tail(database: Database, last: int) -> None:
    """Entries from `last` on are gone, and the head agrees."""
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM audit_entry WHERE entry_no >= %s", (last,))
        conn.execute("UPDATE audit_head SET (entry_no, hash) = (SELECT entry_no, digest FROM"
                     " audit_entry ORDER BY entry_no DESC LIMIT 1)")  # fmt: skip


def test_a_tail_that_was_cut_off_is_named_by_the_anchor_alone(hub: Database, tmp_path: Path):
    file = tmp_path / "anchors"
    for _ in range(2):
        assert anchor(hub, "--to", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    last = entries(hub)
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert [line["trail"][0] for line in lines] == [last, last]
    assert [head[:2] for head in lines[0]["ledger"]] == [[0, 1]]
    good = command(hub, "verify", "--anchor", str(file))
    assert (good.returncode, good.stderr) == (0, ""), good
    cut_tail(hub, last)
    assert command(hub, "verify").returncode == 0
    told = command(hub, "verify", "--json", "--anchor", str(file))
    named = (f"anchor line 1 of {lines[0]['at'][:19]}+00:00: audit_entry {last} is not there any"
             " more")  # fmt: skip
    assert (told.returncode, told.stdout.splitlines()[0]) == (1, f"ALTERED: {named}")
    assert json.loads(told.stdout.splitlines()[-1])["problems"] == [named]


def test_the_first_line_that_does_not_hold_is_named(hub: Database):
    with psycopg.connect(hub.app_url, autocommit=True) as conn:
        good = anchors.take(conn, MOMENT)
        entry_no, digest = good.trail
        other = sha256(b"x").hexdigest()
        line = "anchor line 2 of 2026-11-23T04:00:00+00:00: "
        for second, problem in (
            (anchors.Anchor(MOMENT, other, good.trail, good.ledger),
             line + "it is of another database, or the audit trail was begun anew"),
            (anchors.Anchor(MOMENT, good.database, (entry_no, other), good.ledger),
             line + f"audit_entry {entry_no} has another hash than was anchored"),
            (anchors.Anchor(MOMENT, good.database, good.trail, [(0, 1, other)]),
             line + "ledger_batch bucket 0 batch_no 1 has another hash than was anchored"),
            (anchors.Anchor(MOMENT, good.database, good.trail, [(0, 9, digest)]),
             line + "ledger_batch bucket 0 batch_no 9 is not there any more"),
        ):  # fmt: skip
            lines = [anchors.line(good), anchors.line(second), b"never read"]
            assert anchors.altered(conn, lines) == [problem]
        assert anchors.altered(conn, [anchors.line(good), b"", b"{}"]) == [
            "anchor line 3 is no anchor"
        ]
        assert verify(conn).problems == []


def test_a_torn_line_does_not_swallow_the_next(hub: Database, tmp_path: Path):
    file = tmp_path / "anchors"
    file.write_bytes(b'{"at":')
    with psycopg.connect(hub.app_url, autocommit=True) as conn:
        anchors.append(file, anchors.take(conn, MOMENT))
        assert anchors.altered(conn, anchors.read(file)) == ["anchor line 1 is no anchor"]
        assert anchors.altered(conn, anchors.read(file)[1:]) == []


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes], list[int]]]:
    """An operator's address: what it was sent, and what it answers."""
    sent: list[bytes] = []
    answers = [204]

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/kept?token=s3cret", sent, answers
        server.shutdown()


def test_an_address_gets_the_line_and_a_refusal_fails(
    hub: Database, listener: tuple[str, list[bytes], list[int]], tmp_path: Path
):
    address, sent, answers = listener
    assert anchor(hub, "--to", address).returncode == 0
    with psycopg.connect(hub.app_url, autocommit=True) as conn:
        assert anchors.altered(conn, sent) == []
    answers[0] = 503
    lost = anchor(hub, "--to", address)
    assert (lost.returncode, lost.stderr) == (1, "yifen: anchor: the address answers 503\n")
    lost = anchor(hub, "--to", "http://127.0.0.1:9/?token=s3cret")
    assert lost.returncode == 1
    assert lost.stderr.startswith("yifen: anchor: the address does not answer: ConnectError")
    assert "s3cret" not in lost.stderr  # an address may hold a secret
    lost = anchor(hub, "--to", str(tmp_path / "no" / "folder"))
    assert (lost.returncode, "No such file" in lost.stderr) == (1, True)
    assert command(hub, "verify", "--anchor", str(tmp_path / "none")).returncode == 1
    printed = anchor(hub)
    assert json.loads(printed.stdout)["trail"][0] == entries(hub)
