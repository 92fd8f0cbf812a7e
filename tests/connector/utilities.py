"""Utilities' own databases of the kinds that are here: SQLite, PostgreSQL (the suite's), MariaDB (a server of our own,
where Debian's `mariadb-server` is installed). Each with tables, two accounts, and what can happen to it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from yifen.trades.connector.address import SourceAddress

READER, WRITER, SECRET = "util_reader", "util_writer", "secret"
TABLES = (
    "CREATE TABLE customer (no VARCHAR(20) PRIMARY KEY, name VARCHAR(60) NOT NULL)",
    "CREATE TABLE bill (bill_no VARCHAR(40) PRIMARY KEY, customer_no VARCHAR(20) NOT NULL, period VARCHAR(40) NOT NULL,"
    " amount DECIMAL(12,2) NOT NULL, due_on CHAR(8), paid INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE receipt (serial VARCHAR(32) NOT NULL, customer_no VARCHAR(20) NOT NULL,"
    " amount DECIMAL(12,2) NOT NULL, paid_at {moment} NOT NULL, back_at {moment}, state CHAR(1) NOT NULL DEFAULT 'P')",
    "CREATE TABLE receipt_bill (serial VARCHAR(32) NOT NULL, bill_no VARCHAR(40) NOT NULL)",
)
MAPPING = """\
format = 1
[limits]
wait_s = 1
[customer]
sql = "SELECT name FROM customer WHERE no = :account"
name = "name"
[owed]
sql = "SELECT bill_no, period, amount, due_on FROM bill WHERE customer_no = :account AND paid = 0 ORDER BY bill_no"
bill = "bill_no"
title = "period"
due = "amount"
amounts = "yuan"
due_on = "due_on"
[paid]
sql = "SELECT amount, state FROM receipt WHERE serial = :serial"
amount = "amount"
amounts = "yuan"
back = "state"
back_is = ["R"]
[[pay]]
sql = "UPDATE bill SET paid = 1 WHERE bill_no = :bill AND paid = 0 AND amount = :bill_yuan"
each = "bill"
[[pay]]
sql = "INSERT INTO receipt_bill (serial, bill_no) VALUES (:serial, :bill)"
each = "bill"
[[pay]]
sql = "INSERT INTO receipt (serial, customer_no, amount, paid_at) VALUES (:serial, :account, :yuan, :at)"
[[back]]
sql = "UPDATE bill SET paid = 0 WHERE bill_no IN (SELECT bill_no FROM receipt_bill WHERE serial = :serial)"
rows = "any"
[[back]]
sql = "UPDATE receipt SET state = 'R', back_at = :at WHERE serial = :serial AND state = 'P'"
[day]
sql = '''SELECT serial, customer_no, amount, paid_at, back_at FROM receipt
WHERE (paid_at >= :since AND paid_at < :until) OR (back_at >= :since AND back_at < :until)'''
serial = "serial"
account = "customer_no"
amount = "amount"
amounts = "yuan"
at = "paid_at"
back_at = "back_at"
"""


class Relay:
    """A line between the hub and a server. `mode`: pass; refuse (closed at once); stall (nothing goes through)."""

    def __init__(self, port: int) -> None:
        self._to, self.mode = port, "pass"
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def set(self, mode: str) -> None:
        self.mode = mode
        if mode == "refuse":
            while self._lines:
                _shut(self._lines.pop())

    def close(self) -> None:
        _shut(self._door)
        self.set("refuse")

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self.mode == "refuse":
                _shut(near)
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._lines += [near, far]
            for here, there in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while piece := here.recv(65536):
                while self.mode == "stall":
                    time.sleep(0.01)
                there.sendall(piece)
        _shut(here)
        _shut(there)


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


class Utility:
    """One of them. `run`, `rows`: as its own administrator, past everything of ours."""

    kind = ""

    def __init__(self) -> None:
        self.relay: Relay | None = None
        self.bills = 0

    @property
    def address(self) -> SourceAddress:
        assert self.relay is not None
        return SourceAddress(
            kind=self.kind, host="127.0.0.1", port=self.relay.port, database=self.database, user=READER,
            password=SECRET, write_user=WRITER, write_password=SECRET)  # fmt: skip

    database = "util"
    mark = "%s"

    def connect(self) -> Any:
        raise NotImplementedError

    def run(self, sql: str, *values: Any) -> None:
        with closing(self.connect()) as conn:
            conn.cursor().execute(sql.replace("%s", self.mark), values)
            conn.commit()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as conn:
            cursor = conn.cursor()
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def owe(self, account: str, *fens: int, name: str = "欧阳小明") -> list[str]:
        """A customer and his bills, by their numbers."""
        made = []
        with closing(self.connect()) as conn:
            cursor = conn.cursor()
            cursor.execute(f"INSERT INTO customer VALUES ({self.mark}, {self.mark})", (account, name))
            for fen in fens:
                self.bills += 1
                made.append(f"B{self.bills:06d}")
                marks = ",".join([self.mark] * 5)
                cursor.execute(
                    f"INSERT INTO bill (bill_no, customer_no, period, amount, due_on) VALUES ({marks})",
                    (made[-1], account, "2026-11 水费", f"{fen // 100}.{fen % 100:02d}", "20261130"))
            conn.commit()
        return made

    def receipts(self) -> dict[str, int]:
        """Fen by serial, of what was not taken back; a serial twice is a fault of ours."""
        rows = self.rows("SELECT serial, amount FROM receipt WHERE state = 'P'")
        found = {serial: round(float(amount) * 100) for serial, amount in rows}
        assert len(found) == len(rows), "a serial was written twice"
        return found

    def paid_bills(self) -> int:
        return round(float(self.rows("SELECT coalesce(sum(amount), 0) FROM bill WHERE paid = 1")[0][0]) * 100)

    def away(self) -> None:
        assert self.relay is not None
        self.relay.set("refuse")

    def silent(self) -> None:
        assert self.relay is not None
        self.relay.set("stall")

    def back(self) -> None:
        assert self.relay is not None
        self.relay.set("pass")

    @contextmanager
    def holding(self, bill: str) -> Iterator[None]:
        """Somebody of theirs changes a bill and does not end."""
        with closing(self.connect()) as conn:
            conn.cursor().execute(f"UPDATE bill SET period = period WHERE bill_no = '{bill}'")
            yield
            conn.rollback()

    def close(self) -> None:
        if self.relay:
            self.relay.close()


class SqliteUtility(Utility):
    kind, mark = "sqlite", "?"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = folder / "util.db"
        for table in TABLES:
            self.run(table.format(moment="TEXT"))

    @property
    def address(self) -> SourceAddress:
        return SourceAddress(kind="sqlite", database=self.file.name)

    def connect(self) -> Any:
        return sqlite3.connect(self.file)

    def away(self) -> None:
        self.file.rename(self.file.with_suffix(".away"))

    silent = away

    def back(self) -> None:
        if self.file.with_suffix(".away").exists():
            self.file.with_suffix(".away").rename(self.file)


class PostgresUtility(Utility):
    kind = "postgresql"

    def __init__(self, beside: psycopg.Connection[Any], name: str) -> None:
        super().__init__()
        self._info, self.database, self._beside = beside.info, name, beside
        beside.execute(f"CREATE DATABASE {name}")
        self.relay = Relay(self._info.port)
        for table in TABLES:
            self.run(table.format(moment="timestamp"))
        for login, rights in ((READER, "SELECT"), (WRITER, "SELECT, INSERT, UPDATE")):
            with suppress(psycopg.errors.DuplicateObject):
                self.run(f"CREATE ROLE {login} LOGIN PASSWORD '{SECRET}'")
            self.run(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {login}")

    def connect(self) -> Any:
        return psycopg.connect(host="127.0.0.1", port=self._info.port, user=self._info.user, dbname=self.database,
                               password=self._info.password)  # fmt: skip

    def close(self) -> None:
        super().close()
        self._beside.execute(f"DROP DATABASE {self.database} WITH (FORCE)")


class MariaServer:
    """A server of its own in a folder that vanishes with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yifen-maria-"))
        owner = ["--user=root"] if os.geteuid() == 0 else []
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        data, said = self.folder / "data", subprocess.DEVNULL
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                   "--auth-root-authentication-method=normal", *owner]  # fmt: skip
        subprocess.run(install, check=True, stdout=said, stderr=said)
        self.process = subprocess.Popen(
            [shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", *owner,
             f"--socket={self.folder / 'sock'}", f"--port={self.port}", "--bind-address=127.0.0.1",
             f"--pid-file={self.folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin",
             "--innodb-buffer-pool-size=32M"], stdout=said, stderr=said)  # fmt: skip
        until = time.monotonic() + 60
        with closing(socket.socket(socket.AF_UNIX)) as line:
            while line.connect_ex(str(self.folder / "sock")):
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError("MariaDB does not start")
                time.sleep(0.05)

    def connect(self, database: str) -> Any:
        return pymysql.connect(unix_socket=str(self.folder / "sock"), user="root", database=database or None)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


class MariaUtility(Utility):
    kind = "mysql"

    def __init__(self, server: MariaServer, name: str) -> None:
        super().__init__()
        self._server, self.database = server, name
        with closing(server.connect("")) as conn:
            conn.cursor().execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        self.relay = Relay(server.port)
        for table in TABLES:
            self.run(table.format(moment="datetime") + " ENGINE=InnoDB")
        for login, rights in ((READER, "SELECT"), (WRITER, "SELECT, INSERT, UPDATE")):
            self.run(f"CREATE USER IF NOT EXISTS {login}@'127.0.0.1' IDENTIFIED BY '{SECRET}'")
            self.run(f"GRANT {rights} ON {name}.* TO {login}@'127.0.0.1'")

    def connect(self) -> Any:
        return self._server.connect(self.database)


def has_maria() -> bool:
    return shutil.which("mariadb-install-db") is not None
