"""How long an import of customers takes, against a bare COPY of the same rows: `./yifen test -s -n0` of this file;
`ROWS` in the environment says how many."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.billing.world import HEAD, NOW, row
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB, WORKER

ROWS = int(os.environ.get("ROWS", "200000"))
TABLES = ("payer", "billing_place", "billing_customer", "billing_service", "billing_meter")
NAMES = ("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静秀丽强磊军洋艳勇杰娟涛明超兰霞平刚桂英华建国文辉力",
         "伟芳娜敏静秀丽强磊军")  # fmt: skip


def test_the_import_of_many_customers(place: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    from yifen.trades.billing.customers import files, importing

    first, second, third = NAMES
    with TemporaryDirectory() as folder, psycopg.connect(place.database.url(WEB)) as conn:
        path = Path(folder) / "customers.csv"
        with path.open("w") as out:
            out.write(HEAD + "\n")
            for n in range(ROWS):
                name = first[n % len(first)] + second[n // 20 % len(second)] + third[n // 600 % len(third)]
                where = {"小区": f"小区{n // 1000}", "楼栋": f"{n // 50 % 20}号楼", "单元": f"{n // 10 % 5}单元"}
                out.write(row(f"{n:010d}", name, 门牌=f"{n % 10}01", **where) + "\n")
        began = time.perf_counter()
        with path.open("rb") as stream:
            biller = files.billing_biller(conn, place.own.biller)
            file_id = files.take_in(conn, biller, stream, "m", "m", NOW, place.database.buckets)
        conn.commit()
        taken = time.perf_counter() - began
    began = time.perf_counter()
    proposal = importing.propose(site.access(place.users["biller_staff"]), file_id, "", NOW)
    told = time.perf_counter() - began
    site.agree(place.users["finance"], proposal, NOW)
    began = time.perf_counter()
    with monkeypatch.context() as env:
        env.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
        importing.work(lambda: False, proposal=proposal.pk)
    imported = time.perf_counter() - began
    copied = copy_of_the_same(place)
    print(f"\n{ROWS:,} rows: read, checked, sealed, staged {taken:.1f} s; proposed {told:.1f} s;"
          f" imported {imported:.1f} s; bare COPY {copied:.1f} s: {imported / copied:.2f} ×,"
          f" with reading {(taken + imported) / copied:.2f} ×")  # fmt: skip


def copy_of_the_same(place: Province) -> float:
    """Out of the tables, and into empty ones with the same indexes and keys."""
    spent = 0.0
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        for table in TABLES:
            conn.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)".encode())
            with TemporaryDirectory() as folder:
                path = Path(folder) / "rows"
                with path.open("wb") as out, conn.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
                    for block in copy:
                        out.write(block)
                began = time.perf_counter()
                with path.open("rb") as rows, conn.cursor().copy(f"COPY bare_{table} FROM STDIN".encode()) as copy:
                    while block := rows.read(1 << 20):
                        copy.write(block)
                print(f"{table} {time.perf_counter() - began:.2f} s")
                spent += time.perf_counter() - began
    return spent
