"""A company that bills here, and its files of customers: taken in, proposed, agreed to, imported."""

import io
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB, WORKER

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HEAD = ("户号,户名,小区,楼栋,单元,门牌,费种,用户类别,地区,人口,面积,系数,起始日,"
        "表号,计量,倍率,位数,起码,手机,同意短信")  # fmt: skip


def row(account: str, name: str = "张三", **more: str) -> str:
    """A line of a file of customers."""
    cells = {"户号": account, "户名": name, "小区": "阳光花园", "楼栋": "3号楼", "单元": "2单元", "门牌": "101",
             "费种": "POWER", "用户类别": "居民", "起始日": "2026-01-01", "表号": f"M{account}", "起码": "100"} | more
    return ",".join(cells.get(key, "") for key in HEAD.split(","))  # fmt: skip


def csv_of(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join((head, *lines, "")).encode()


def rows(place: Province, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(place.database.owner_url) as conn:
        return conn.execute(statement, values).fetchall()


def taken_in(place: Province, body: bytes, name: str = "customers.csv") -> int:
    """As the pages' process takes it in."""
    from yifen.trades.billing.customers import files

    with psycopg.connect(place.database.url(WEB)) as conn:
        biller = files.billing_biller(conn, place.own.biller)
        return files.take_in(conn, biller, io.BytesIO(body), name, "staff", NOW, place.database.buckets)


def proposed(place: Province, file_id: int) -> Any:
    from yifen.trades.billing.customers import importing

    return importing.propose(site.access(place.users["biller_staff"]), file_id, "首次导入", NOW)


def agreed(place: Province, body: bytes) -> int:
    """The number of the agreed proposal."""
    proposal = proposed(place, taken_in(place, body))
    site.agree(place.users["finance"], proposal, NOW)
    return int(proposal.pk)


def imported(place: Province, proposal: int, patch: pytest.MonkeyPatch, ends_after: int = 10**9) -> None:
    """As the worker does; it is told to end after so many pieces."""
    from yifen.trades.billing.customers import importing

    pieces = iter(range(ends_after))
    with patch.context() as env:
        env.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
        importing.work(lambda: next(pieces, None) is None, proposal=proposal)
