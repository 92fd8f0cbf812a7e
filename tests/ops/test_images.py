"""The image and compose.yaml: linted, closed, and their commands run here without Docker."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests.cluster import IN_FOLDER
from tests.conftest import RING, ROOT
from tests.running import port_of_ours
from tests.world import Database
from yifen.core.embedded.binaries import wanted_folder
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import EVERYONE, GATEWAY, OWNER, READER
from yifen.core.facts.settings import SETTINGS
from yifen.tools.cli.main import parser_of

DOCKER = ROOT / "ops" / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "postgres"}
pytestmark = pytest.mark.timeout(240)


def secrets_of(service: dict[str, Any]) -> dict[str, str]:
    """File in the container → secret."""
    return {one["target"]: one["source"] for one in service.get("secrets", ())}


def test_the_dockerfile_has_no_fault_and_does_not_run_as_root() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, DOCKER / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    told = [line for line in lines if line.startswith(("FROM ", "USER "))]
    assert told == ["FROM python:3.11-slim", "USER 10001:10001"]
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    kept = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    assert kept[0] == "*"
    assert {line[1:] for line in kept if line.startswith("!")} == set(copied)
    assert all((ROOT / name).exists() for name in copied)


def test_every_service_of_ours_is_closed_and_has_secrets_as_files() -> None:
    assert set(OURS) == {"migrate", "gateway", "web", "worker", "night", "pos", "wal", "backup"}
    assert {service["image"] for service in SERVICES.values()} == {"yifen", "postgres:18"}
    known = {row.name for row in SETTINGS}
    for service in OURS.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert (service["security_opt"], service.get("privileged")) == (["no-new-privileges:true"], None)
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        parser_of(service["command"][0]).parse_args(service["command"])
        assert set(service["environment"]) | set(secrets_of(service)) <= known
        assert not [name for name in service["environment"] if "URL" in name or "KEY" in name]
    wanted = {name: secrets_of(service).get("YIFEN_DATABASE_URL") for name, service in OURS.items()}
    assert {name: role for name, role in wanted.items() if role} == {
        "gateway": "yifen_gateway", "web": "yifen_web", "worker": "yifen_worker", "night": "yifen_night",
        "pos": "yifen_pos"}  # fmt: skip
    stay = [name for name, service in OURS.items() if "YIFEN_OWNER_URL" in secrets_of(service)]
    assert stay == ["migrate", "wal", "backup"]
    files = {name: Path(secret["file"]).name for name, secret in COMPOSE["secrets"].items()}
    assert set(files) == set(files.values()) == {"postgres", "key_ring", "yifen_backup", READER, OWNER, *EVERYONE}


@contextmanager
def ran(name: str, secrets: Path, tmp: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command of a service as its entrypoint runs it; what stands in `secrets` is what Docker would mount."""
    service, mounted = OURS[name], tmp / f"{name}-secrets"
    mounted.mkdir()
    for target, source in secrets_of(service).items():
        shutil.copy(secrets / source, mounted / target)
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"),
           "YIFEN_DATA": str(tmp / "data"), "SECRETS_FOLDER": str(mounted)}  # fmt: skip
    env |= service["environment"] | more | {"YIFEN_WEB_ORIGIN": ""}
    words = [word.replace("/backup", str(tmp / "backups")) for word in service["command"]]
    with (tmp / f"{name}.log").open("wb") as log:
        child = subprocess.Popen(["/bin/sh", str(DOCKER / "entrypoint.sh"), *words], env=env, cwd=tmp,
                                 stdout=log, stderr=log)  # fmt: skip
        try:
            yield child
        finally:
            child.terminate()
            child.wait(60)


def is_well(name: str, port: int, child: subprocess.Popen[bytes], tmp: Path) -> None:
    """By the service's own health check."""
    _, _, *words = OURS[name]["healthcheck"]["test"]
    words[-1] = re.sub(r"(127\.0\.0\.1(?::|', ))\d+", rf"\g<1>{port}", words[-1])
    until = time.monotonic() + 30
    while subprocess.run([sys.executable, *words], stderr=subprocess.DEVNULL).returncode:
        assert child.poll() is None, (tmp / f"{name}.log").read_text()
        assert time.monotonic() < until, (tmp / f"{name}.log").read_text()
        time.sleep(0.1)


