"""The database's machine dies under load and its synchronous standby takes over: no acknowledged payment is lost,
and the gateway goes on by itself."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.cluster import IN_FOLDER, cluster_of, migrated
from tests.running import Gateway
from tests.torture.test_kill import Place, check, loaded, settle
from tests.torture.traffic import Door, committed, owe_many
from yifen.core.embedded.binaries import wanted_folder
from yifen.core.embedded.cluster import cluster_in
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import GATEWAY

pytestmark = pytest.mark.timeout(240)


@contextmanager
def standby_of(primary: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """As the guide in docs/operations.md makes it."""
    with TemporaryDirectory(prefix="yifen-test-") as name:
        Path(name).chmod(0o755)
        cluster = cluster_in(Path(name) / "standby")
        words = ("--write-recovery-conf", "--checkpoint=fast", f"--dbname={primary.url('postgres', 'postgres')}")
        subprocess.run([wanted_folder() / "pg_basebackup", f"--pgdata={cluster.data}", *words], check=True)
        shutil.copy(primary.home / "passwords.json", cluster.home)
        for path in (cluster.data, *cluster.data.rglob("*")):
            cluster.account.own(path)
        with EmbeddedPostgres(Path(name) / "standby", settings=IN_FOLDER | {"shared_buffers": "64MB"}) as server:
            yield server


async def fail_over(place: Place, standby: EmbeddedPostgres) -> float:
    """Seconds from the death of the one to the next acknowledged charge."""
    async with loaded(place) as load, Door(place.gateway.url) as door:
        await asyncio.to_thread(place.server.kill)
        died = time.monotonic()
        with psycopg.connect(standby.url("postgres", "postgres"), autocommit=True) as conn:
            assert conn.execute("SELECT pg_promote()").fetchone() == (True,)
        await load.until(1)
        took = time.monotonic() - died
        await load.until(100)
        await load.stop()
        await settle(door, load)
    check(place, [load])
    return took


def test_a_promoted_standby_has_every_acknowledged_payment(capsys: pytest.CaptureFixture[str]) -> None:
    with cluster_of({"shared_buffers": "64MB"}) as primary:
        database = migrated(primary, "yifen", buckets=2)
        with committed(database) as world:
            bills = owe_many(world, 5000)
        with standby_of(primary) as standby:
            with psycopg.connect(primary.url("postgres", "postgres"), autocommit=True) as conn:
                conn.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                conn.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
                conn.execute("SELECT pg_reload_conf()")
                asked = "SELECT sync_state FROM pg_stat_replication"
                while conn.execute(asked).fetchall() != [("sync",)]:
                    time.sleep(0.05)
            here, there = (f"127.0.0.1:{server.port}" for server in (primary, standby))
            both = database.url(GATEWAY).replace(here, f"{here},{there}") + "?target_session_attrs=read-write"
            with Gateway(database.environment(GATEWAY, YIFEN_DATABASE_URL=both)) as gateway:
                promoted = database._replace(
                    app_url=database.app_url.replace(here, there), owner_url=database.owner_url.replace(here, there))
                took = asyncio.run(fail_over(Place(primary, promoted, gateway, iter(bills)), standby))
    with capsys.disabled():
        print(f" [acknowledged again {took:.1f} s after the death of the primary] ", end="")
