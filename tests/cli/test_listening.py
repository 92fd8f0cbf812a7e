"""One server at a port: another one is refused with who is there, and takes nothing of it away."""

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from yifen.core.facts import logs
from yifen.core.facts.settings import read_settings
from yifen.core.runtime import EdgeError
from yifen.tools.backup.restore_command import NEXT
from yifen.tools.cli import addresses, listening
from yifen.tools.cli.standing import Standing, running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LEAVES_S_MAX", 0.0)
    monkeypatch.setattr(logs, "configure", lambda: None)


@pytest.fixture
def server() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as one of ours."""
    process = subprocess.Popen([sys.executable, "-c", "input('here')", "serve"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdout
    assert process.stdout.read(4) == b"here"  # from now on the table of processes has its words
    yield process
    process.communicate(b"\n")


@pytest.mark.parametrize(("there", "asked"), [
    ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"),  # noqa: S104
    ("::1", "::"), ("::", "127.0.0.1"),
])  # fmt: skip
def test_a_second_server_at_a_port_is_refused(there: str, asked: str, tmp_path: Path) -> None:
    """Whosever data it serves; the first process of our own listens as several do."""
    if ":" in there and not Path("/proc/net/if_inet6").exists():
        pytest.skip("a machine without IPv6")
    with addresses.listening(there, 0) as first:
        port = first.getsockname()[1]
        addresses.listening(there, port).close()  # a process more of the same server
        settings = read_settings({"YIFEN_DATA": str(tmp_path)})
        args = argparse.Namespace(check=False, host=asked, port=port, command="serve")
        with pytest.raises(EdgeError) as refused:
            listening.listen(args, settings, "yifen.hub.doors.asgi:app", 8560, ())
        assert str(refused.value) == (f"{asked}:{port} 已有程序在监听 · {asked}:{port} is served already:"
                                      " stop it, or give --port")  # fmt: skip


def test_it_says_who_is_there_and_what_is_no_server_of_ours_keeps_it_out_too(
    server: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        (tmp_path / f"serve-{port}.json").write_text(f'{{"pid": {server.pid}}}')
        with pytest.raises(EdgeError) as refused:
            addresses.require_free("127.0.0.1", port, tmp_path)
        assert str(refused.value) == (
            f"127.0.0.1:{port} 已有程序在监听（进程 {server.pid}，数据目录 {tmp_path}） · 127.0.0.1:{port} is served"
            f" already, by process {server.pid} of data folder {tmp_path}: stop it, or give --port")  # fmt: skip
        monkeypatch.setenv(addresses.HELD, "{}")
        addresses.require_free("127.0.0.1", port, tmp_path)  # the next version of the one that serves
    monkeypatch.delenv(addresses.HELD)
    with pytest.raises(EdgeError, match=r"^192\.0\.2\.1:\d+ 不能监听 cannot be listened on: "):
        addresses.require_free("192.0.2.1", port, tmp_path)


def test_connections_of_before_keep_nobody_out(tmp_path: Path) -> None:
    with addresses.listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        first.setblocking(True)
        with socket.create_connection(("127.0.0.1", port)) as caller:
            answering, _ = first.accept()
            answering.close()  # we end it: it waits a minute
            assert caller.recv(1) == b""
    addresses.require_free("127.0.0.1", port, tmp_path)


def test_a_standing_file_is_removed_by_whose_it_is(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    file, ours = tmp_path / "serve-8562.json", Standing(tmp_path, "serve", 8562)
    file.write_text(f'{{"pid": {server.pid}}}')
    ours.end()
    assert file.exists()
    ours.serves()
    assert str(os.getpid()) in file.read_text()
    ours.end()
    assert not file.exists()


def test_restart_without_its_port_says_what_runs(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    for name, pid in (("serve-8560", server.pid), ("serve-8561", 2**22), ("serve-x", server.pid), ("web-8562", 1)):
        (tmp_path / f"{name}.json").write_text(f'{{"pid": {pid}}}')
    assert running(tmp_path, "serve", "web") == {8560: server.pid}
    with pytest.raises(EdgeError) as refused:
        Standing(tmp_path, "serve", 8460).restart()
    file = tmp_path / "serve-8460.json"
    assert str(refused.value) == (f"serve: {file} 所指的没有在运行 · none is running that it tells of; "
                                  "8560 在运行 runs: --port 8560")  # fmt: skip


def test_what_a_restore_says_at_its_end() -> None:
    assert "Stop the old one first, or give another --port" in NEXT
    assert "ALTERED is expected here for\n     anchors taken after the moment" in NEXT
