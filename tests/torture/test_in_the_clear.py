"""After a whole night no payer's name and no payee's account stands in any table; a new key takes over from the old."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.access.test_at_rest import EVERY_COLUMN
from tests.conftest import RING, NewDatabase
from tests.endofday.network import Network
from tests.torture.test_superuser_changes import build
from tests.world import Database, sealed_no, the_ring
from yifen.core.facts.secrets import KeyRing
from yifen.trades.reconciliation import files
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.settlement.operations import payout_files

NEW = "2:" + base64.b64encode(bytes(range(1, 33))).decode()
NAME, PAYEE, OTHER = "欧阳小明", "6217002700000316788", "6222021001116245702"
DAY = date(2026, 11, 24)
CAME_BACK = "SELECT changed FROM payout_mark_v1(%s, 'returned', '', '户名不符', %s, NULL, true)"
STATEMENT = f"""\
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId>
<CreDtTm>2026-11-24T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><CreDtTm>2026-11-24T20:00:00</CreDtTm>
<Acct><Id><Othr><Id>6225</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-11-24</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-11-24</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt>
<ValDt><Dt>2026-11-24</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef><BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>STRAY</EndToEndId></Refs>
<RltdPties><DbtrAcct><Id><Othr><Id>{OTHER}</Id></Othr></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>""".encode()


@pytest.fixture(scope="module")
def night(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Network]:
    """A night of everything, its payout in a file that came back, and the bank's statement."""
    network = Network(new_database(), Path(tmp_path_factory.mktemp("inbox")))
    try:
        build(network)
        world, conn = network.world, network.conn
        world._insert("recon_profile", {
            "partner_id": world.ids["CMB"], "party": "bank", "truth": "theirs", "format": "camt",
            "owner": "6225", "slack_min": 30, "by_rule": True, "rule_window_min": 60,
            "by_group": False, "deadline_days": 3,
        })  # fmt: skip
        taken = files.take_in(conn, read_profile(conn, "CMB"), io.BytesIO(STATEMENT), "s.xml", "test", network.now)
        assert taken.rows == 1
        world.value("SELECT run FROM recon_run_v1(%s, %s, %s)", world.ids["CMB"], DAY, network.now)
        assert payout_files.write(conn, world.ids["CMB"], date(2026, 12, 31), "csv", network.now)
        with psycopg.connect(network.database.owner_url) as owner:
            for (document,) in world.rows("SELECT document_id FROM payout"):
                assert owner.execute(CAME_BACK, (document, network.now)).fetchone() == (True,)
        yield network
    finally:
        network.close()


def clear_in(database: Database, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """(table, word) of everything that has one of these, as text or as bytes of any encoding."""
    found = []
    with psycopg.connect(database.super_url) as conn:
        for (table,) in conn.execute(EVERY_COLUMN).fetchall():
            text = "\n".join(row for (row,) in conn.execute(f"SELECT t::text FROM {table} t"))
            for word in words:
                forms = {word, json.dumps(word)[1:-1], *(word.encode(code).hex() for code in ("utf-8", "gb18030"))}
                found += [(table, word) for form in forms if form in text]
    return found


def yifen(database: Database, ring: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "yifen", *words], capture_output=True, text=True,
                          env=database.environment(YIFEN_KEY_RING=ring))  # fmt: skip


def test_no_name_and_no_account_stands_in_any_table(night: Network) -> None:
    world = night.world
    assert world.value("SELECT count(*) FROM payer WHERE name <> ''") > 5
    assert world.rows("SELECT account_no FROM recon_row JOIN recon_file USING (file_id) WHERE partner_id = %s",
                      world.ids["CMB"]) == [(sealed_no(OTHER),)]  # fmt: skip
    assert world.rows("SELECT account_no FROM recon_item WHERE serial = 'STRAY'") == [(sealed_no(OTHER),)]
    assert sealed_no(PAYEE) in {row[0] for row in world.rows("SELECT account_no FROM recon_expected")}
    assert clear_in(night.database, (NAME, PAYEE, OTHER)) == []


def test_a_clear_account_is_refused_by_the_tables(night: Network) -> None:
    for statement in (f"UPDATE payee SET account_no = '{PAYEE}'", f"UPDATE recon_expected SET account_no = '{PAYEE}'",
                      f"UPDATE payout SET payee = payee || '{{\"account_no\": \"{PAYEE}\"}}'"):  # fmt: skip
        with psycopg.connect(night.database.super_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
            conn.execute(statement)


def test_the_owner_changes_a_line_and_a_file_in_their_sealing_alone(night: Network) -> None:
    for statement in ("UPDATE recon_row SET amount_fen = 1", "DELETE FROM recon_row",
                      "UPDATE recon_file_part SET part_no = 9", "DELETE FROM recon_file_part",
                      "UPDATE payout_file SET name = 'x'", "DELETE FROM payout_file"):  # fmt: skip
        with psycopg.connect(night.database.owner_url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute(statement)


def test_a_new_key_takes_over_and_the_old_one_may_go(night: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    database, world = night.database, night.world
    ring, new = the_ring(), KeyRing.read(NEW)
    assert ring.version == 1

    def way() -> Any:
        with psycopg.connect(database.owner_url) as owner:
            return owner.execute("SELECT returned, payee ->> 'account_no' FROM payout_way_v1(%s)",
                                 (world.ids["WATER"],)).fetchall()  # fmt: skip

    assert way() == [(True, sealed_no(PAYEE))]
    done = yifen(database, f"{NEW},{RING}", "reseal")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    said = dict(line.split(": ") for line in done.stdout.splitlines())
    for place in ("payee.account_no", "payout.payee", "payout_file.body", "recon_row.account_no",
                  "recon_file_part.body"):  # fmt: skip
        assert said[place] == "1 sealed anew by key 2", place
    assert way() == [(True, new.seal_text(PAYEE, "bank account"))]  # it is still known that it came back
    assert world.rows("SELECT account_no FROM recon_item WHERE serial = 'STRAY'") == [
        (new.seal_text(OTHER, "bank account"),)]  # fmt: skip
    monkeypatch.setattr(payout_files, "key_ring", lambda: new)
    (number,) = [row[0] for row in world.rows("SELECT file_no FROM payout_file")]
    assert PAYEE.encode() in payout_files.read(night.conn, number).body
    again = yifen(database, NEW, "reseal")
    assert {line.split(": ")[1] for line in again.stdout.splitlines()} == {"0 sealed anew by key 2"}
    verified = yifen(database, NEW, "verify")
    assert (verified.returncode, "ALTERED" in verified.stdout) == (0, False), verified.stdout
    assert clear_in(database, (NAME, PAYEE, OTHER)) == []
