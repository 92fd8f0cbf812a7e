"""Backup, loss, and restore on another path: what was acknowledged before the moment asked for is there."""

import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from tests.backup.installation import Installation, installed
from tests.conftest import RING
from tests.running import Gateway
from tests.sampling import ALL
from tests.torture.traffic import Door, Load
from yifen.core.embedded.account import Account
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import GATEWAY, OWNER
from yifen.core.facts.settings import read_settings
from yifen.core.runtime import EdgeError
from yifen.tools.backup import aside, command, given, manifest, restoring, sealing, taking, whole
from yifen.tools.backup.programs import CopySource, programs

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def place() -> Iterator[Installation]:
    with installed() as made:
        yield made


def test_what_was_not_finished_is_no_backup_and_the_last_one_stays(tmp_path: Path) -> None:
    """Folders as backups leave them, and the archive beside them."""
    folder = tmp_path / "backups"
    told = manifest.Manifest("0.1", 180004, "7", True, "yifen", 1, 1, "a.b", "", "", 1, "", "", "", 0, 0, [1])
    for day, first in ((27, 4), (28, 7), (29, 9)):
        (made := folder / f"202611{day}T000000Z").mkdir(parents=True)
        manifest.write(made, replace(told, first_segment=f"{1:08X}{0:08X}{first:08X}"))
    left = folder / f"{manifest.UNFINISHED}20261130T000000Z"
    left.mkdir()
    manifest.write(left, told)  # killed right before its name was given
    (folder / "20261201T000000Z").mkdir()  # copied by hand, without what is said of it
    (folder / "wal").mkdir()
    for name in ("3", "6.partial", "7", "9", "A.partial"):
        (folder / "wal" / f"{2:08X}{0:08X}{name.partition('.')[0]:0>8}{name[1:]}").touch()
    (folder / "wal" / "00000002.history").touch()
    assert [one.name[6:8] for one in manifest.backups(folder)] == ["27", "28", "29"]
    with taking.alone(folder):
        assert not left.exists()
        with pytest.raises(EdgeError, match="another backup is being taken"), taking.alone(folder):
            raise AssertionError("two at once")
    assert [name[-9:] for name in taking.prune(folder, 2)] == ["7T000000Z", "000000003", "6.partial"]
    assert len(taking.prune(folder, 0)) == 2  # the 28th, and the segment 7; the last one is never taken
    assert [one.name[6:8] for one in manifest.backups(folder)] == ["29"]
    assert sorted(one.name[-9:] for one in (folder / "wal").iterdir()) == ["000000009", "2.history", "A.partial"]
    (folder / "wal" / f"{2:08X}{0:08X}{9:08X}.partial").touch()
    (folder / "wal" / f"{2:08X}{0:08X}{11:08X}").symlink_to("/etc/hostname")
    (folder / "wal" / "evil.history").touch()
    found = restoring.segments(folder / "wal", f"{1:08X}{0:08X}{9:08X}")
    assert [one.name[-9:] for one in found] == ["2.history", "000000009", "A.partial"]


def test_a_server_of_ones_own_is_backed_up_and_proved(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    backups = place.top / "own"
    own = {"YIFEN_OWNER_URL": place.database.owner_url, "YIFEN_KEY_RING": RING}
    env = place.env(YIFEN_BACKUPS=str(backups)) | own
    words = [sys.executable, "-m", "yifen", "backup", "--prove"]
    done = subprocess.run(words, env=env, capture_output=True, text=True)
    assert (done.returncode, "YIFEN_BACKUP_URL is not set" in done.stderr) == (1, True)
    done = subprocess.run(words, env=env | {"YIFEN_BACKUP_URL": place.database.super_url},
                          capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, "verify is clean" in done.stdout) == (0, True), done.stderr
    assert "not in it: the key ring (keys 1) and the environment" in done.stdout
    [made] = manifest.backups(backups)
    told = manifest.read(made)
    assert (told.embedded, told.proved and told.proved["ok"], told.last_payment) == (False, True, None)
    assert sorted(one.name for one in backups.iterdir()) == [made.name, "lock"]
    settings = read_settings({"YIFEN_DATA": str(place.folder)})
    for inside in (place.folder, place.folder / "backups"):
        with pytest.raises(EdgeError, match="lies in the data folder"):
            command.backups_folder(inside, settings)
    with pytest.raises(EdgeError, match="would lie beside the backups"):
        given.keep(settings, backups / "deep" / "env", backups)
    source = CopySource(place.database.owner_url, place.database.super_url, embedded=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 2**30))  # type: ignore[attr-defined]
    with pytest.raises(EdgeError, match=r"has 1\.0 GiB free, this backup needs 1\.\d"):
        taking.take(source, backups, programs(settings), RING)
    monkeypatch.undo()
    with pytest.raises(EdgeError, match="pg_basebackup: "):  # a role that may not copy
        taking.take(source._replace(copies_url=source.owner_url), backups, programs(settings), RING)
    assert sorted(one.name for one in backups.iterdir()) == [made.name, "lock"]