def test_the_gateway_of_the_image_is_ready(database: Database, tmp_path: Path) -> None:
    (tmp_path / GATEWAY).write_text(database.url(GATEWAY) + "\n")
    (tmp_path / "key_ring").write_text(RING)
    port = port_of_ours(tmp_path / "port")
    with ran("gateway", tmp_path, tmp_path, YIFEN_PORT=str(port), YIFEN_BUCKETS=str(database.buckets)) as child:
        is_well("gateway", port, child, tmp_path)


def test_the_whole_compose_on_a_server_of_its_own(tmp_path: Path) -> None:
    """Roles by `roles.sh`, secrets by `secrets.sh`, then every service in its order."""
    tmp_path.chmod(0o755)
    shutil.copy(DOCKER / "secrets.sh", tmp_path)
    assert subprocess.run(["sh", tmp_path / "secrets.sh"]).returncode == 0
    assert subprocess.run(["sh", tmp_path / "secrets.sh"], capture_output=True).returncode == 1
    secrets = tmp_path / "secrets"
    with EmbeddedPostgres(tmp_path / "server", settings=IN_FOLDER | {"max_connections": "200"}) as server:
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as conn:
            conn.execute("DROP DATABASE yifen")
            for role in (OWNER, READER, *EVERYONE):
                conn.execute(f"DROP ROLE {role}")
        word = server.url("postgres", "postgres").partition("//postgres:")[2].partition("@")[0]
        env = {"PATH": f"{wanted_folder()}:{os.environ['PATH']}", "POSTGRES_USER": "postgres", "PGHOST": "127.0.0.1",
               "PGPORT": str(server.port), "PGPASSWORD": word, "SECRETS_FOLDER": str(secrets)}  # fmt: skip
        done = subprocess.run(["sh", DOCKER / "roles.sh"], env=env, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        for file in secrets.glob("yifen_*"):
            file.chmod(0o600)
            file.write_text(file.read_text().replace("@postgres:5432", f"@127.0.0.1:{server.port}"))
        with ran("migrate", secrets, tmp_path) as child:
            assert child.wait(120) == 0, (tmp_path / "migrate.log").read_text()
        ports = {"YIFEN_PORT": str(port_of_ours(tmp_path / "p1")), "YIFEN_WEB_PORT": str(port_of_ours(tmp_path / "p2")),
                 "YIFEN_POS_PORT": str(port_of_ours(tmp_path / "p3"))}
        with (
            ran("wal", secrets, tmp_path) as wal, ran("gateway", secrets, tmp_path, **ports) as gateway,
            ran("web", secrets, tmp_path, **ports) as web, ran("worker", secrets, tmp_path) as worker,
            ran("night", secrets, tmp_path) as night, ran("pos", secrets, tmp_path, **ports) as pos,
        ):  # fmt: skip
            is_well("gateway", int(ports["YIFEN_PORT"]), gateway, tmp_path)
            is_well("web", int(ports["YIFEN_WEB_PORT"]), web, tmp_path)
            is_well("pos", int(ports["YIFEN_POS_PORT"]), pos, tmp_path)
            with ran("backup", secrets, tmp_path) as child:
                assert child.wait(120) == 0, (tmp_path / "backup.log").read_text()
            assert (tmp_path / "backups" / "wal").is_dir()
            assert [one.poll() for one in (wal, worker, night)] == [None, None, None]
        verified = subprocess.run(
            [sys.executable, "-m", "yifen", "verify"], capture_output=True, text=True,
            env=env | {"PYTHONPATH": str(ROOT / "src"), "YIFEN_DATA": str(tmp_path / "data"), "YIFEN_BUCKETS": "4",
                       "YIFEN_OWNER_URL": (secrets / OWNER).read_text(),
                       "YIFEN_KEY_RING": (secrets / "key_ring").read_text()})  # fmt: skip
        assert verified.returncode == 0, verified.stdout
