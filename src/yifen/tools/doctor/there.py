"""What `doctor` looks at in the database: who we are there, its tables, its workers, what the key ring opens."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from yifen.core import runtime
from yifen.core.connecting import LINE
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.plug import SealedColumn, Text
from yifen.core.facts.processes import EVERYONE, OWNER
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import PlugError, plugs
from yifen.core.standing import NOT_MIGRATED
from yifen.tools.doctor import messages, saved, server
from yifen.tools.doctor.symptom import Symptom, care, fault, well

DATABASE, TABLES, ROLES = Text("数据库", "database"), Text("表结构", "tables"), Text("进程角色", "roles of processes")
LINE_TLS, SEALED = Text("连接加密", "line to the database"), Text("密文", "what is sealed")
MONTHS = Text("归档", "archive of months")
WORKERS, FAILED, PEOPLE = Text("后台进程", "workers"), Text("失败作业", "failed jobs"), Text("管理员", "administrators")
SEE = Text("见 docs/operations.md“When something is wrong”", "see docs/operations.md, When something is wrong")
VERSION_MIN = 150_000
LOCAL = ("", "localhost", "127.0.0.1", "::1")
_SQL = queries(__package__)


def looked_at(
    settings: Settings, url: str, role: str, ring: KeyRing | None, now: datetime
) -> Iterator[Symptom]:
    """Everything of the database at this address, as the process of this role or the owner comes there."""
    only_read = "-c default_transaction_read_only=on"
    try:
        conn = psycopg.connect(url, autocommit=True, options=only_read, **LINE)  # type: ignore[arg-type]
    except psycopg.Error as error:
        yield fault(DATABASE, str(error).strip().replace("\n", "; ")[:300], Text(
            "数据库是否在运行、地址和口令是否正确、pg_hba.conf 是否放行",
            "does it run, are address and password right, does pg_hba.conf let us in?"))  # fmt: skip
        return
    with conn:
        yield _version(conn.info)
        yield from _line(conn)
        yield from server.settings_of(conn)
        yield from server.facts_of(conn, now)
        yield from saved.archive_of(conn)
        yield from _roles(conn)
        try:
            runtime.require_migrated(settings, runtime.Database(url), role)
        except (runtime.EdgeError, PlugError) as error:
            yield fault(TABLES, str(error), _cure(str(error), role))
            return
        yield well(TABLES, f"{role}, {settings.buckets} buckets")
        yield from _work(conn)
        yield from _months(conn)
        yield from messages.looked_at(conn, settings)
        if role == OWNER:
            yield from _kept(conn, ring)


def _cure(said: str, role: str) -> Text:
    """Of what keeps every process from starting."""
    if said == NOT_MIGRATED:
        return Text("运行 ./yifen migrate", "run ./yifen migrate")
    if said.startswith(BUCKETS_CHANGED.partition("{")[0]):
        return Text("把 YIFEN_BUCKETS 改回建库时的数", "set YIFEN_BUCKETS back to what the database was made with")
    if said.startswith("YIFEN_DATABASE_URL"):
        return Text(f"改用 {role} 的地址", f"give it the address of {role}")
    return SEE


def _version(info: psycopg.ConnectionInfo) -> Symptom:
    number = info.server_version
    said = f"{info.host or 'local'}:{info.port}/{info.dbname}, PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < VERSION_MIN:
        return fault(DATABASE, said, Text("需要 PostgreSQL 15 或更新版本", "PostgreSQL 15 or newer is needed"))
    return well(DATABASE, said)


def _line(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    host = conn.info.host or ""
    if host in LOCAL or host.startswith("/"):
        return
    yield well(LINE_TLS, "TLS") if conn.pgconn.ssl_in_use else fault(LINE_TLS, host, Text(
        "口令和姓名在网上明文传输：地址加 ?sslmode=verify-full",
        "names and secrets pass in the clear: add ?sslmode=verify-full to the address"))  # fmt: skip


def _roles(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    wanted = [*EVERYONE, OWNER]
    there = {name for (name,) in conn.execute(_SQL["roles"], [wanted]).fetchall()}
    if lacking := [name for name in wanted if name not in there]:
        made = "; ".join(f"CREATE ROLE {name} LOGIN" for name in lacking)
        yield fault(ROLES, ", ".join(lacking), Text(f"{made}，然后 ./yifen migrate", f"{made}, then ./yifen migrate"))


def _work(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    try:
        alive, failed = conn.execute(_SQL["jobs"]).fetchone() or (0, 0)
    except psycopg.errors.InsufficientPrivilege:
        return  # the gateway's: jobs are no business of it
    yield well(WORKERS, str(alive)) if alive else care(WORKERS, "0", Text(
        "没有后台进程：未决缴费无人查询，日终不会运行。启动 ./yifen worker",
        "none at work: nothing undecided is asked, no night runs. Start ./yifen worker"))  # fmt: skip
    if failed:
        yield care(FAILED, str(failed), Text("见管理台“失败作业”", "see the console's list of failed jobs"))


def _months(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    """One whose way out was broken off: nothing of it is refunded meanwhile, and it may stand in no file."""
    if begun := [str(number) for (number,) in conn.execute(_SQL["months_begun"]).fetchall()]:
        yield care(MONTHS, ", ".join(begun), Text(
            "归档中断：再次运行 ./yifen archive 编号 --to 文件夹，或用 --back 恢复",
            "broken off: ask ./yifen archive NUMBER --to FOLDER again, or bring it back by --back"))  # fmt: skip


def _kept(conn: psycopg.Connection[Any], ring: KeyRing | None) -> Iterator[Symptom]:
    """What the owner alone may read: who could decide, and what is sealed."""
    people = (conn.execute(_SQL["administrators"]).fetchone() or (0,))[0]
    yield well(PEOPLE, str(people)) if people > 1 else care(PEOPLE, str(people), Text(
        "复核须两人：再建一名平台管理员", "two must decide: make another platform administrator"))  # fmt: skip
    versions = ring.versions if ring else []
    lost = []
    for table, column in _sealed():
        names = {"table": sql.Identifier(table), "column": sql.Identifier(column.column)}
        asked = sql.SQL(_SQL["sealed"]).format(**names, when=sql.SQL(column.when))
        if count := (conn.execute(asked, [versions]).fetchone() or (0,))[0]:
            lost.append(f"{table}.{column.column}: {count}")
    yield well(SEALED, f"{versions}") if not lost else fault(SEALED, "; ".join(lost), Text(
        "密钥环缺少封存它们的密钥：从备份取回",
        "the ring lacks the key that sealed them: bring it back from the backup"))  # fmt: skip


def _sealed() -> Iterator[tuple[str, SealedColumn]]:
    """Keys and credentials; names and account numbers are as many as the payments."""
    for table in (table for plug in plugs() for table in plug.tables):
        yield from ((table.name, column) for column in table.sealed if not column.again)