def test_what_was_put_into_a_backup_runs_nothing(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """By somebody who may write on its disk; each thing is taken out again before the next."""
    backups, victim, marker = place.top / "tampered", place.top / "victim", place.top / "marker"
    victim.mkdir()
    (victim / "secret").write_text("root's\n")
    source = CopySource(place.database.owner_url, place.database.super_url, embedded=False)
    settings = read_settings({"YIFEN_DATA": str(place.folder)})
    tools, to = programs(settings), place.top / "looked-at"
    with taking.alone(backups):
        made = taking.take(source, backups, tools, RING)
    base, told = made / "base", manifest.read(made)
    evil, conf, listed = base / "pg_wal" / "evil", base / "postgresql.auto.conf", base / "backup_manifest"
    kept = conf.read_bytes(), listed.read_bytes()

    evil.symlink_to(victim / "secret")
    assert refused(made, to).endswith("pg_wal/evil cannot be copied: Too many levels of symbolic links")
    assert list(whole.faults(base, tools)) == ["pg_wal/evil is neither a file nor a folder"]
    evil.unlink()
    os.mkfifo(evil)
    assert refused(made, to).endswith("pg_wal/evil is neither a file nor a folder: it does not belong into a backup")
    evil.unlink()
    evil.touch()
    assert refused(made, to).endswith("is not whole: backup_manifest or the WAL in it was altered")
    assert list(whole.faults(base, tools)) == ["pg_wal/evil does not belong there"]
    evil.unlink()
    for name in ("standby.signal", "recovery.signal", "tablespace_map"):
        (base / name).touch()
        assert refused(made, to).endswith(f"is not whole: {name} does not belong there")
        (base / name).unlink()
    more = "".join(f"{key} = 'touch {marker}; false'\n" for key in ("restore_command", "recovery_end_command"))
    conf.write_bytes(kept[0] + more.encode())
    size = len(kept[0])
    assert refused(made, to).endswith(f": postgresql.auto.conf has {size + len(more)} bytes instead of {size}")

    rows = json.loads(kept[1])  # and the manifest is made to fit
    rows["Files"] = [row for row in rows["Files"] if row["Path"] != conf.name]
    for file in (conf, base / "standby.signal", base / "recovery.signal"):
        file.touch()
        rows["Files"].append({"Path": file.name, "Size": file.stat().st_size, "Checksum-Algorithm": "SHA256",
                              "Checksum": sha256(file.read_bytes()).hexdigest()})  # fmt: skip
    del rows["Manifest-Checksum"]
    text = json.dumps(rows)[:-1] + ", "
    listed.write_text(f'{text}"Manifest-Checksum": "{sha256(text.encode()).hexdigest()}"}}')
    assert list(whole.faults(base, tools)) == []
    assert refused(made, to).endswith("is not whole: backup_manifest or the WAL in it was altered")
    manifest.write(made, replace(told, base=whole.digest(base)))
    assert ": its seal is not of this key ring, or it was altered. What was put" in refused(made, to)
    manifest.write(made, replace(told, base=whole.digest(base), seal=""))
    assert "is not proved to be as it was taken: it has no seal. What was put" in refused(made, to)
    assert (to.exists(), marker.exists()) == (False, False)

    monkeypatch.setattr(aside, "WAIT_S_MIN", 20)
    monkeypatch.setattr(aside, "SLOWEST", 2**30)
    monkeypatch.setattr(restoring, "_verified", lambda *_: ({"ok": True}, "asked elsewhere"))
    found = restoring.restore(made, to, None, None, RING, settings, tools, unproved=True)
    assert (found.doubt, found.archived, marker.exists()) == ("it has no seal", 0, False)
    assert [(found.home / "data" / name).exists() for name in ("standby.signal", "recovery.signal")] == [False, False]
    assert (found.home / "data" / conf.name).read_bytes() == b""

    conf.write_bytes(kept[0])
    listed.write_bytes(kept[1])
    for name in ("standby.signal", "recovery.signal"):
        (base / name).unlink()
    manifest.write(made, told)
    (made / "backup.json.new").symlink_to(victim / "secret")
    with restoring.rehearsed(made, RING, settings, tools, None) as found:
        there = backups / ".unfinished-rehearsal"
        assert (found.doubt, there.is_dir(), list(there.rglob("key-ring"))) == ("", True, [])
        (there / "postgres" / "location").write_text(str(victim))
        taking.note_proof(made, found.told, RING, {"ok": True})
    assert [one.read_text() for one in victim.iterdir()] == ["root's\n"]
    assert (victim / "secret").stat().st_uid == os.getuid()
    other = "2:" + base64.b64encode(bytes(32)).decode()
    doubts = [sealing.doubt(manifest.read(made), ring) for ring in (RING, f"{other},{RING}", other)]
    assert doubts == ["", "", "its seal is not of this key ring, or it was altered"]


def test_a_link_is_given_away_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (link := tmp_path / "link").symlink_to("nowhere")
    Account(os.getuid(), os.getgid(), "me", other=True).own(link)
    assert link.is_symlink()


def test_a_server_that_never_recovers_is_not_waited_for(tmp_path: Path) -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(EdgeError, match="has not recovered within 0 s"):
            aside._wait(child, aside.Aside(tmp_path, "yifen"), tmp_path / "log", 0.3)
    finally:
        child.kill()
        child.wait()
    assert aside.wait_s_max(600 * 2**20) == 1200


async def charged(place: Installation, gateway: Gateway, count: int) -> set[str]:
    """So many more, acknowledged."""
    async with Door(gateway.url) as door:
        load = Load([door], place.bills)
        load.start(4)
        await load.until(count)
        await load.stop()
    return set(load.booked())


def serials(folder: Path) -> set[str]:
    """What an installation restored there has, as its own start finds it."""
    with EmbeddedPostgres(folder / "postgres") as server, psycopg.connect(server.url(OWNER, "yifen")) as conn:
        return {serial for (serial,) in conn.execute("SELECT serial FROM payment").fetchall()}


def test_backup_loss_and_restore(place: Installation) -> None:
    backups, secrets = place.backups, place.top / "safe" / "yifen.env"
    with place.followed(), Gateway(place.database.environment(GATEWAY)) as gateway:
        before = asyncio.run(charged(place, gateway, 60))
        done = place.yifen("backup", "--to", backups, "--secrets", secrets)
        assert (done.returncode, done.stderr.count("note: ")) == (0, 2), done.stderr
        assert f"note: {secrets} is on the disk of the backups; who has that disk has both" in done.stderr
        until = asyncio.run(charged(place, gateway, 40))
        time.sleep(0.02)
        between = datetime.now(UTC)
        time.sleep(0.02)
        after = asyncio.run(charged(place, gateway, 30))
    [made] = manifest.backups(backups)
    told = manifest.read(made)
    assert (told.embedded, told.buckets, told.keys, told.database) == (True, 2, [1], "yifen")
    assert told.last_payment
    assert told.last_payment["serial"] in before
    assert secrets.stat().st_mode & 0o777 == 0o600
    everything = b"".join(file.read_bytes() for file in (made, backups) for file in file.glob("*.json"))
    ring = secrets.read_text().partition("YIFEN_KEY_RING=")[2].split()[0].partition(":")[2]
    assert ring.encode() not in everything
    place.lose()

    def restored(name: str, *words: object) -> subprocess.CompletedProcess[str]:
        words = ("restore", made, "--to", place.top / name, "--secrets", secrets, *words)
        return place.yifen(*words, YIFEN_DATA=str(place.top / "elsewhere"))

    done = place.yifen("restore", made, YIFEN_DATA=str(place.top / "elsewhere"))
    assert (done.returncode, done.stderr) == (0, "")
    first, last = re.findall(r" {2}最[早晚] \w+ +(\S+) 中国时间 China's time \((\S+)\)", done.stdout)
    assert [datetime.fromisoformat(at).replace(tzinfo=ZONE) for at, _ in (first, last)] == [
        datetime.fromisoformat(utc) for _, utc in (first, last)]  # fmt: skip
    assert datetime.fromisoformat(first[1]) == told.ended
    assert between < datetime.fromisoformat(last[1])
    assert not (place.top / "elsewhere").exists()
    done = restored("too-late", "--until", datetime.now(UTC).isoformat())
    assert (done.returncode, "晚于所留的 WAL is after the WAL that was kept" in done.stderr) == (1, True), done.stderr

    done = restored("until", "--until", between.isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    here = between.astimezone(ZONE).replace(tzinfo=None).isoformat()
    assert f", until {here} 中国时间 China's time ({between.replace(tzinfo=None).isoformat()}Z)\n" in done.stdout
    said = done.stdout.splitlines()
    assert next(line for line in said if line.startswith("verify: ")).endswith("the books are as they were sealed")
    assert "partners may hold answers that it does not" in done.stdout
    started = f"YIFEN_DATA={place.top}/until YIFEN_BUCKETS=2 ./yifen"
    assert [line for line in said if started in line] == [
        f"  2. {started} reconcile FILE --partner P", f"  3. {started} verify --anchor FILE",
        f"  4. {started} worker", f"  5. {started} serve", f"     {started} web"]  # fmt: skip
    assert serials(place.top / "until") == before | until
    done = restored("end")
    assert done.returncode == 0, done.stdout + done.stderr
    assert serials(place.top / "end") == before | until | after
    assert any(f"the last payment in it: {serial} of" in done.stdout for serial in after)
    assert "files of WAL after the base have no seal" in done.stdout
    assert "NOT PROVED" not in done.stdout
    if ALL:  # the same restore a third time, of a backup without a seal
        manifest.write(made, replace(told, seal=""))  # as before there were seals
        done = restored("unproved", "--unproved", "--until", last[0])  # the last moment that can be asked for
        assert (done.returncode, "NOT PROVED: it has no seal. " in done.stdout) == (0, True), done.stdout + done.stderr
        assert len(serials(place.top / "unproved")) >= len(before | until | after) - 8  # but for the last batches
        manifest.write(made, told)

    # --- and its other side -----------------------------------------------------------------------
    assert refused(made, place.top / "end").endswith("a restore never writes over anything, name a folder that is not")
    assert refused(made, place.top / "early", datetime(2026, 1, 1, tzinfo=UTC)).endswith("take an older one")
    late = refused(made, place.top / "late", datetime.now(UTC))
    assert "ends before that moment; its last transaction is of " in late
    assert not (place.top / "late").exists()  # half a database is none
    assert "there is no WAL beside this backup" in refused(made, place.top / "none", datetime.now(UTC), wal=None)
    (made / "base" / "PG_VERSION").write_text("17\n")
    assert refused(made, place.top / "none").endswith("is not whole: PG_VERSION was altered")
    (made / "base" / "backup_label").unlink()
    assert "backup_label cannot be read: No such file or directory" in refused(made, place.top / "none")
    (made / "backup.json").unlink()
    assert refused(made, place.top / "none").endswith("is no backup, or was never finished: it has no backup.json")
    assert (manifest.backups(backups), (place.top / "none").exists()) == ([], False)


def refused(backup: Path, to: Path, until: datetime | None = None, wal: Path | None = Path("wal")) -> str:
    """Why it is not restored; `wal`: beside the backup, or None."""
    settings = read_settings({})
    with pytest.raises(EdgeError) as caught:
        restoring.restore(backup, to, until, wal and backup.parent / "wal", RING, settings, programs(settings))
    return str(caught.value)
