"""Broken installations: `doctor` names what is wrong with each, and the cure."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from threading import Thread

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import RING, ROOT, NewProvince
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import GATEWAY, OWNER, WORKER
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings, read_settings
from yifen.tools.backup import manifest
from yifen.tools.doctor import command as doctor
from yifen.tools.doctor import here, messages, saved, there
from yifen.tools.doctor.symptom import Level, Symptom

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def settings(**given: str) -> Settings:
    return read_settings({f"YIFEN_{name.upper()}": value for name, value in given.items()})


def told(findings: Iterator[Symptom]) -> list[tuple[str, str, str]]:
    """(level, what, found) of what is not well; each has its cure in both languages."""
    wrong = [one for one in findings if one.level is not Level.OK]
    assert all(one.cure and one.cure.zh and one.cure.en for one in wrong)
    return [(one.level.value.en, one.what.en, one.found) for one in wrong]


def told_here(folder: Path, free: int = 2**39, **given: str) -> list[tuple[str, str, str]]:
    return told(here.looked_at(settings(**given), folder, NOW, lambda _: (2**40, 2**40 - free, free)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in order, with its ring."""
    made = tmp_path / "var"
    made.mkdir(0o700)
    (made / "key-ring").write_text(RING)
    (made / "key-ring").chmod(0o600)
    return made


def test_one_in_order_has_nothing_to_say(folder: Path) -> None:
    assert told_here(folder) == []
    assert told_here(folder, key_ring=RING, web_origin="") == []


def test_folders_rings_and_disks(folder: Path) -> None:
    ring = folder / "key-ring"
    ring.chmod(0o640)
    assert told_here(folder) == [("fault", "key ring", f"{ring}: 640")]
    ring.write_text("1:short")
    ring.chmod(0o600)
    assert [row[:2] for row in told_here(folder)] == [("fault", "key ring")]
    ring.unlink()
    assert told_here(folder) == [("care", "key ring", f"{ring}: -")]
    assert not ring.exists()
    folder.chmod(0o755)
    assert told_here(folder, key_ring=RING) == [("fault", "data folder", f"{folder}: 755")]
    folder.chmod(0o711)  # root's: PostgreSQL passes through as another account
    assert told_here(folder, key_ring=RING) == []
    for free, level in ((2**30 - 1, "fault"), (4 * 2**30, "care"), (90 * 2**30, "care"), (200 * 2**30, "")):
        assert [row[:2] for row in told_here(folder, free, key_ring=RING)] == ([(level, "disk")] if level else [])
    assert told_here(folder / "none", key_ring=RING) == [("care", "data folder", f"{folder}/none: -")]


