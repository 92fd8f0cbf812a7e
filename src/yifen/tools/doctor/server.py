"""What `doctor` looks at of the PostgreSQL server: settings without which money is lost or told, its clock."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.tools.doctor.symptom import Symptom, care, fault, well

SETTING, CLOCK = Text("数据库参数", "server setting"), Text("时钟", "clock")
CONNECTIONS, AGE = Text("连接数", "connections"), Text("事务号", "transaction ids")
ARCHIVE = Text("归档与备库", "archive and standby")
CLOCK_CARE_S, CLOCK_FAULT_S = 2, 30
AGE_CARE, AGE_FAULT, AGE_MOST = 1_000_000_000, 1_800_000_000, 2_147_483_647
CONNECTIONS_SHARE = 0.8
_SQL = queries(__package__)


class Wanted(NamedTuple):
    """A setting of the server, the values that are well, why; `grave`: without it money can be lost."""

    name: str
    values: tuple[str, ...]
    why: Text
    grave: bool = False


_DISK = Text("应答即承诺已落盘", "an answer promises that it is on disk")
_LOG = Text("日志会带出口令、密钥和姓名", "the log would tell password hashes, keys and names")
WANTED = (
    Wanted("fsync", ("on",), _DISK, grave=True),
    Wanted("full_page_writes", ("on",), _DISK, grave=True),
    Wanted("synchronous_commit", ("on", "remote_apply", "remote_write"), _DISK, grave=True),
    Wanted("log_error_verbosity", ("terse",), _LOG), Wanted("log_min_error_statement", ("panic",), _LOG),
    Wanted("log_parameter_max_length", ("0",), _LOG), Wanted("log_parameter_max_length_on_error", ("0",), _LOG),
    Wanted("log_statement", ("none",), _LOG), Wanted("log_min_duration_statement", ("-1",), _LOG),
    Wanted("log_min_duration_sample", ("-1",), _LOG),
    Wanted("data_checksums", ("on",), Text("磁盘悄悄写坏时无从知道：停库后 pg_checksums --enable",
                                           "a disk that spoils a page is not noticed: pg_checksums --enable, stopped")),
)  # fmt: skip


def settings_of(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    """Those that an answer's promise and people's privacy stand on."""
    have = dict(conn.execute(_SQL["server_settings"], [[row.name for row in WANTED]]).fetchall())
    wrong = [row for row in WANTED if have.get(row.name) not in row.values]
    for row in wrong:
        made = f"ALTER SYSTEM SET {row.name} = '{row.values[0]}'"
        cure = Text(f"{row.why.zh}：{made}", f"{row.why.en}: {made}")
        yield (fault if row.grave else care)(SETTING, f"{row.name} = {have.get(row.name)}", cure)
    if not wrong:
        yield well(SETTING, f"{len(WANTED)} / {len(WANTED)}")


def facts_of(conn: psycopg.Connection[Any], now: datetime) -> Iterator[Symptom]:
    """Its clock beside ours, and what runs out some day."""
    row = conn.execute(_SQL["server_facts"]).fetchone()
    assert row is not None
    clock, age, used, most, archive, standbys = row
    seconds = abs((clock - now).total_seconds())
    yield _by(seconds, CLOCK_CARE_S, CLOCK_FAULT_S, CLOCK, f"{seconds:.1f} s", Text(
        "两台机器都用 NTP 校时：报文时间与业务日都以此为准",
        "let NTP keep both clocks: messages and days go by them"))  # fmt: skip
    yield _by(age, AGE_CARE, AGE_FAULT, AGE, f"{age:,} / {AGE_MOST:,}", Text(
        "VACUUM 跟不上：找出最久的事务，运行 VACUUM FREEZE",
        "vacuum is behind: end the oldest transaction, VACUUM FREEZE"))  # fmt: skip
    yield _by(used / most, CONNECTIONS_SHARE, 1, CONNECTIONS, f"{used} / {most}", Text(
        "连接将用尽：减少进程或提高 max_connections",
        "they run out: fewer processes, or more max_connections"))  # fmt: skip
    if archive == "off" and not standbys:
        yield care(ARCHIVE, f"archive_mode = {archive}", Text(
            "库毁时会丢最后一次备份之后的钱：开启 WAL 归档或同步备库",
            "what came after the last backup dies with the disk: archive the WAL, or keep a standby"))  # fmt: skip


def _by(value: float, care_above: float, fault_above: float, what: Text, said: str, cure: Text) -> Symptom:
    if value <= care_above:
        return well(what, said)
    return (fault if value > fault_above else care)(what, said, cure)
