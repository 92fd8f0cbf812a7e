"""Files pushed to a partner's server: whole or not at all under their name, by a server that fails in every way."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncssh
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.pipes.partner_server import DROP, PASSWORD, PartnerServer, key
from tests.pipes.piping import deliver, deliveries, find, later, pipe
from tests.pipes.receiver import Receiver
from tests.world import DAY, World, the_ring
from yifen.core.facts.processes import WEB, WORKER

PASSWORD_SECRET = json.dumps({"password": PASSWORD}).encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PartnerServer]:
    (tmp_path / "in").mkdir()
    with PartnerServer(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def its_own_connection(net: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rolled back world is seen by its own connection alone."""
    from yifen.trades.pipes import sftp

    monkeypatch.setattr(sftp, "reading", lambda: nullcontext(net.conn))


def sftp_pipe(net: World, server: PartnerServer, partner: str = "WX", **fields: Any) -> int:
    ref = str(uuid4())
    secret = fields.pop("secret", PASSWORD_SECRET)
    settings = {"host_key": server.agreed} | fields.pop("settings", {})
    given = {"kind": "sftp", "ref": ref, "settings": Jsonb(settings), "secret": the_ring().seal(secret, f"pipe:{ref}")}
    wants = fields.pop("wants", ["file.ready"])
    return pipe(net, partner, fields.pop("address", server.address()), wants, **given | fields)


def closed_day(net: World, *serials: str) -> None:
    """Payments of a day, the day cut, and the daily file of WX made: its event is found."""
    from yifen.hub.payments.files import write_file

    find(net)
    for number, serial in enumerate(serials or ("S1",)):
        net.charge(serial, {"O1": 100 + number})
    net.cut()
    write_file(net.conn, (net.ids["WX"], "WX", 1, True, "utf-8"), DAY, net.now)
    net.run("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit does
    net.run("SET CONSTRAINTS ALL DEFERRED")
    find(net)


def states(net: World) -> list[tuple[Any, ...]]:
    return [row[2:] for row in deliveries(net)]


def lying(server: PartnerServer) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (server.folder / "in").iterdir()}


def is_whole(net: World, server: PartnerServer) -> bool:
    """The file of the event, and nothing else, lies there with its content."""
    data = net.value("SELECT data FROM pipe_event")
    there = lying(server)
    if list(there) != [data["name"]]:
        return False
    content = there[data["name"]]
    return (len(content), hashlib.sha256(content).hexdigest()) == (data["size"], data["sha256"])


def test_a_daily_file_lies_there_whole_under_its_name(net: World, server: PartnerServer):
    sftp_pipe(net, server)
    closed_day(net, "S1", "S2")
    deliver(net)
    assert is_whole(net, server)
    [(name, content)] = lying(server).items()
    assert name == f"WX-{DAY:%Y%m%d}-v1.txt"
    assert b"S1" in content
    assert states(net) == [("delivered", 1, f"{name}, {len(content)} bytes")]
    assert server.calls[-1] == ("rename", f"/in/{name}")
    deliver(net)
    assert server.logins == 1


def test_a_private_key_opens_the_door_too(net: World, server: PartnerServer):
    secret = json.dumps({"private_key": key("ours").export_private_key().decode()}).encode()
    sftp_pipe(net, server, secret=secret)
    closed_day(net)
    deliver(net)
    assert is_whole(net, server)


def test_an_event_without_a_file_is_laid_down_as_it_is(net: World, server: PartnerServer):
    sftp_pipe(net, server, wants=["payment.decided"])
    find(net)
    net.charge("S1", {"O1": 100})
    find(net)
    deliver(net)
    [(name, content)] = lying(server).items()
    assert name == f"payment.decided-{net.value('SELECT uid FROM pipe_event')}.json"
    told = json.loads(content)
    assert (told["type"], told["data"]["serial"], told["data"]["amount_fen"]) == ("payment.decided", "S1", 100)


def test_a_server_that_is_down_gets_it_when_it_is_up(net: World, server: PartnerServer, tmp_path: Path):
    with PartnerServer(tmp_path) as gone:
        port = gone.port
    sftp_pipe(net, server, address=f"sftp://yifen@127.0.0.1:{port}/in")
    closed_day(net)
    deliver(net)
    [(state, tries, said)] = states(net)
    assert (state, tries, "refused" in said.lower()) == ("waiting", 1, True)
    with PartnerServer(tmp_path, port=port):
        later(net, 10)
        deliver(net)
    assert (is_whole(net, server), states(net)[0][:2]) == (True, ("delivered", 2))
    assert [row[0] for row in net.rows("SELECT result FROM pipe_try ORDER BY id")] == ["failed", "delivered"]


