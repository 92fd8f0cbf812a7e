"""Kinds of databases: by which driver, how a connection is made behind the wall, what is said before a transaction, how
a call is cut off. PostgreSQL, MariaDB and MySQL, SQLite are tried by our tests; the others are extras."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from os import dup
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.connector.address import FILE, SourceAddress, SourceLogin
from yifen.trades.connector.codes import ConnectorCode

Connect = Callable[[SourceAddress, SourceLogin, str, float], Any]
FOUND_ROWS = 2  # of MySQL: an UPDATE tells the rows it found, also those that were so before
_DENIED = sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH


class DatabaseKind(NamedTuple):
    """`dialect`: of SQLAlchemy; `module`: its driver; `connect(address, login, where, wait_s)`: a connection of the
    driver, `where`: the checked address, or the file. `reading`, `writing`: said first in each transaction, by `;`
    apart, with {ms} and {s}. Two writers of one serial meet in SERIALIZABLE: one of them is refused and asks again."""

    title: Text
    dialect: str
    module: str
    port: int
    connect: Connect
    cut: Callable[[Any], None]
    reading: str
    writing: str

    def driver(self) -> Any:
        """Refused: DRIVER_MISSING."""
        try:
            if self.dialect.startswith("ibm"):
                import_module(self.dialect)
            return import_module(self.module)
        except ImportError:
            raise Refused(ConnectorCode.DRIVER_MISSING, "kind", self.module) from None


def _postgresql(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    import psycopg

    return psycopg.connect(
        host=address.host, hostaddr=where, port=address.port, dbname=address.database, user=login.user,
        password=login.password, connect_timeout=max(2, round(wait_s)), application_name="yifen",
        sslmode="require" if address.tls else "prefer")  # fmt: skip


def _mysql(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    pymysql = import_module("pymysql")
    made = pymysql.connect(
        host=address.host, user=login.user, password=login.password, database=address.database, charset="utf8mb4",
        read_timeout=wait_s + 1, write_timeout=wait_s + 1, defer_connect=True, ssl={} if address.tls else None,
        client_flag=FOUND_ROWS)  # fmt: skip
    way = socket.create_connection((where, address.port), wait_s)
    way.settimeout(wait_s + 1)
    try:
        made.connect(way)
    except BaseException:
        way.close()
        raise
    return made


def _sqlite(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    mode = "rw" if login.writes else "ro"
    made = sqlite3.connect(f"file:{quote(where)}?mode={mode}", uri=True, timeout=wait_s, isolation_level=None,
                           check_same_thread=False)  # fmt: skip
    made.text_factory = bytes  # of whatever code page
    made.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action in _DENIED else sqlite3.SQLITE_OK)
    return made


def _mssql(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    return import_module("pymssql").connect(
        server=where, port=str(address.port), user=login.user, password=login.password, database=address.database,
        login_timeout=max(2, round(wait_s)), timeout=max(1, round(wait_s)), charset="UTF-8", appname="yifen")


def _oracle(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    made = import_module("oracledb").connect(
        user=login.user, password=login.password, host=where, port=address.port, service_name=address.database,
        tcp_connect_timeout=wait_s, protocol="tcps" if address.tls else "tcp")
    made.call_timeout = round(1000 * wait_s)
    return made


def _db2(address: SourceAddress, login: SourceLogin, where: str, wait_s: float) -> Any:
    parts = {"DATABASE": address.database, "HOSTNAME": where, "PORT": address.port, "PROTOCOL": "TCPIP",
             "UID": login.user, "PWD": login.password, "ConnectTimeout": max(2, round(wait_s)),
             **({"Security": "SSL"} if address.tls else {})}  # fmt: skip
    if any(";" in str(value) for value in parts.values()):
        raise Refused(Code.INPUT_INVALID, "password", ";")
    return import_module("ibm_db_dbi").connect("".join(f"{name}={value};" for name, value in parts.items()), "", "")


def _shut(descriptor: int) -> None:
    """The line itself: whoever waits on it wakes."""
    with closing(socket.socket(fileno=dup(descriptor))) as line:
        line.shutdown(socket.SHUT_RDWR)


_SQL = queries(__package__)
KINDS: dict[str, DatabaseKind] = {
    "postgresql": DatabaseKind(
        Text("PostgreSQL", "PostgreSQL"), "postgresql+psycopg", "psycopg", 5432, _postgresql,
        lambda conn: _shut(conn.pgconn.socket), _SQL["postgresql_reading"], _SQL["postgresql_writing"]),
    "mysql": DatabaseKind(
        Text("MariaDB、MySQL", "MariaDB, MySQL"), "mysql+pymysql", "pymysql", 3306, _mysql,
        lambda conn: conn._sock.shutdown(socket.SHUT_RDWR), _SQL["mysql_reading"], _SQL["mysql_writing"]),
    "sqlite": DatabaseKind(
        Text("SQLite（本机文件）", "SQLite (a file here)"), "sqlite", "sqlite3", 0, _sqlite,
        lambda conn: conn.interrupt(), _SQL["sqlite_reading"], _SQL["sqlite_writing"]),
    "mssql": DatabaseKind(
        Text("SQL Server", "SQL Server"), "mssql+pymssql", "pymssql", 1433, _mssql,
        lambda conn: conn.close(), _SQL["mssql_reading"], _SQL["mssql_writing"]),
    "oracle": DatabaseKind(
        Text("Oracle", "Oracle"), "oracle+oracledb", "oracledb", 1521, _oracle,
        lambda conn: conn.cancel(), _SQL["oracle_reading"], _SQL["oracle_writing"]),
    "db2": DatabaseKind(
        Text("DB2", "DB2"), "ibm_db_sa", "ibm_db_dbi", 50000, _db2,
        lambda conn: conn.close(), _SQL["db2_reading"], _SQL["db2_writing"]),
}  # fmt: skip


def file_of(folder: Path, name: str) -> Path:
    """A database that is a file lies in one folder of ours, and nowhere else. Refused: INPUT_INVALID."""
    if FILE.fullmatch(name) is None:
        raise Refused(Code.INPUT_INVALID, "database", "*.db")
    return folder / name
