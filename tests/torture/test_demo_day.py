"""The demo as a user runs it once, and what a superuser could change in its day: verify names each of 60 kinds."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import RING
from tests.sampling import sampled
from tests.test_demo import command, last_line, ours
from yifen.core.embedded.cluster import DATABASE, SUPERUSER
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.hub.payments.verify import verify

pytestmark = pytest.mark.timeout(300)  # the first waits for the demo
ONE = "UPDATE {0} SET {1} WHERE {2} = (SELECT min({2}) FROM {0} WHERE {3}) RETURNING {2}"

# What a superuser runs, its triggers off; and what verify says, where {} is what it returned first.
MONEY: dict[str, tuple[str, str]] = {
    "amount of a transfer": (
        ONE.format("ledger_transfer", "amount_fen = amount_fen + 1", "transfer_no", "true"),
        "ledger_transfer bucket 0 transfer_no {} was altered after it was sealed"),
    "a transfer less": (
        "DELETE FROM ledger_transfer WHERE transfer_no = 100 RETURNING 100",
        "ledger_transfer bucket 0 transfer_no {} is missing"),
    "balance of an account": (
        ONE.format("ledger_balance", "credit_posted_fen = credit_posted_fen + 1", "account_id", "true"),
        "ledger_balance bucket 0 account_id {} says"),
    "time of a batch": (
        ONE.format("ledger_batch", "booked_at = booked_at - interval '1 s'", "batch_no", "true"),
        "ledger_batch bucket 0 batch_no {} does not follow from the chain before it"),
    "head of a day": (
        "UPDATE ledger_day_head SET hash = sha256('x') RETURNING business_day", "ledger_day_head bucket 0 day {}"),
    "amount of a payment": (
        ONE.format("payment", "amount_fen = amount_fen - 1", "payment_id", "booked_at IS NOT NULL"),
        "payment {} has another amount than its transfers"),
    "account of a payment": (
        ONE.format("payment", "account_no = account_no || '1'", "payment_id", "true"), "payment {} "),
    "channel of a payment": (
        ONE.format("payment", "channel_id = channel_id + 1", "payment_id", "channel_id = 1"),
        "payment {} channel_id says 2, it was sealed as 1"),
    "business day of a payment": (
        ONE.format("payment", "business_day = business_day + 1", "payment_id", "true"),
        "payment {} business_day says"),
    "code of a biller's system": (
        ONE.format("payment", "biller_code = 'E1'", "payment_id", "biller_code IS NOT NULL"),
        "payment {} biller_code says E1, its history "),
    "a payment less": (
        "DELETE FROM payment WHERE payment_id = (SELECT min(payment_id) FROM payment) RETURNING payment_id",
        "payment {} is missing; the ledger has transfers of it"),
    "a return less": (
        "DELETE FROM payment_return WHERE payment_id = (SELECT min(payment_id) FROM payment_return"
        " WHERE booked_at IS NOT NULL) RETURNING payment_id",
        "payment_return {} is missing, the ledger took the payment back"),
    "reason of a return": (
        ONE.format("payment_return", "reason = '重复缴费'", "payment_id", "booked_at IS NOT NULL"),
        "payment_return {} was altered after it was sealed"),
    "a serial less": (
        "DELETE FROM payment_serial WHERE payment_id = (SELECT min(payment_id) FROM payment WHERE booked_at"
        " IS NOT NULL) AND verb = 'charge' RETURNING serial",
        "serial {} is missing"),
    "what a history ends with": (
        "UPDATE payment_event SET payer_state = 'refunded' WHERE event_id = (SELECT max(event_id) FROM"
        " payment_event) RETURNING event_id",
        "payment_event {} says refunded and"),
    "what is due": (
        ONE.format("payable", "due_fen = due_fen + 1, max_fen = greatest(max_fen, due_fen + 1)", "payable_id",
                   "paid_fen = 0 AND due_fen > 0 AND payable_id IN (SELECT payable_id FROM payable_told)"),
        "payable {} due_fen says"),
    "what is due, and what was told": (
        "UPDATE payable_told SET due_fen = due_fen + 1 WHERE payable_id = (SELECT min(payable_id) FROM"
        " payable_told) RETURNING told_no",
        "payable_told {} was altered after it was told"),
    "a bill withdrawn": (
        ONE.format("payable", "state = 'withdrawn'", "payable_id", "paid_fen = 0 AND due_fen > 0"),
        "payable {} state says withdrawn, the trail does not know of it"),
    "what was paid of a bill": (
        ONE.format("payable", "paid_fen = 0", "payable_id", "paid_fen > 0"), "payable {} paid_fen says 0"),
    "name of a payer": (
        "UPDATE payer SET name = (SELECT max(name) FROM payer) WHERE (biller_id, account_no) = (SELECT biller_id,"
        " account_no FROM payer ORDER BY 1, 2 LIMIT 1) RETURNING account_no",
        "payer {} of biller"),
    "a message's hash": (
        ONE.format("wire_message", "content_hash = gen_random_uuid()", "message_no",
                   "direction = 'in' AND verb = 'charge' AND code = 0 AND proved AND serial IN"
                   " (SELECT serial FROM payment)"),
        "wire_message {} is not the message of payment"),
    "a message's amount": (
        ONE.format("wire_message", "amount_fen = 1", "message_no",
                   "direction = 'in' AND verb = 'charge' AND code = 0 AND proved AND serial IN"
                   " (SELECT serial FROM payment)"),
        "wire_message {} amount_fen says 1"),
    "bytes of a daily file": (
        ONE.format("daily_file_part", "body = body || '\\x0a'", "file_id", "true"), "daily_file {} "),
    "a statement less": (
        "DELETE FROM daily_statement WHERE partner_id = 1 AND form = 'csv' RETURNING partner_id",
        "daily_statement {}"),
}  # fmt: skip
CLOSE: dict[str, tuple[str, str]] = {
    "a settled sum": (
        ONE.format("settlement", "amount_fen = amount_fen + 1", "document_id", "true"), "settlement {} amount_fen"),
    "a commission": (
        ONE.format("commission", "fee_fen = fee_fen + 1", "document_id", "true"), "commission {} fee_fen says"),
    "a receipt": (
        ONE.format("receipt", "business_day = business_day - 1", "document_id", "true"),
        "receipt {} business_day says"),
    "what is expected of a bank": (
        "DELETE FROM recon_expected RETURNING expected_id", "recon_expected {} is missing, the trail has it"),
    "bytes of a partner's file": (
        ONE.format("recon_file_part", "body = body || '\\x0a'", "file_id", "true"), "recon_file {} "),
    "two lines of a file": (
        "UPDATE recon_row SET amount_fen = amount_fen + CASE line_no WHEN (SELECT min(line_no) FROM recon_row r"
        " WHERE r.file_id = recon_row.file_id) THEN 1 ELSE -1 END WHERE (file_id, line_no) IN (SELECT file_id,"
        " line_no FROM recon_row WHERE file_id = (SELECT max(file_id) FROM recon_row WHERE line_no > 3)"
        " ORDER BY line_no LIMIT 2) RETURNING file_id",
        "recon_file {} has other rows than it came with"),
    "serial of a line": (
        "UPDATE recon_row SET serial = 'X' WHERE ctid = (SELECT max(ctid) FROM recon_row) RETURNING file_id",
        "recon_file {} has other rows than it came with"),
    "a run less": ("DELETE FROM recon_run RETURNING run_id", "recon_run {} is missing, the trail has it"),
    "figures of a run": (
        ONE.format("recon_run", "matched_fen = 0", "run_id", "matched_fen > 0"), "recon_run {} matched_fen says 0"),
    "what differed": (
        ONE.format("recon_item", "theirs_fen = 1", "item_id", "true"), "recon_item {} says of the other side what"),
    "who closed a difference": (
        ONE.format("recon_item", "closed_by = 'finance'", "item_id", "true"),
        "recon_item {} is not as its last act left it"),
    "what was done about it": (
        ONE.format("recon_item", "action = 'accept'", "item_id", "true"),
        "recon_item {} is not as its last act left it"),
    "a difference less": (
        "DELETE FROM recon_item RETURNING item_id", "recon_item {} is missing, it has acts"),
    "a posting's amount": (
        ONE.format("recon_posting", "amount_fen = 1", "document_id", "true"), "recon_posting {} moved 1 fen"),
    "a step of the night": (
        "UPDATE eod_step SET result = '{}' WHERE step = 'proof' RETURNING eod_id", "eod_step {}|proof result says"),
    "who signed a night": (
        "UPDATE eod_run SET signed_by = 'boss' RETURNING eod_id", "eod_run {} signed_by says 'boss'"),
}  # fmt: skip
MASTER: dict[str, tuple[str, str]] = {
    "payee of a biller": (
        "UPDATE payee SET account_no = '~1~OTHER' RETURNING biller_id", "payee {} account_no says"),
    "key of a partner": (
        ONE.format("partner_key", "secret = '\\x00'", "id", "true"), "partner_key {} secret says"),
    "address of a biller": (
        ONE.format("biller", "endpoint = 'https://x.example'", "partner_id", "endpoint = ''"),
        "biller {} endpoint says 'https://x.example', the trail ''"),
    "rate of an agreement": (
        "UPDATE agreement_tier SET rate_ppm = 1 RETURNING id", "agreement_tier {} rate_ppm says 1"),
    "role of a user": (
        "INSERT INTO access_user_role (user_id, role) SELECT min(id), 'auditor' FROM access_user RETURNING id",
        "access_user_role {} is there, the trail does not know of it"),
    "password of a user": (
        ONE.format("access_user", "password = 'argon2proof$1$2$3'", "id", "true"), "access_user {} password says"),
    "a decision of two": (
        "INSERT INTO access_authorisation (action, subject_key, reason, maker_id, checker_id, granted, requested_at,"
        " decided_at, answer) SELECT 'payees.set', 'WATER', '', min(id), max(id), true, now(), now(), '' FROM"
        " access_user RETURNING id",
        "access_authorisation {} is there, the trail does not know of it"),
    "an entry of the trail": (
        "UPDATE audit_entry SET actor = 'wang' WHERE entry_no = 40 RETURNING entry_no", "audit_entry {} was altered"),
    "a holiday": ("DELETE FROM calendar_day RETURNING day", "calendar_day {} is missing, the trail has it"),
}  # fmt: skip
WALLS: dict[str, tuple[str, str]] = {
    "a trigger of the trail": (
        "ALTER TABLE partner DISABLE TRIGGER audit_row", "table partner has lost its trigger audit_row"),
    "a guard of two people": (
        "DROP TRIGGER two_people ON payee", "trigger two_people on payee is missing, migrate installed it"),
    "body of a money function": (
        "CREATE OR REPLACE FUNCTION payments_is_remote_v1(p_biller integer) RETURNS boolean LANGUAGE sql STABLE"
        " AS $$ SELECT false $$",
        "function payments_is_remote_v1(integer) is not as migrate installed it"),
    "a right to a table": (
        "GRANT UPDATE ON payment TO yifen_web", "right of yifen_web to table payment is not as migrate installed it"),
    "a right to a function": (
        "GRANT EXECUTE ON FUNCTION payout_mark_v1 TO yifen_web",
        "function payout_mark_v1(bigint,payout_state,text,text,timestamp with time zone,timestamp with time zone"
        ",boolean) is there, migrate did not install it"),
    "a role": ("ALTER ROLE yifen_web SUPERUSER", "role yifen_web is not as migrate installed it"),
    "a member": (
        "GRANT yifen_owner TO yifen_night", "member yifen_night of yifen_owner is there, migrate did not install it"),
    "triggers off for ever": (
        "ALTER ROLE yifen_web SET session_replication_role = replica",
        "setting session_replication_role=replica of yifen_web is there, migrate did not install it"),
    "a constraint": (
        "ALTER TABLE payment DROP CONSTRAINT payment_amount_fen_check",
        "constraint payment_amount_fen_check on payment is missing, migrate installed it"),
    "what a role of people may": (
        "INSERT INTO access_permission VALUES ('teller', 'users.edit')",
        "permission users.edit of teller is there, migrate did not install it"),
    "who decides": (
        "UPDATE access_act SET decide = propose WHERE act = 'repair'", "act repair is not as migrate installed it"),
}  # fmt: skip
CASES = MONEY | CLOSE | MASTER | WALLS


@pytest.fixture(scope="module")
def ran() -> Iterator[tuple[Path, subprocess.CompletedProcess[str], list[str]]]:
    """`./yifen demo --once` in a folder of its own: where, what it said, and which processes it left."""
    data = Path(tempfile.mkdtemp(prefix="yifen-demo-"))
    data.chmod(0o755)
    words, env = command(data, "--once", "--json", "--payments", "150", "--days", "2")
    try:
        done = subprocess.run(words, env=env | {"YIFEN_KEY_RING": RING}, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        yield data, done, ours(data)
    finally:
        shutil.rmtree(data)


@pytest.fixture(scope="module")
def day(ran: tuple[Path, Any, Any]) -> Iterator[psycopg.Connection[Any]]:
    """Its database as it left it, on a superuser's connection."""
    server = EmbeddedPostgres(ran[0] / "demo" / "postgres")
    with server, psycopg.connect(server.url(SUPERUSER, DATABASE)) as conn:
        yield conn
        conn.rollback()