def test_another_host_key_hears_neither_password_nor_file(net: World, server: PartnerServer, tmp_path: Path):
    (tmp_path / "other").mkdir()
    with PartnerServer(tmp_path / "other", host_key="another") as other:
        sftp_pipe(net, server, address=other.address())
        closed_day(net)
        deliver(net)
        assert other.logins == 0
    shown = key("another").get_fingerprint()
    assert states(net) == [
        ("waiting", 1, f"the server's host key is not the agreed one: ssh-ed25519 {shown}")]  # fmt: skip


def test_a_wrong_password_is_said_and_tried_again_later(net: World, server: PartnerServer):
    made = sftp_pipe(net, server, secret=json.dumps({"password": "wrong"}).encode())
    closed_day(net)
    deliver(net)
    assert states(net) == [("waiting", 1, "the server does not let yifen in")]
    ref = net.value("SELECT ref::text FROM pipe WHERE id = %s", made)
    net.set_up("UPDATE pipe SET secret = %s WHERE id = %s", the_ring().seal(PASSWORD_SECRET, f"pipe:{ref}"), made)
    later(net, 10)
    deliver(net)
    assert is_whole(net, server)


def full(what: str, path: str, offset: int) -> None:
    if what == "write":
        raise asyncssh.SFTPFailure("no space left on device")


def dropped(what: str, path: str, offset: int) -> float:
    return DROP if what == "write" else 0


def dropped_before_its_name(what: str, path: str, offset: int) -> float:
    return DROP if what == "rename" else 0


def no_right(what: str, path: str, offset: int) -> None:
    if what == "open":
        raise asyncssh.SFTPPermissionDenied("not yours")


@pytest.mark.parametrize(("fault", "words", "left"), [
    (full, "SFTPFailure: no space left on device", [b""]),
    (dropped, "", [b""]),
    (dropped_before_its_name, "", None),
    (no_right, "SFTPPermissionDenied: not yours", []),
], ids=["full", "dropped", "dropped before the rename", "no right"])  # fmt: skip
def test_what_breaks_half_way_is_no_file_and_comes_whole_later(
    net: World, server: PartnerServer, fault: Any, words: str, left: list[bytes] | None
):
    sftp_pipe(net, server)
    closed_day(net)
    server.fail = fault
    deliver(net)
    [(state, tries, said)] = states(net)
    assert (state, tries) == ("waiting", 1)
    assert said == words or (not words and said)
    there = lying(server)
    assert all(name.endswith(".part") for name in there)
    assert left is None or list(there.values()) == left
    server.fail = lambda what, path, offset: None
    later(net, 10)
    deliver(net)
    assert (is_whole(net, server), states(net)[0][:2]) == (True, ("delivered", 2))


