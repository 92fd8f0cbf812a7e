"""A whole day of money, and what a superuser could change in it without a trace: verify names each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.endofday.network import Network
from tests.sampling import sampled
from tests.torture.test_altered import problems
from tests.world import NOON, Database
from yifen.trades.reconciliation.repair import operations

PAID = "(SELECT payment_id FROM payment WHERE serial = '{}')"
OF = {name: PAID.format(name) for name in ("W0", "GAS1", "GAS2", "GAS3", "GAS4", "APP1", "APP2")}
BILL = "(SELECT payable_id FROM payable WHERE ref = '{}')"
ID = "(SELECT id FROM partner WHERE code = '{}')"
DIGEST = "'\\x" + "00" * 32 + "'"

# (what a superuser runs, what verify says). {W0} is the id of that payment, {WX} of that partner.
CASES: dict[str, tuple[str, str]] = {
    "account of a payment": (
        f"UPDATE payment SET account_no = 'AW1' WHERE payment_id = {OF['W0']}",
        "payment {W0} account_no says AW1, it was sealed as AW0"),
    "channel of a payment": (
        f"UPDATE payment SET channel_id = {ID.format('POS')} WHERE payment_id = {OF['W0']}",
        "payment {W0} channel_id says {POS}, it was sealed as {WX}"),
    "channel of a payment and of its serial": (
        f"UPDATE payment SET channel_id = {ID.format('POS')} WHERE payment_id = {OF['W0']};"
        f"UPDATE payment_serial SET partner_id = {ID.format('POS')} WHERE serial = 'W0'",
        "payment {W0} was altered after it was sealed"),
    "biller of a payment": (
        f"UPDATE payment SET biller_id = {ID.format('WATER')} WHERE payment_id = {OF['W0']}",
        "payment {W0} biller_id says {WATER}, it was sealed as {HEAT}"),
    "serial of a payment": (
        f"UPDATE payment SET serial = 'W0X' WHERE payment_id = {OF['W0']}",
        "payment {W0} serial says W0X, it was sealed as W0"),
    "serial of a payment, in both tables": (
        "UPDATE payment SET serial = 'W0X' WHERE serial = 'W0';"
        "UPDATE payment_serial SET serial = 'W0X' WHERE serial = 'W0'",
        "payment {W0} was altered after it was sealed"),
    "time at which it was paid": (
        f"UPDATE payment SET paid_at = paid_at - interval '1 h' WHERE payment_id = {OF['W0']}",
        "payment {W0} was altered after it was sealed"),
    "who took a payment": (
        f"UPDATE payment SET operator = '0007' WHERE payment_id = {OF['W0']}",
        "payment {W0} was altered after it was sealed"),
    "business day of a payment": (
        f"UPDATE payment SET business_day = business_day + 1 WHERE payment_id = {OF['W0']}",
        "payment {W0} business_day says 2026-11-24, its transfers 2026-11-23"),
    "time at which it was booked": (
        "UPDATE payment SET booked_at = booked_at + interval '1 s' WHERE serial = 'W0'",
        "payment {W0} booked_at says 2026-11-23 04:00:01+00, its batch 2026-11-23 04:00:00+00"),
    "a held payment declared rejected": (
        "UPDATE payment SET biller_state = 'rejected' WHERE serial = 'GAS2'",
        "payment {GAS2} biller_state says rejected, its transfers say otherwise"),
    "a rejected payment declared booked at the biller": (
        "UPDATE payment SET biller_state = 'booked' WHERE serial = 'GAS3'",
        "payment {GAS3} biller_state says booked, its transfers say otherwise"),
    "a refund declared a reversal": (
        "UPDATE payment SET payer_state = 'refunded' WHERE serial = 'APP1'",
        "payment_return {APP1} verb says reverse, its payment refunded"),
    "deleted return": (
        f"DELETE FROM payment_return WHERE payment_id = {OF['APP1']}",
        "payment_return {APP1} is missing, the ledger took the payment back"),
    "inserted return": (
        "INSERT INTO payment_return SELECT bucket, payment_id, 'refund', channel_id, 'RX',"
        " amount_fen, '', business_day, booked_at FROM payment WHERE serial = 'W0'",
        "payment_return {W0} booked_at says 2026-11-23 04:00:00+00, the ledger has no contra"),
    "amount of a return": (
        f"UPDATE payment_return SET amount_fen = 1 WHERE payment_id = {OF['APP1']}",
        "payment_return {APP1} amount_fen says 1, its transfers 2500"),
    "reason of a return": (
        f"UPDATE payment_return SET reason = '重复缴费' WHERE payment_id = {OF['APP1']}",
        "payment_return {APP1} was altered after it was sealed"),
    "serial of a biller's return, in both tables": (
        f"UPDATE payment_return SET serial = 'RG' WHERE payment_id = {OF['GAS4']};"
        "UPDATE payment_serial SET serial = 'RG' WHERE serial = 'R-GAS4'",
        "payment_return {GAS4} was altered after it was sealed"),
    "business day of a return": (
        f"UPDATE payment_return SET business_day = '2026-11-24' WHERE payment_id = {OF['APP1']}",
        "payment_return {APP1} business_day says 2026-11-24, its transfers 2026-11-23"),
    "return of another channel": (
        f"UPDATE payment_return SET channel_id = {ID.format('POS')} WHERE payment_id = {OF['APP1']}",
        "payment_return {APP1} channel_id says {POS}, its payment {APP}"),
    "what a payment's history ends with": (
        f"UPDATE payment_event SET payer_state = 'taken' WHERE payment_id = {OF['APP1']}",
        "says taken and reversed, payment {APP1} returned and reversed"),
    "when a payment was taken back, by its history": (
        f"UPDATE payment_event SET at = at + interval '1 h' WHERE payment_id = {OF['APP1']}",
        "payment {APP1} was taken back 2026-11-23"),
    "deleted history of a return": (
        f"DELETE FROM payment_event WHERE payment_id = {OF['APP1']}",
        "payment_event of payment {APP1} is missing: it was taken back"),
    "history of a payment that never was": (
        "UPDATE payment_event SET payment_id = 999000 WHERE event_id = (SELECT max(event_id) FROM"
        " payment_event)",
        "is of payment 999000, which is not there"),
    "who approved a repair, by its acts": (
        "UPDATE recon_act SET who = 'wang' WHERE act = 'approve'",
        "says that wang did approve at 2026-11"),
    "when a repair was proposed, by its acts": (
        "UPDATE recon_act SET at = at - interval '1 d' WHERE act = 'propose'",
        "did propose at 2026-11"),
    "how an item stood before an act": (
        "UPDATE recon_act SET before = before || '{\"state\": \"waiting\"}' WHERE act = 'close'",
        "begins as waiting, the act before it ends as"),
    "deleted serial": (
        "DELETE FROM payment_serial WHERE serial = 'W0'",
        "payment_serial partner {WX} serial W0 is missing, payment {W0} has it"),
    "serial that names another payment": (
        f"UPDATE payment_serial SET payment_id = {PAID.format('W2')} WHERE serial = 'W0'",
        "payment_serial partner {WX} serial W0 payment_id says {W2}, payment {W0} has this serial"),
    "answer to a serial": (
        "UPDATE payment_serial SET code = 0 WHERE serial = 'GAS3'",
        "payment_serial partner {APP} serial GAS3 code says 0, payment {GAS3} otherwise"),
    "message of a serial": (
        "UPDATE payment_serial SET content_hash = gen_random_uuid() WHERE serial = 'W0'",
        "payment {W0} was altered after it was sealed"),
    "message of a return's serial": (
        "UPDATE payment_serial SET content_hash = gen_random_uuid() WHERE serial = 'R-APP1'",
        "payment_return {APP1} was altered after it was sealed"),
    "serial of a return that never was": (
        f"INSERT INTO payment_serial SELECT 0, {ID.format('WX')}, 'RX', 'refund', content_hash, 0,"
        " 0, payment_id FROM payment_serial WHERE serial = 'W0'",
        "payment_serial partner {WX} serial RX code says 0, payment {W0} has no return"),
    "serial booked without a payment": (
        f"INSERT INTO payment_serial SELECT 0, {ID.format('WX')}, 'NEW', 'charge', content_hash, 0,"
        " 0, NULL FROM payment_serial WHERE serial = 'W0'",
        "payment_serial partner {WX} serial NEW code says 0 and it names no payment"),
    "deleted serial of a return": (
        "DELETE FROM payment_serial WHERE serial = 'R-APP1'",
        "payment_serial partner {APP} serial R-APP1 is missing, the return of payment {APP1}"),
    "what was paid of a payable": (
        "UPDATE payable SET paid_fen = 0, state = 'open' WHERE ref = 'BW0'",
        "payable {BW0} paid_fen says 0, its transfers 10000"),
    "what is due of a payable": (
        "UPDATE payable SET due_fen = 1 WHERE ref = 'OPEN'",
        "payable {OPEN} due_fen says 1, it was told with 7000"),
    "what is due, and what was told": (
        "UPDATE payable SET due_fen = 1 WHERE ref = 'OPEN';"
        f"UPDATE payable_told SET due_fen = 1 WHERE payable_id = {BILL.format('OPEN')}",
        "payable_told {told_OPEN} was altered after it was told: 1 rows of 1 fen, the trail has 1"
        " of 7000"),
    "account into which a payable is paid": (
        "UPDATE payable SET credit_id = credit_id + 1 WHERE ref = 'OPEN'",
        "payable {OPEN} credit_id says"),
    "whose bill a payable is": (
        "UPDATE payable SET account_no = 'AW1' WHERE ref = 'OPEN'",
        "payable {OPEN} was altered after it was told: its account"),
    "inserted payable": (
        "INSERT INTO payable SELECT bucket, 999000, biller_id, 'AW1', 'FORGED', title, mode, 1,"
        " min_fen, max_fen, due_on, credit_id FROM payable WHERE ref = 'OPEN'",
        "payable 999000 is there, it was never told"),
    "deleted payable": (
        "DELETE FROM payable WHERE ref = 'OPEN'",
        "payable {OPEN} is missing, it was told with 7000 fen"),
    "a payable let go of": (
        "UPDATE payable SET held_by = NULL WHERE ref = 'GAS2'",
        "payable {GAS2bill} held_by says nobody, its transfers {GAS2}"),
    "a payable declared settled": (
        "UPDATE payable SET state = 'settled' WHERE ref = 'OPEN'",
        "payable {OPEN} state says settled, 0 of 7000 fen are paid"),
    "bytes of a daily file": (
        "UPDATE daily_file_part SET body = body || '\\x0a' WHERE file_id = {file}",
        "daily_file {file} partner {WX} day 2026-11-23 version 1 body does not have its sha256"),
    "a daily file and its digest": (
        "UPDATE daily_file_part SET body = body || '\\x0a' WHERE file_id = {file};"
        "UPDATE daily_file f SET sha256 = sha256(p.body) FROM daily_file_part p"
        " WHERE p.file_id = f.file_id AND f.file_id = {file}",
        "daily_file {file} sha256 says"),
    "deleted daily file": (
        "DELETE FROM daily_file WHERE file_id = {file};"
        "DELETE FROM daily_file_part WHERE file_id = {file}",
        "daily_file {file} is missing, the trail has it"),
    "statement of a day": (
        "UPDATE daily_statement SET body = body || '\\x0a' WHERE form = 'csv'"
        f" AND partner_id = {ID.format('WX')}",
        "daily_statement partner {WX} day 2026-11-23 csv version 1 body does not have its sha256"),
    "a statement and its digest": (
        f"UPDATE daily_statement SET body = '\\x0a', sha256 = sha256('\\x0a') WHERE form = 'csv'"
        f" AND partner_id = {ID.format('WX')}",
        "daily_statement {WX}|2026-11-23|csv|1 sha256 says"),
    "payee of a payout": (
        "UPDATE payout SET payee = payee || '{\"account_no\": \"~1~OTHER\"}'",
        "payout {payout} payee says"),
    "reference of a payout": (
        "UPDATE payout SET reference = 'PO1'", "payout {payout} reference says 'PO1', the trail"),
    "bank of a payout": (
        f"UPDATE payout SET bank_id = {ID.format('WX')}", "payout {payout} bank_id says {WX}"),
    "who signed a settlement": (
        "UPDATE settlement SET signed_by = 'boss'", "signed_by says 'boss', the trail None"),
    "who was settled a part": (
        f"UPDATE settlement_part SET biller_id = {ID.format('GAS')} WHERE reason = 'split'",
        "is missing, the trail has it"),
    "who proposed a repair": (
        "UPDATE recon_item SET proposed_by = 'maker02' WHERE item_id = {item}",
        "recon_item {item} proposed_by says 'maker02', the trail 'maker01'"),
    "who decided on a repair": (
        "UPDATE recon_item SET decided_by = 'boss' WHERE item_id = {item}",
        "recon_item {item} decided_by says 'boss', the trail 'checker01'"),
    "two people put behind a rule": (
        "UPDATE recon_item SET proposed_by = 'a', decided_by = 'b' WHERE proposed_by IS NULL",
        "decided_by says 'b', the trail None"),
    "maker of a posting": (
        "UPDATE recon_posting SET maker = 'maker02'", "maker says 'maker02', the trail"),
    "a partner's file": (
        "UPDATE recon_file_part SET body = body || '\\x0a'", "body does not have its sha256"),
    "rows of a partner's file": (
        "DELETE FROM recon_row WHERE serial = 'X1'", "took in 8 rows of"),
    "who took a file in": (
        "UPDATE recon_file SET received_by = 'somebody'", "received_by says 'somebody', the trail"),
    "what is expected of a bank": (
        "DELETE FROM recon_expected", "recon_expected 1 is missing, the trail has it"),
    "payee of a biller": (
        "UPDATE payee SET account_no = '~1~OTHER'",
        "payee {WATER} account_no says '~1~OTHER', the trail '~1~"),
    "key of a partner": (
        "UPDATE partner_key SET secret = '\\x00112233445566778899'",
        "partner_key 1 secret says '#"),
    "limit of a channel": (
        f"UPDATE channel SET day_fen_max = 1 WHERE partner_id = {ID.format('APP')}",
        "channel {APP} day_fen_max says 1, the trail None"),
    "an admission": (
        "UPDATE admission SET active = false WHERE id = 1",
        "admission 1 active says False, the trail True"),
    "rate of an agreement": (
        "UPDATE agreement_tier SET rate_ppm = 1", "rate_ppm says 1, the trail 3000"),
    "name of an account": (
        "UPDATE ledger_account SET limited = 'none' WHERE code = '2241.WATER'",
        "limited says 'none', the trail 'credit_covers_debit'"),
    "a user's role": (
        "INSERT INTO access_user_role (user_id, role) SELECT min(id), 'finance' FROM access_user",
        "is there, the trail does not know of it"),
    "deleted user": (
        "DELETE FROM access_user", "access_user 1 is missing, the trail has it"),
    "a holiday": (
        "DELETE FROM calendar_day WHERE day = (SELECT min(day) FROM calendar_day)",
        "is missing, the trail has it"),
    "an open day": (
        "UPDATE ledger_book SET current_day = '2026-11-23'",
        "ledger_book 1 current_day says '2026-11-23', the trail '2026-11-24'"),
    "who signed a night": (
        "UPDATE eod_run SET signed_by = 'boss'", "eod_run 1 signed_by says 'boss', the trail None"),
}  # fmt: skip


def build(network: Network) -> None:
    """Payments of every kind and end, a night with repairs by rule and by two people, a payout."""
    world = network.world
    world.biller("GAS", endpoint="http://127.0.0.1:9")
    world.channel("APP")
    for biller in ("GAS", "WATER"):
        world.admit("APP", biller)
    world.key("APP", 1, "hmac-sha256", b"a secret of 20 bytes")
    world.run(
        "WITH one AS (INSERT INTO access_user (password, login, name, institution_id, is_active,"
        " must_change_password, session_key, created_at) VALUES ('argon2 and much more', 'wang',"
        " '王', %s, true, false, '', %s) RETURNING id)"
        " INSERT INTO access_user_role (user_id, role) SELECT id, 'teller' FROM one",
        world.institution, NOON,
    )  # fmt: skip
    for number, outcomes in enumerate((("booked",), (), ("rejected",), ("booked",)), 1):
        serial = f"GAS{number}"
        world.owe("GAS", f"G{number}", serial, 3000)
        paid = world.charge(serial, {serial: 3000}, channel="APP", biller="GAS",
                            account_no=f"G{number}")  # fmt: skip
        for outcome in ("sent", *outcomes):
            world.result(paid.payment_id, outcome, f"{outcome}-{number}")
    world.reverse("R-GAS4", "GAS4", 3000, channel="APP")
    world.result(paid.payment_id, "reversed")
    for number in (1, 2):
        world.owe("WATER", "AA", f"APP{number}", 5000, "partial", min_fen=100)
        world.charge(f"APP{number}", {f"APP{number}": 2500}, channel="APP", account_no="AA")
    world.reverse("R-APP1", "APP1", 2500, channel="APP")
    world.owe("WATER", "AA", "OPEN", 7000)
    theirs = network.faulty()
    network.pay("WX", "BIG", "HEAT", 150_000)
    network.cut()
    network.send_lines(theirs)
    network.send_ours("POS")
    assert network.run().state == "waiting"
    item = world.value("SELECT item_id FROM recon_item WHERE state = 'open'")
    proposal = world.proposed("repair", str(item), {"item": item, "action": "refund"}, now=network.now)
    assert world.decided(proposal, now=network.now) == 0
    operations.carry_out(network.conn, item, network.hub, network.now)
    network.now += timedelta(hours=1)
    assert network.run().state == "closed"


def names_of(network: Network) -> dict[str, Any]:
    rows = network.world.rows
    found = dict(rows("SELECT serial, payment_id FROM payment"))
    found |= dict(rows("SELECT code, id FROM partner"))
    found |= {f"{ref}bill" if ref in found else ref: number for ref, number in rows(
        "SELECT ref, payable_id FROM payable")}  # fmt: skip
    one = network.world.value
    return found | {
        "told_OPEN": one("SELECT told_no FROM payable_told WHERE payable_id = %s", found["OPEN"]),
        "file": one("SELECT file_id FROM daily_file WHERE partner_id = %s", found["WX"]),
        "payout": one("SELECT document_id FROM payout"),
        "item": one("SELECT item_id FROM recon_item WHERE proposed_by IS NOT NULL"),
    }


@pytest.fixture(scope="module")
def template(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Database, dict[str, Any]]:
    """The day as it was, and the numbers of what is in it."""
    network = Network(new_database(), Path(tmp_path_factory.mktemp("inbox")))
    try:
        build(network)
        return network.database, names_of(network)
    finally:
        network.close()


@pytest.fixture
def day(template: tuple[Database, dict[str, Any]]) -> Iterator[tuple[Database, dict[str, Any]]]:
    """A copy of it."""
    source, names = template
    copy = f"{source.name}_copy"
    with psycopg.connect(source.super_url, dbname="postgres", autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {copy} TEMPLATE {source.name} OWNER yifen_owner STRATEGY FILE_COPY")
        conn.execute(f"REVOKE TEMPORARY ON DATABASE {copy} FROM PUBLIC")  # no clone has that
    urls = [url.replace(f"/{source.name}", f"/{copy}") for url in source[:3]]
    yield Database(*urls, source.buckets), names
    with psycopg.connect(source.super_url, dbname="postgres", autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def filled(text: str, names: dict[str, Any]) -> str:
    """The text with its {names}, whatever other braces it has."""
    for name, number in names.items():
        text = text.replace(f"{{{name}}}", str(number))
    return text


def test_an_untouched_day_is_in_order(day: tuple[Database, dict[str, Any]]) -> None:
    assert len(CASES) >= 40
    assert problems(day[0]) == []


@pytest.mark.parametrize("case", sampled(list(CASES), 3))
def test_the_change_is_named(day: tuple[Database, dict[str, Any]], case: str) -> None:
    database, names = day
    statement, named = (filled(text, names) for text in CASES[case])
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        for one in statement.split(";"):
            assert conn.execute(one).rowcount >= 1
    found = problems(database)
    assert [problem for problem in found if named in problem] != [], (named, found)


