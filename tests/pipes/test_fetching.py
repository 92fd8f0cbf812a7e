"""Files fetched from a partner's server: each once, whole, whatever lies there and wherever a process dies."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncssh
import psycopg
import pytest

from tests.pipes.partner_server import DROP, PartnerServer
from tests.pipes.piping import as_worker, later
from tests.pipes.test_sftp import sftp_pipe
from tests.world import Database, World, the_ring

Fetch = Callable[..., Any]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PartnerServer]:
    (tmp_path / "there" / "out").mkdir(parents=True)
    with PartnerServer(tmp_path / "there") as made:
        yield made


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def put(net: World, server: PartnerServer, name: str | bytes, content: bytes, age_s: int = 3600) -> None:
    """As the partner does; it was changed so long ago."""
    path = os.path.join(os.fsencode(server.folder), b"out", os.fsencode(name))
    with open(path, "wb") as file:
        file.write(content)
    at = net.now.timestamp() - age_s
    os.utime(path, (at, at))


def fetch(net: World, inbox: Path, conn: Any = None) -> Any:
    """One look by the worker's role, at the only pipe."""
    from yifen.trades.pipes.fetching.looking import look
    from yifen.trades.pipes.port import PipeEnd

    row = net.rows("SELECT p.id, p.ref::text, r.code, p.kind, p.address, p.settings, p.secret FROM pipe p"
                   " JOIN partner r ON r.id = p.partner_id")[0]  # fmt: skip
    end = PipeEnd(*row[:6], secrets=(the_ring().open(bytes(row[6]), f"pipe:{row[1]}"),))
    with as_worker(net):
        came = look(conn or net.conn, end, inbox, net.now)
    return came._replace(left={name: getattr(why, "en", why) for name, why in came.left.items()})


def landed(inbox: Path) -> dict[str, bytes]:
    """What the night sees."""
    folder = inbox / "WX"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.exists() else {}


def rows(net: World) -> list[tuple[Any, ...]]:
    return net.rows("SELECT name, size, landed FROM pipe_fetched ORDER BY id")


def there(server: PartnerServer, folder: str = "") -> list[str]:
    path = server.folder / "out" / folder
    return sorted(os.fsencode(one.name).decode("utf-8", "backslashreplace") for one in path.iterdir())


def pipe_of(net: World, server: PartnerServer, after: str = "leave", **fields: Any) -> int:
    return sftp_pipe(net, server, settings={"fetch": "/out", "after": after}, **fields)


def test_a_file_lands_once_and_stays_there(net: World, server: PartnerServer, inbox: Path):
    pipe_of(net, server)
    put(net, server, "对账 20261123.csv", b"a,b\n1,2\n")
    assert fetch(net, inbox)[:3] == (1, {}, "")
    assert landed(inbox) == {"对账 20261123.csv": b"a,b\n1,2\n"}
    assert (inbox / "WX" / "对账 20261123.csv").stat().st_mode & 0o777 == 0o600
    assert rows(net) == [("对账 20261123.csv", 8, "inbox/WX/对账 20261123.csv")]
    (inbox / "WX" / "对账 20261123.csv").unlink()  # the night took it
    reads = server.calls.count(("read", "/out/对账 20261123.csv"))
    assert fetch(net, inbox)[:3] == (0, {}, "")
    assert (landed(inbox), there(server)) == ({}, ["对账 20261123.csv"])
    assert server.calls.count(("read", "/out/对账 20261123.csv")) == reads
    assert net.rows("SELECT fetched, \"left\", fault, failing_since, due_at - looked_at FROM pipe_look")[0][:4] == (
        0, {}, "", None)  # fmt: skip


def test_moved_aside_it_does_not_overwrite_what_was_moved_before(net: World, server: PartnerServer, inbox: Path):
    pipe_of(net, server, "move")
    for content in (b"one", b"two"):
        put(net, server, "a.csv", content)
        assert fetch(net, inbox)[:3] == (1, {}, "")
        later(net, 600)
    assert landed(inbox) == {"a.csv": b"one", "a~002.csv": b"two"}
    assert (there(server), there(server, "taken")) == (["taken"], ["a.csv", "a.csv~002"])


def test_new_content_of_a_name_is_a_new_version_and_comes_behind_the_one_before(
    net: World, server: PartnerServer, inbox: Path
):
    pipe_of(net, server)
    for age, content in ((3000, b"one"), (2000, b"two"), (1000, b"one"), (500, b"three")):
        put(net, server, "a.csv", content, age)
        fetch(net, inbox)
    assert landed(inbox) == {"a.csv": b"one", "a~002.csv": b"two", "a~003.csv": b"three"}
    assert list(landed(inbox)) == sorted(landed(inbox))  # as the night goes along
    assert [row[0] for row in rows(net)] == ["a.csv"] * 3