def test_a_slow_server_holds_up_only_itself(
    net: World, server: PartnerServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import sftp_line

    monkeypatch.setattr(sftp_line, "STEP_S", 0.4)
    receiver.clock = lambda: net.now
    sftp_pipe(net, server)
    pipe(net, "WX", receiver.url, ["file.ready"])
    closed_day(net)
    heard: list[float] = []
    answer = receiver.answer
    receiver.answer = lambda headers, body: (heard.append(time.monotonic()), answer(headers, body))[1]
    server.fail = lambda what, path, offset: 5 if what == "write" else 0
    began = time.monotonic()
    deliver(net)
    ended = time.monotonic()
    assert sorted(states(net)) == [("delivered", 1, "204"), ("waiting", 1, "no answer within 0.4 s")]
    assert ended - began < 3
    assert heard[0] - began < ended - began - 0.2


def test_a_server_that_drips_has_its_whole_time_and_no_more(
    net: World, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import sftp, sftp_line

    monkeypatch.setattr(sftp, "WAIT_S", 0.8)
    monkeypatch.setattr(sftp_line, "PIECE_BYTES", 10)
    sftp_pipe(net, server)
    closed_day(net)
    server.fail = lambda what, path, offset: 0.1 if what == "write" else 0
    began = time.monotonic()
    deliver(net)
    assert (states(net), time.monotonic() - began < 4) == ([("waiting", 1, "it took too long")], True)
    assert all(name.endswith(".part") for name in lying(server))


def test_who_died_behind_the_rename_finds_it_there(net: World, server: PartnerServer):
    sftp_pipe(net, server)
    closed_day(net)
    deliver(net)
    [name] = lying(server)
    before = (server.folder / "in" / name).stat()
    net.run("UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = %s", net.now)  # nobody wrote it down
    deliver(net)
    assert states(net) == [("delivered", 1, f"{name} was there")]
    assert (server.folder / "in" / name).stat() == before or is_whole(net, server)
    assert [what for what, _path in server.calls].count("write") == 1


@pytest.mark.parametrize("content", [b"x", None], ids=["another size", "the same size"])
def test_another_file_of_that_name_is_never_written_over(net: World, server: PartnerServer, content: bytes | None):
    sftp_pipe(net, server)
    closed_day(net)
    data = net.value("SELECT data FROM pipe_event")
    content = content or b"x" * data["size"]
    (server.folder / "in" / data["name"]).write_bytes(content)
    deliver(net)
    said = f"{data['name']} is there with other content ({len(content)} bytes)"
    assert states(net) == [("given_up", 1, said)]
    assert lying(server) == {data["name"]: content}


def test_a_half_file_of_a_try_before_is_written_anew(net: World, server: PartnerServer):
    sftp_pipe(net, server)
    closed_day(net)
    data = net.value("SELECT data FROM pipe_event")
    (server.folder / "in" / f"{data['name']}.part").write_bytes(b"y" * (data["size"] + 5000))
    deliver(net)
    assert is_whole(net, server)


def test_a_file_that_is_not_what_its_event_says_is_not_sent(net: World, server: PartnerServer):
    sftp_pipe(net, server)
    closed_day(net)
    net.run("UPDATE pipe_event SET data = data || '{\"sha256\": \"00\"}'")
    deliver(net)
    assert states(net) == [("waiting", 1, "the file here is not what its event says")]
    assert lying(server) == {}


def changed(net: World, role: str, made: int, change: str) -> None:
    """By plain SQL of a process, as far as its commit."""
    with net.conn.transaction():
        net.run(f"SET LOCAL ROLE {role}")
        net.run(f"UPDATE pipe SET {change} WHERE id = %s", made)
        net.run("SET CONSTRAINTS ALL IMMEDIATE")
    net.run("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("role", [WEB, WORKER])
def test_no_process_changes_a_server_by_itself(net: World, server: PartnerServer, role: str):
    made = sftp_pipe(net, server)
    for change in ("settings = '{}'", "secret = 'x'", "address = 'sftp://yifen@example.cn/'", "wants = '[]'"):
        with pytest.raises(errors.InsufficientPrivilege):
            changed(net, role, made, change)
    changed(net, role, made, "enabled = false, off_why = 'x'")
    assert net.rows("SELECT settings ->> 'host_key', enabled FROM pipe") == [(server.agreed, False)]


@pytest.mark.parametrize(("address", "settings", "field"), [
    ("http://yifen@example.cn/in", {}, "address"),
    ("sftp://example.cn/in", {}, "address"),
    ("sftp://yifen:secret@example.cn/in", {}, "address"),
    ("sftp://yifen@example.cn/in/../../etc", {}, "address"),
    ("sftp://yifen@10.0.0.1/in", {}, "address"),
    ("sftp://yifen@exa mple.cn/in", {}, "address"),
    ("sftp://yifen@example.cn:99999/in", {}, "address"),
    ("sftp://yifen@example.cn/in", {"host_key": ""}, "host_key"),
    ("sftp://yifen@example.cn/in", {"host_key": "ssh-ed25519 AAAA"}, "host_key"),
    ("sftp://yifen@example.cn/in", {"fetch": "out"}, "fetch"),
    ("sftp://yifen@example.cn/in", {"fetch": "/out/../.."}, "fetch"),
    ("sftp://yifen@example.cn/in", {"after": "burn"}, "after"),
], ids=str)  # fmt: skip
def test_what_can_be_no_pipe_is_refused_by_its_field(address: str, settings: dict[str, str], field: str):
    from yifen.core.facts.refused import Refused
    from yifen.trades.pipes.sftp import check

    agreed = key("host").export_public_key().decode()
    with pytest.raises(Refused) as refused:
        check(address, {"host_key": agreed} | settings)
    assert refused.value.field == field
    check("sftp://yifen@example.cn:2222/in", {"host_key": f"example.cn {agreed}", "fetch": "/out", "after": "move"})


def test_the_fingerprint_is_what_ssh_itself_shows():
    from yifen.trades.pipes.sftp_terms import fingerprint

    for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"):
        made = asyncssh.generate_private_key(kind)
        text = made.export_public_key().decode()
        assert fingerprint(f"[sftp.example.cn]:2222 {text}") == f"{made.get_algorithm()} {made.get_fingerprint()}"


@pytest.mark.parametrize("secret", [b"", b"[]", b"{}", b'{"password": ""}', b'{"password": "a", "private_key": "b"}',
                                    b'{"private_key": "-----BEGIN"}', b'{"token": "x"}'])  # fmt: skip
def test_a_secret_is_a_password_or_a_key(secret: bytes):
    from yifen.core.facts.refused import Refused
    from yifen.trades.pipes.sftp_terms import check_secret

    with pytest.raises(Refused, match="PIPE_SECRET_INVALID"):
        check_secret(secret)
    check_secret(PASSWORD_SECRET)