@contextmanager
def shown(days: int) -> Iterator[int]:
    """A server of TLS whose certificate ends so many days after NOW."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOW - timedelta(900)).not_valid_after(NOW + timedelta(days))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with create_server(("127.0.0.1", 0)) as server:
        file = Path(f"/tmp/yifen-doctor-{server.getsockname()[1]}.pem")
        file.write_bytes(pem)
        context.load_cert_chain(file)
        file.unlink()

        def serve() -> None:
            line, _ = server.accept()
            with context.wrap_socket(line, server_side=True) as one:
                one.recv(1)

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_addresses_and_certificates(folder: Path) -> None:
    assert told_here(folder, web_origin="http://pay.example.cn") == [
        ("fault", "address of the pages", "http://pay.example.cn")]  # fmt: skip
    for days, level in ((-1, "fault"), (20, "care"), (60, "")):
        with shown(days) as port:
            said = told_here(folder, web_origin=f"https://127.0.0.1:{port}")
        until = f"127.0.0.1:{port}: {NOW + timedelta(days):%Y-%m-%d}"
        assert said == ([(level, "certificate", until)] if level else [])
    assert [row[:2] for row in told_here(folder, web_origin="https://127.0.0.1:9")] == [("care", "certificate")]
    assert told_here(folder, web_origin="https://127.0.0.1:9", pay_methods="simulated")[0] == (
        "fault", "pay methods", "YIFEN_PAY_METHODS=simulated")  # fmt: skip


def told_there(url: str, role: str = OWNER, ring: KeyRing | None = None, now: datetime | None = None,
               **given: str) -> list[tuple[str, str, str]]:  # fmt: skip
    """Without what is so of every server of the tests: no fsync, no archive, nobody at work."""
    usual = ("server setting", "archive and standby", "workers")
    found = there.looked_at(settings(**given), url, role, ring, now or datetime.now(UTC))
    return [row for row in told(found) if row[1] not in usual]


def test_the_database_and_who_comes_there(shared_database: Database, cluster: EmbeddedPostgres) -> None:
    owner, gateway = shared_database.owner_url, shared_database.url(GATEWAY)
    ring = KeyRing.read(RING)
    assert told_there(owner, ring=ring) == [("care", "administrators", "0")]
    assert told_there(gateway, GATEWAY) == []
    assert [row[:2] for row in told_there("postgresql://nobody@127.0.0.1:9/none")] == [("fault", "database")]
    [(level, what, said)] = told_there(gateway, WORKER)
    assert (level, what) == ("fault", "tables")
    assert "comes as yifen_gateway: this process works as yifen_worker alone" in said
    [(level, what, said)] = told_there(owner, buckets="4")
    assert (level, what, "made with 1 buckets" in said) == ("fault", "tables", True)
    [(level, what, said)] = told_there(cluster.url(OWNER, "postgres"))
    assert (level, what, "run ./yifen migrate" in said) == ("fault", "tables", True)
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert [row[:2] for row in told_there(gateway, GATEWAY, now=later)] == [("fault", "clock")]


def test_settings_of_the_server_and_roles(shared_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    url = shared_database.url(GATEWAY)
    found = told(there.looked_at(settings(), url, GATEWAY, None, datetime.now(UTC)))
    graver = [row for row in found if row[:2] == ("fault", "server setting")]
    assert graver == [("fault", "server setting", "fsync = off"), ("fault", "server setting", "full_page_writes = off")]
    assert "archive_mode = off" in [row[2] for row in found]
    monkeypatch.setattr(there, "EVERYONE", (GATEWAY, "yifen_absent"))
    assert ("fault", "roles of processes", "yifen_absent") in told_there(url, GATEWAY)


def test_the_last_backup_and_the_archive(tmp_path: Path, shared_database: Database) -> None:
    folder = tmp_path / "backups"

    def said() -> list[tuple[str, str, str]]:
        return told(saved.looked_at(str(folder), NOW))

    assert told(saved.looked_at("", NOW)) == [("care", "backup", "YIFEN_BACKUPS")]
    assert said() == [("fault", "backup", f"{folder}: -")]
    for number, (hours, level) in enumerate(((26.1, "care"), (193, "fault"), (25, ""))):
        made = folder / f"2026112{number}T000000Z"
        made.mkdir(parents=True)
        facts = manifest.Manifest("0.1", 180004, "7", True, "yifen", 1, 1, "a.b", "", "", 1, "", "", "", 9, 2**31, [1])
        facts = replace(facts, ended_at=(NOW - timedelta(hours=hours)).isoformat())
        manifest.write(made, facts)
        assert said() == ([(level, "backup", f"{made.name}: {hours:.1f} h, 2.0 GiB")] if level else [])
    manifest.write(made, replace(facts, proved={"ok": False}))
    assert [row[:2] for row in said()] == [("fault", "backup")]
    (made / manifest.NAME).write_text("{")
    assert [row[:2] for row in said()] == [("fault", "backup")]
    with psycopg.connect(shared_database.super_url, autocommit=True) as conn:
        assert list(saved.archive_of(conn)) == []
        conn.execute("SELECT pg_create_physical_replication_slot('yifen_backup', true)")
        try:
            [(level, what, found)] = told(saved.archive_of(conn))
        finally:
            conn.execute("SELECT pg_drop_replication_slot('yifen_backup')")
    assert (level, what, found.endswith(" MiB, -")) == ("fault", "WAL archive", True)


def test_what_no_key_opens(new_province: NewProvince) -> None:
    url = new_province().database.owner_url
    assert told_there(url, ring=KeyRing.read(RING)) == []
    [(level, what, said)] = told_there(url, ring=KeyRing({2: b"2" * 32}))
    assert (level, what, "access_authenticator.sealed_key: " in said) == ("fault", "what is sealed", True)


def test_who_is_to_bring_sms_has_keys_and_knows_our_texts(shared_database: Database) -> None:
    def said(conn: psycopg.Connection, **given: str) -> list[tuple[str, str, str]]:
        return told(messages.looked_at(conn, settings(**given)))

    with psycopg.connect(shared_database.super_url) as conn:  # taken back at the end
        assert said(conn) == []
        assert said(conn, sms="aliyun") == [("fault", "SMS", "YIFEN_SMS=aliyun: -")]
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute("INSERT INTO message_carrier VALUES ('aliyun', '', '', false, 1), ('tencent', '', '', true, 1)")
        assert said(conn, sms="aliyun") == [("fault", "SMS", "YIFEN_SMS=aliyun: 0")]
        [(level, what, lacking)] = said(conn, sms="tencent")
        assert (level, what) == ("care", "texts of SMS")
        keys = lacking.removeprefix("YIFEN_SMS=tencent: ").split(", ")
        assert {"phone_check/sms/zh", "phone_check/sms/en"} <= set(keys)
        for key in keys:
            conn.execute("INSERT INTO message_template VALUES (%s, '', '', %s, 1)", [key, f"SMS_{key}"])
        assert said(conn, sms="tencent") == []
        conn.rollback()


@pytest.mark.parametrize(("name", "value", "said"), [
    ("YIFEN_MAIL_URL", "mail.example.cn", "YIFEN_MAIL_URL: not smtps://[user:password@]host[:port]"),
    ("YIFEN_MAIL_URL", "smtps://mail.example.cn", "YIFEN_MAIL_FROM: not an address such as"),
    ("YIFEN_SMS", "huawei", "YIFEN_SMS must be one of aliyun, tencent, or empty, not 'huawei'"),
], ids=["url", "from", "sms"])  # fmt: skip
def test_what_cannot_be_a_way_to_people_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    [one] = doctor.findings(OWNER)
    assert (one.level, one.found.startswith(said)) == (Level.FAULT, True), one.found


def test_the_command(shared_database: Database, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "yifen", "doctor", "--json"], capture_output=True, text=True,
                          env=shared_database.environment(OWNER, YIFEN_DATA=str(folder)))  # fmt: skip
    lines = done.stdout.splitlines()
    told_last = json.loads(lines[-1])
    assert (done.returncode, told_last["ok"]) == (1, False)
    assert "故障 fault  数据库参数 · server setting: fsync = off" in lines
    assert "    → an answer promises that it is on disk: ALTER SYSTEM SET fsync = 'on'" in lines
    assert next(one for one in told_last["findings"] if one["what"] == "administrators")["level"] == "care"
    empty = subprocess.run([sys.executable, "-m", "yifen", "doctor"], capture_output=True, text=True,
                           env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "YIFEN_BUKETS": "4",
                                "YIFEN_DATA": str(folder)})  # fmt: skip
    assert (empty.returncode, [line for line in empty.stdout.splitlines() if line.startswith("注意")]) == (1, [
        "注意 care   设置 · settings: YIFEN_BUKETS",
        "注意 care   备份 · backup: YIFEN_BACKUPS"])  # fmt: skip
    lines = empty.stdout.splitlines()
    assert lines[-3].startswith(f"故障 fault  数据库 · database: {folder}/postgres 没有数据库，本命令不会新建：")
    assert "make the embedded one by ./yifen migrate; was there one, ./yifen restore it" in lines[-1]
    assert not (folder / "postgres").exists()
    wrong = subprocess.run([sys.executable, "-m", "yifen", "doctor"], capture_output=True, text=True,
                           env=shared_database.environment(OWNER, YIFEN_BUCKETS="many"))  # fmt: skip
    assert (wrong.returncode, wrong.stdout.splitlines()[0]) == (
        1, "故障 fault  设置 · settings: YIFEN_BUCKETS must be a whole number from 1 to 1000, not 'many'")