def test_half_files_are_left_until_they_are_whole(net: World, server: PartnerServer, inbox: Path):
    pipe_of(net, server)
    put(net, server, "a.csv.part", b"half")
    put(net, server, ".hidden", b"half")
    put(net, server, "b.csv", b"ha", age_s=5)
    assert fetch(net, inbox)[:2] == (0, {"b.csv": "it changed just now"})
    put(net, server, "b.csv", b"half", age_s=100)

    for content in (b"half and more", b"another bytes"):  # longer, and as long as it was

        def grows(what: str, path: str, offset: int, content: bytes = content) -> None:
            if what == "read":
                put(net, server, "b.csv", content, age_s=80 - len(server.calls))

        server.fail = grows
        assert fetch(net, inbox)[:2] == (0, {"b.csv": "it changed while it was read"})
        assert (landed(inbox), rows(net)) == ({}, [])
    server.fail = lambda what, path, offset: None
    later(net, 100)
    assert fetch(net, inbox)[:2] == (1, {})
    assert landed(inbox) == {"b.csv": b"another bytes"}


def test_odd_names_links_and_folders_stay_there_and_are_named(net: World, server: PartnerServer, inbox: Path):
    pipe_of(net, server, "move")
    long = "x" * 190
    for name in ("a\\b.csv", "a\nb.csv", b"\xff.csv", long, "ok.csv"):
        put(net, server, name, b"1")
    (server.folder / "secret").write_bytes(b"theirs")
    (server.folder / "out" / "link.csv").symlink_to(server.folder / "secret")
    (server.folder / "out" / "folder").mkdir()
    found = fetch(net, inbox)
    assert (found.fetched, found.fault) == (1, "")
    assert found.left == {
        "a\\b.csv": "its name has signs that no file name has", "a\nb.csv": "its name has signs that no file name has",
        "\\xff.csv": "its name has signs that no file name has", "…": "1 names are longer than 180 bytes",
        "link.csv": "it is no file (links are not followed)",
    }  # fmt: skip
    kept = net.value('SELECT "left" FROM pipe_look')
    assert {name: why["en"] for name, why in kept.items()} == found.left
    assert kept["link.csv"]["zh"] == "不是普通文件（不跟随链接）"
    assert landed(inbox) == {"ok.csv": b"1"}
    assert set(there(server)) == {"a\\b.csv", "a\nb.csv", "\\xff.csv", long, "link.csv", "folder", "taken"}