def test_the_sample_network_pays_and_everything_agrees(ran: tuple[Path, Any, list[str]]) -> None:
    data, done, left = ran
    result = last_line(done)
    assert list(result) == [
        "payments", "amount_fen", "reversed", "duplicates_refused", "unknown_resolved",
        "day_end", "matched", "differences", "settled_fen", "commission_fen", "paid_out_fen",
        "gaps", "invoices", "drawers", "transit_fen", "court", "bureau", "ledger_balanced", "chain_ok",
        "problems", "seconds",
    ]  # fmt: skip
    # The night: one line of a file stood twice; it was found, and its money put on suspense.
    assert (result["day_end"], result["differences"]) == ("closed", 1)
    gaps = {(gap["partner"], gap["reason"]): gap for gap in result["gaps"]}
    duplicate = gaps["WXPAY", "parked"]
    assert (duplicate["count"], duplicate["fen"] > 0) == (1, True)
    assert f"{duplicate['fen'] // 100:,}.{duplicate['fen'] % 100:02} duplicate of " in done.stdout
    assert "everything agrees" not in done.stdout
    assert "36,000 payers, 19,669 payables" in done.stdout  # 16,000 of them are billed here, a year behind them
    assert "2 days behind today are paid, closed and proved" in done.stdout
    assert result["matched"] > 15  # of the one channel of eight that sends a file
    assert 0 < result["commission_fen"] < result["settled_fen"]
    assert 0 <= result["paid_out_fen"] < result["settled_fen"]  # nothing is paid on a holiday
    assert (result["payments"], result["problems"]) == (156, [])  # four at the desk, two for the court
    assert result["court"] == {"cases_fen": 2_970_050, "unknown_fen": 66_600, "interest_fen": 1_234, "fee_fen": 500,
                               "coming_fen": 470_050, "main_fen": 2_567_334, "gap_fen": 0, "paid_out_fen": 8_000_000,
                               "came_back_fen": 1_200_000}  # fmt: skip
    assert "paid by the bank's port 发放 80000.00, came back 退汇 12000.00 on its sub-account" in done.stdout
    assert "main account 专户 25673.34; difference 差额 0.00" in done.stdout
    assert result["bureau"] == {"cards": 60, "swipes": 74, "claims": 12, "used_fen": 5_731_100, "posted_fen": 5_943_100,
                                "returned_fen": 212_000, "cleared_fen": 5_731_100, "differences": 0,
                                "gap_fen": 0}  # fmt: skip
    assert "posted 已支付 59431.00, returned 退票 2120.00, cleared 清算 57311.00; difference 差额 0.00" in done.stdout
    assert (result["invoices"], result["transit_fen"]) == ({"used": 1, "voided": 1, "left": 198, "electronic": 1}, 0)
    [drawer] = result["drawers"]  # opened with 500.00; a bill and a company's deposit of 12,888.00 came in cash
    assert (drawer["till"], drawer["fen"] > 50_000 + 1_288_800) == ("96010101-001", True)
    assert "invoices 发票: 1 used, 1 void, 198 left, 1 electronic 数电票; drawers 尾箱: 96010101-001 " in done.stdout
    assert "swept 1" in done.stdout
    assert (result["ledger_balanced"], result["chain_ok"]) == (True, True)
    assert isinstance(result["amount_fen"], int)
    assert result["amount_fen"] > 150 * 1_000
    # Thirteen partners, five companies and eight channels, each with a file that has no difference.
    assert len(re.findall(r"│ 0 +│\n", done.stdout)) == 13
    assert [line for line in left if "yifen" in line] == []
    # Keys are for their owner alone.
    keys = data / "demo" / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert [row["partner"] for row in json.loads(keys.read_text())][:8] == [
        "WXPAY", "COUNTER", "KIOSK", "POS", "ICBC", "ABC", "CCB", "PSBC",
    ]  # fmt: skip


def problems(conn: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What verify says of the open transaction, which is as it would be committed."""
    execute = conn.execute
    monkeypatch.setattr(
        conn, "execute", lambda s, *a: None if str(s).startswith("SET TRANS") else execute(s, *a)
    )
    return verify(conn).problems


def test_an_untouched_day_is_in_order(day: psycopg.Connection[Any]) -> None:
    assert len(CASES) >= 60
    assert verify(day).problems == []


@pytest.mark.parametrize("case", sampled(list(CASES), 3))
def test_the_change_is_named(
    day: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    day.rollback()
    statement, named = CASES[case]
    day.execute("SET LOCAL session_replication_role = replica")
    done = day.execute(statement)
    if done.description:
        named = named.replace("{}", str(done.fetchall()[0][0]))
    found = problems(day, monkeypatch)
    day.rollback()
    assert [problem for problem in found if named in problem] != [], (named, found)