def test_a_server_that_names_files_outside_of_its_folder_gets_nowhere(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.sftp_line import FileThere, FolderList, SftpLine

    pipe_of(net, server)
    names = (b"../../evil.csv", b"/etc/cron.d/evil", b"..", b"")
    found = [FileThere(name, True, False, 1, int(net.now.timestamp()) - 900) for name in names]
    monkeypatch.setattr(SftpLine, "listed", lambda self, folder: FolderList(found, False, 0))
    came = fetch(net, inbox)
    assert (came.fetched, came.fault, landed(inbox), rows(net)) == (0, "", {}, [])
    assert not list(inbox.parent.glob("**/evil*"))


def test_too_large_and_too_many_are_bounded_and_said(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.fetching import looking

    monkeypatch.setattr(looking, "BYTES_MAX", 1 << 20)
    monkeypatch.setattr(looking, "FILES_AT_ONCE", 2)
    pipe_of(net, server)
    put(net, server, "large.csv", b"x" * ((1 << 20) + 1))
    for number in range(5):
        put(net, server, f"{number}.csv", b"%d" % number, age_s=3600 - number)
    took = []
    for _ in range(3):
        came = fetch(net, inbox)
        took.append((came.fetched, came.more, came.left.get("…")))
        assert came.left["large.csv"] == "it has more than 1 MB"
    assert took == [(2, True, "3 more files come next"), (2, True, "1 more files come next"), (1, False, None)]
    assert landed(inbox) == {f"{number}.csv": b"%d" % number for number in range(5)}


def test_a_server_that_answers_more_than_was_asked_fills_no_memory(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import sftp_line

    pipe_of(net, server)
    put(net, server, "a.csv", b"0123456789")
    put(net, server, "b.csv", b"b", age_s=1000)
    asked = []
    read = asyncssh.SFTPServer.read

    def lies(self: Any, file: Any, offset: int, size: int) -> Any:
        asked.append(size)
        return b"x" * 400_000 if size == 11 else read(self, file, offset, size)

    monkeypatch.setattr(asyncssh.SFTPServer, "read", lies)
    assert fetch(net, inbox)[:3] == (1, {"a.csv": "400000 bytes came where 11 were asked for"}, "")
    assert (landed(inbox), asked) == ({"b.csv": b"b"}, [11, 2, 1, 1])

    monkeypatch.setattr(asyncssh.SFTPServer, "read", read)
    put(net, server, "c.csv", b"c" * 100_000)
    asked.clear()
    monkeypatch.setattr(asyncssh.SFTPServer, "read", lambda *given: (asked.append(given[3]), read(*given))[1])
    assert fetch(net, inbox).fetched == 2
    assert max(asked) == sftp_line.BLOCK_BYTES  # so that what is under way at once is bounded


def lists(monkeypatch: pytest.MonkeyPatch, *names: bytes) -> None:
    """The server says that these lie there; they have what is in a.csv."""

    async def scandir(self: Any, path: bytes) -> Any:
        facts = asyncssh.SFTPAttrs.from_local(self.lstat(b"/out/a.csv"))
        for name in names:
            yield asyncssh.SFTPName(name, b"-" * 10, facts)

    monkeypatch.setattr(asyncssh.SFTPServer, "scandir", scandir)


def test_a_listing_is_bounded_in_bytes_and_long_names_are_counted(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import sftp_line

    pipe_of(net, server)
    put(net, server, "a.csv", b"a")
    lists(monkeypatch, *(b"%d" % number + b"x" * 13_989 for number in range(9)), b"a.csv")
    assert fetch(net, inbox)[:2] == (1, {"…": "9 names are longer than 180 bytes"})
    assert net.value('SELECT "left" FROM pipe_look')["…"]["zh"] == "9 个文件名超过 180 字节"
    monkeypatch.setattr(sftp_line, "LISTING_BYTES_MAX", 28_000)  # two of them, and what stands beside
    assert fetch(net, inbox).left == {"…": "more than 2 names lie there; 2 names are longer than 180 bytes"}
    lists(monkeypatch, *(b"%d" % number + b"x" * 13_989 for number in range(50)))  # one packet
    assert fetch(net, inbox)[:3] == (0, {}, "SFTPBadMessage: Max packet size exceeded")


def test_what_a_server_compresses_is_not_unpacked_here(
    net: World, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "there" / "out").mkdir(parents=True)
    monkeypatch.setattr(asyncssh, "listen", partial(asyncssh.listen, compression_algs=["zlib@openssh.com"]))
    with PartnerServer(tmp_path / "there") as server:
        pipe_of(net, server)
        put(net, server, "a.csv", b"a")
        came = fetch(net, inbox)
    assert (came.fetched, bool(came.fault), server.logins) == (0, True, 0)


def test_a_nul_in_a_name_or_in_an_error_keeps_no_look_from_being_written(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    def not_this(what: str, path: str, offset: int) -> None:
        if what == "open" and path == "/out/a.csv":
            raise asyncssh.SFTPPermissionDenied("not\0yours" + "!" * 300)

    def not_one(self: Any, path: bytes) -> Any:
        raise asyncssh.SFTPFailure("no\0folder")

    pipe_of(net, server)
    put(net, server, "a.csv", b"a")
    put(net, server, "ok.csv", b"b")
    lists(monkeypatch, b"a\0b.csv", b"a.csv", b"ok.csv")
    server.fail = not_this
    assert fetch(net, inbox)[::2] == (1, "")
    kept = net.value('SELECT "left" FROM pipe_look')
    assert kept["a\ufffdb.csv"]["en"] == "its name has signs that no file name has"
    assert kept["a.csv"] == ("SFTPPermissionDenied: not\ufffdyours" + "!" * 300)[:300]
    assert landed(inbox) == {"ok.csv": b"b"}

    monkeypatch.setattr(asyncssh.SFTPServer, "scandir", not_one)
    later(net, 600)
    fetch(net, inbox)
    assert net.rows("SELECT looked_at, fault FROM pipe_look") == [(net.now, "SFTPFailure: no\ufffdfolder")]


def test_words_of_others_are_made_fit_for_the_database():
    from yifen.trades.pipes.port import plain

    assert plain("a\0b\udcffc" + "x" * 300) == "a\ufffdb?c" + "x" * 295


def test_the_disk_here_is_not_filled(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    disk = {"total": 10 << 30, "free": (512 << 20) + 2}  # a twentieth of it, and two bytes
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(**disk))
    pipe_of(net, server)
    put(net, server, "a.csv", b"aaa")
    put(net, server, "b.csv", b"bb", age_s=1000)
    assert fetch(net, inbox)[:3] == (1, {"a.csv": "too little room on the disk here"}, "")
    assert net.value('SELECT "left" FROM pipe_look')["a.csv"]["zh"] == "本机数据盘空间不足"
    assert (landed(inbox), ("open", "/out/a.csv") in server.calls) == ({"b.csv": b"bb"}, False)
    for total, free, fetched in ((1 << 40, (2 << 30) + 2, 0), (1 << 40, (2 << 30) + 3, 1)):
        disk |= {"total": total, "free": free}
        assert fetch(net, inbox).fetched == fetched

    def written_meanwhile(what: str, path: str, offset: int) -> None:
        disk["free"] = (2 << 30) + 3 if what == "open" else (2 << 30) + 2

    disk["free"] += 1
    put(net, server, "c.csv", b"cccc")
    server.fail = written_meanwhile
    assert fetch(net, inbox)[:3] == (0, {"c.csv": "too little room on the disk here"}, "")
    assert landed(inbox) == {"a.csv": b"aaa", "b.csv": b"bb"}


def test_a_pipe_brings_so_many_bytes_a_day_and_the_rest_later(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.fetching import looking

    assert looking.DAY_BYTES_MAX == 5 << 30
    made = pipe_of(net, server)
    for name in ("a.csv", "b.csv"):
        put(net, server, name, name[:1].encode())
    net.set_up("INSERT INTO pipe_fetched (pipe_id, name, size, sha256, fetched_at, landed)"
               " VALUES (%s, 'before', %s, '', %s, 'x')", made, (5 << 30) - 1, net.now)  # fmt: skip
    assert fetch(net, inbox)[:2] == (1, {"b.csv": "5 GB were fetched from here within a day: it comes later"})
    assert net.value('SELECT "left" FROM pipe_look')["b.csv"]["zh"] == "此通道一天内已取足 5 GB，随后再取"
    later(net, 86_399)
    assert fetch(net, inbox).fetched == 0
    monkeypatch.setattr(looking, "FILES_AT_ONCE", 1)
    put(net, server, "c.csv", b"c")
    assert fetch(net, inbox)[::3] == (0, False)  # with nothing won, the next look keeps its time
    later(net, 1)
    assert fetch(net, inbox)[::3] == (1, True)
    assert list(landed(inbox)) == ["a.csv", "b.csv"]


def test_a_pipe_brings_so_many_files_a_day_and_the_rest_later(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.fetching import looking

    assert looking.DAY_FILES_MAX == 1000
    monkeypatch.setattr(looking, "DAY_FILES_MAX", 2)
    pipe_of(net, server)
    for name in ("a.csv", "b.csv", "c.csv"):
        put(net, server, name, name[:1].encode())
    assert fetch(net, inbox)[:2] == (2, {"c.csv": "2 files were fetched from here within a day: it comes later"})
    assert net.value('SELECT "left" FROM pipe_look')["c.csv"]["zh"] == "此通道一天内已取 2 个文件，随后再取"
    later(net, 86_399)
    assert (fetch(net, inbox).fetched, ("open", "/out/c.csv") in server.calls) == (0, False)
    later(net, 1)
    assert fetch(net, inbox)[:2] == (1, {})
    assert landed(inbox) == {"a.csv": b"a", "b.csv": b"b", "c.csv": b"c"}


def endless(what: str, path: str, offset: int) -> float:
    return 5 if what == "read" and path == "/out/a.csv" else 0


def dropped(what: str, path: str, offset: int) -> float:
    return DROP if what == "read" and path == "/out/a.csv" else 0


@pytest.mark.parametrize("fault", [endless, dropped], ids=["slow", "dropped"])
def test_a_file_that_never_ends_keeps_the_others_for_one_look_only(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch, fault: Any
):
    from yifen.trades.pipes import sftp_line

    monkeypatch.setattr(sftp_line, "STEP_S", 1.5)
    pipe_of(net, server)
    put(net, server, "a.csv", b"a" * 100)
    put(net, server, "b.csv", b"b", age_s=1000)
    server.fail = fault
    first = fetch(net, inbox)
    assert (first.fetched, bool(first.fault), list(first.left)) == (0, True, ["a.csv"])
    since = net.value("SELECT failing_since FROM pipe_look")
    later(net, 600)
    second = fetch(net, inbox)
    assert (second.fetched, list(second.left), landed(inbox)) == (1, ["a.csv"], {"b.csv": b"b"})
    assert net.value("SELECT failing_since FROM pipe_look") == since
    server.fail = lambda what, path, offset: None
    third = fetch(net, inbox)
    assert third[:3] == (1, {}, "")
    assert landed(inbox) == {"a.csv": b"a" * 100, "b.csv": b"b"}
    assert net.value("SELECT failing_since FROM pipe_look") is None


def test_a_file_that_may_not_be_read_keeps_no_other(net: World, server: PartnerServer, inbox: Path):
    def not_this(what: str, path: str, offset: int) -> None:
        if what == "open" and path == "/out/a.csv":
            raise asyncssh.SFTPPermissionDenied("not yours")

    pipe_of(net, server)
    put(net, server, "a.csv", b"a")
    put(net, server, "b.csv", b"b", age_s=1000)
    server.fail = not_this
    assert fetch(net, inbox)[:3] == (1, {"a.csv": "SFTPPermissionDenied: not yours"}, "")
    assert landed(inbox) == {"b.csv": b"b"}


def test_a_name_that_lies_in_the_inbox_is_waited_for(net: World, server: PartnerServer, inbox: Path):
    pipe_of(net, server, "move")
    (inbox / "WX").mkdir(parents=True)
    (inbox / "WX" / "a.csv").write_bytes(b"a person's")
    put(net, server, "a.csv", b"the partner's")
    for _ in range(2):
        assert fetch(net, inbox)[:3] == (0, {"a.csv": "a.csv lies in the inbox already"}, "")
    assert {name: data for name, data in landed(inbox).items() if not name.startswith(".")} == {"a.csv": b"a person's"}
    assert there(server) == ["a.csv"]
    (inbox / "WX" / "a.csv").unlink()
    assert fetch(net, inbox).left == {}
    assert (landed(inbox), there(server, "taken")) == ({"a.csv": b"the partner's"}, ["a.csv"])


def test_what_was_replaced_behind_our_back_is_not_moved_away(net: World, server: PartnerServer, inbox: Path):
    def replaced(what: str, path: str, offset: int) -> None:
        if (what, path) == ("rename", "/out/taken/a.csv"):
            put(net, server, "a.csv", b"newer", age_s=300)

    pipe_of(net, server, "move")
    put(net, server, "a.csv", b"one")
    server.fail = replaced
    assert fetch(net, inbox)[:2] == (1, {"a.csv": "it changed after it was fetched"})
    server.fail = lambda what, path, offset: None
    assert fetch(net, inbox)[:2] == (1, {})
    assert landed(inbox) == {"a.csv": b"one", "a~002.csv": b"newer"}


def test_the_job_goes_on_past_a_slow_server_and_a_broken_secret(
    net: World, server: PartnerServer, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import sftp_line
    from yifen.trades.pipes.fetching import run

    monkeypatch.setattr(sftp_line, "STEP_S", 1.5)
    monkeypatch.setattr(run.psycopg, "connect", lambda *given, **more: nullcontext(net.conn))
    put(net, server, "a.csv", b"a")
    server.fail = endless
    other = tmp_path / "other"
    (other / "out").mkdir(parents=True)
    with PartnerServer(other) as good:
        put(net, good, "b.csv", b"b")
        slow, broken, well = (
            pipe_of(net, server), pipe_of(net, good, partner="GAS"), pipe_of(net, good, partner="BANK"))  # fmt: skip
        net.set_up("UPDATE pipe SET secret = %s WHERE id = %s", the_ring().seal(b"{}", "pipe:other"), broken)
        off = pipe_of(net, good, partner="WATER", enabled=False)
        with as_worker(net):
            run.fetch_due("", the_ring(), inbox, lambda: net.now, lambda: False)
            again = net.rows("SELECT pipe_id, fetched, fault <> '' FROM pipe_look ORDER BY pipe_id")
            run.fetch_due("", the_ring(), inbox, lambda: net.now, lambda: False)  # nothing is due
    assert again == [(slow, 0, True), (broken, 0, True), (well, 1, False)]
    assert net.rows("SELECT pipe_id, fetched, fault <> '' FROM pipe_look ORDER BY pipe_id") == again
    assert off not in [row[0] for row in again]
    assert (inbox / "BANK" / "b.csv").read_bytes() == b"b"
    assert not (inbox / "GAS").exists()


def test_a_full_disk_here_leaves_nothing_half_and_is_said(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.hub.landing import lying

    pipe_of(net, server)
    put(net, server, "a.csv", b"a")
    seen = []

    def full(handle: int) -> None:
        seen.append(lying(inbox, {"WX"}, 0))  # by the night, while it is read
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert fetch(net, inbox)[:3] == (0, {}, "inbox: No space left on device")
    assert (landed(inbox), rows(net), seen) == ({}, [], [[]])
    assert fetch(net, inbox)[:3] == (1, {}, "")


def test_a_clock_that_was_set_back_keeps_no_look_waiting(net: World, server: PartnerServer, inbox: Path):
    from yifen.trades.pipes.fetching import run

    def due() -> int:
        return len(net.rows(run._SQL["due"].replace("%(now)s", f"'{net.now.isoformat()}'::timestamptz")))

    pipe_of(net, server)
    assert due() == 1
    later(net, 86_400)
    fetch(net, inbox)
    assert due() == 0
    later(net, -86_400)
    assert due() == 1


def test_a_pipe_that_another_process_looks_at_is_left_to_it(
    net: World, server: PartnerServer, inbox: Path, shared_database: Database, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.fetching import run

    made = pipe_of(net, server)
    put(net, server, "a.csv", b"a")
    with psycopg.connect(shared_database.owner_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('fetch', %s))", (made,))
        monkeypatch.setattr(run.psycopg, "connect", lambda *given, **more: nullcontext(net.conn))
        with as_worker(net):
            run.fetch_due("", the_ring(), inbox, lambda: net.now, lambda: False)
    assert (rows(net), server.logins) == ([], 0)


class Killed(BaseException):
    """The process ends here."""


class Points:
    """Every step of a look, before and behind it; at the one of this number the process dies."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0

    def __call__(self, doing: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **more: Any) -> Any:
            self.pass_by()
            done = doing(*given, **more)
            self.pass_by()
            return done

        return step

    def pass_by(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Killed


@pytest.mark.parametrize("after", ["leave", "move"])
def test_wherever_a_process_dies_a_file_lands_once(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch, after: str
):
    from yifen.hub.landing import lying
    from yifen.trades.pipes.sftp_line import SftpLine

    pipe_of(net, server, after)
    died = 0
    for number in range(1, 200):
        name, content = f"{number}.csv", b"x%d" % number
        put(net, server, name, content)
        points = Points(number)

        class Counted:
            execute = staticmethod(points(net.conn.execute))

        with monkeypatch.context() as patch:
            for of, method in ((Path, "rename"), (Path, "unlink"), (SftpLine, "rename"), (SftpLine, "look_at"),
                               (SftpLine, "make_folder"), (os, "fsync")):  # fmt: skip
                patch.setattr(of, method, points(getattr(of, method)))
            try:
                fetch(net, inbox, Counted())
                is_dead = False
            except Killed:
                is_dead = died = True
        if not is_dead:
            break
        seen = lying(inbox, {"WX"}, 0)  # by the night, in between
        assert [path.read_bytes() for _code, path in seen] in ([], [content]), number
        fetch(net, inbox)
        assert landed(inbox) == {name: content}, number
        assert rows(net)[-1] == (name, len(content), f"inbox/WX/{name}"), number
        assert net.value("SELECT count(*) FROM pipe_fetched WHERE name = %s", name) == 1
        assert (name in there(server)) == (after == "leave")
        (inbox / "WX" / name).unlink()  # the night took it
        fetch(net, inbox)
        assert landed(inbox) == {}, number
        for left in (server.folder / "out").glob("**/*.csv"):
            left.unlink()
    assert died
    assert number > 15


def test_the_night_may_take_it_between_the_death_and_the_next_look(
    net: World, server: PartnerServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes.fetching import landing

    pipe_of(net, server)
    put(net, server, "a.csv", b"a")

    synced = []

    def dies(folder: Path) -> None:
        synced.append(folder)
        if len(synced) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(landing, "_sync", dies)  # renamed, and not written down
        with pytest.raises(Killed):
            fetch(net, inbox)
    (inbox / "WX" / "a.csv").unlink()
    assert fetch(net, inbox)[:2] == (0, {})
    assert (landed(inbox), rows(net)) == ({}, [("a.csv", 1, "inbox/WX/a.csv")])
