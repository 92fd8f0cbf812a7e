"""`yifen reseal`: after it nothing in the database needs the ring's old key."""

import base64
import re
import subprocess
import sys

import psycopg
import pytest

from tests.conftest import RING
from tests.web import site
from yifen.core.facts.secrets import SEALED_TEXT, KeyRing
from yifen.tools.cli.reseal import sealed_columns

NEW = "2:" + base64.b64encode(bytes(range(1, 33))).decode()
# Bytes that the ring does not seal: hashes, public keys, questions, files.
OPEN = {
    ("access_passkey", "credential_id"), ("access_passkey", "public_key"),
    ("access_passkey", "last_challenge"), ("access_authorisation", "shown"),
}  # fmt: skip
# Bytes and texts that hold more than secrets, and are sealed.
MORE = {("figure_schedule", "mail"), ("heating_file_body", "body"), ("heating_paper", "applicant"),
        ("heating_paper", "body"), ("visit_photo", "body"),
        ("bill_file_part", "body"), ("billing_file_part", "body"), ("payout_file", "body"),
        ("payout_result", "body"), ("recon_file_part", "body"), ("core_move", "told"),
        ("court_party", "name"), ("court_row", "who"), ("court_list", "body"), ("court_file_body", "body"),
        ("court_push", "body"), ("court_ask", "body"), ("budget_list", "body"), ("card", "number"),
        ("card_paper", "body"), ("card_word", "body"), ("treasury_word", "body"),
        ("card_contact", "phone"), ("treasury_refused", "body"), ("mandate_paper", "body"),
        ("mandate_word", "body"), ("collection_paper", "body")}  # fmt: skip
BYTES_SQL = """SELECT table_name, column_name FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = 'bytea'
AND (column_name LIKE '%%seal%%' OR column_name LIKE '%%secret%%' OR table_name LIKE 'access%%')"""


@pytest.fixture
def province(new_province):
    """With one of everything that is sealed."""
    made = new_province()
    with site.on(made.database):
        from datetime import UTC, datetime

        from yifen.core.access.devices import new_codes
        from yifen.core.notifications.carriers import LocalOutbox, Medium, Outgoing
        from yifen.core.notifications.operations import put
        from yifen.core.partners.models import Partner
        from yifen.core.partners.operations import issue_key
        from yifen.trades.orders import phones
        from yifen.trades.orders.methods import registry
        from yifen.trades.orders.models import PayMethod

        ring, now = KeyRing.read(RING), datetime.now(UTC)
        new_codes(made.own.user)
        sms = Outgoing(Medium.SMS, "code", "13800000000", "", "123456", {}, "", "r")
        put(ring, sms, LocalOutbox(), now)
        for version in (8, 9):
            partner = Partner.objects.get(code=made.own.biller_code)
            issue_key(ring, partner, version, "hmac-sha256", bytes(range(32)), now)
        with site.as_owner(made.database):
            PayMethod.objects.create(code="alipay", base_address="https://example.cn",
                                     sealed=ring.seal(b"{}", registry.context("alipay")))  # fmt: skip
        phones.holder_with(ring, "13800000001", now)
        for number in range(1100):  # more than two batches
            put(ring, sms._replace(to=f"1390000{number:04d}"), LocalOutbox(), now)
    return made


def yifen(database, ring, *words):
    return subprocess.run([sys.executable, "-m", "yifen", *words], capture_output=True, text=True,
                          env=database.environment(YIFEN_KEY_RING=ring))  # fmt: skip


def _opened(ring, value, context):
    """Of bytes; and of the sealed texts in a text, without a name's mark, which is of its key."""
    if isinstance(value, bytes):
        return ring.open(value, context)
    value = re.sub("~[0-9a-f]{2}$", "", value) if context.startswith("payer:") else value
    return SEALED_TEXT.sub(lambda found: ring.open_text(found[0], context), str(value))


def opened(database, ring):
    """Every sealed value, by table and column."""
    found = {}
    with psycopg.connect(database.super_url) as conn:
        for table, column in sealed_columns():
            rows = conn.execute(f"SELECT r.{column.column}, {column.context} FROM {table} r"
                                f" WHERE {column.when}").fetchall()  # fmt: skip
            found[table, column.column] = sorted(_opened(ring, *row) for row in rows)
    return found


def test_every_sealed_column_is_named_by_its_plug(province):
    named = {(table, column.column) for table, column in sealed_columns() if not column.again}
    with psycopg.connect(province.database.super_url) as conn:
        assert set(conn.execute(BYTES_SQL)) == named - MORE | OPEN


def test_after_it_the_new_key_opens_all_and_nothing_has_changed(province):
    database, both = province.database, f"{NEW},{RING}"
    before = opened(database, KeyRing.read(RING))
    filled = {place for place, values in before.items() if values}
    assert {("access_authenticator", "sealed_key"), ("access_recovery_code", "sealed_hash"),
            ("partner_key", "secret"), ("notification", "to_sealed"),
            ("checkout_holder", "phone_sealed"), ("pay_method", "sealed"), ("payer", "name")} <= filled  # fmt: skip
    done = yifen(database, both, "reseal")
    assert (done.returncode, done.stderr) == (0, "")
    said = dict(line.split(": ") for line in done.stdout.splitlines())
    assert said == {f"{table}.{column}": f"{len(values)} sealed anew by key 2"
                    for (table, column), values in before.items()}  # fmt: skip
    assert opened(database, KeyRing.read(NEW)) == before
    again = yifen(database, NEW, "reseal")
    assert {line.split(": ")[1] for line in again.stdout.splitlines()} == {"0 sealed anew by key 2"}
    with site.on(database):
        from datetime import UTC, datetime

        from yifen.trades.orders import phones
        from yifen.trades.orders.models import Holder

        phones.holder_with(KeyRing.read(NEW), "13800000001", datetime.now(UTC))
        assert Holder.objects.count() == 1  # found again, by the new key alone
    verified = yifen(database, NEW, "verify")
    assert (verified.returncode, "ALTERED" in verified.stdout) == (0, False), verified.stdout


def test_what_no_key_opens_is_named_and_stays_and_the_rest_is_done(province):
    database, both = province.database, f"{NEW},{RING}"
    with psycopg.connect(database.super_url) as conn:
        conn.execute("UPDATE partner_key SET secret = '\\x00010203' || secret WHERE version = 8")
    done = yifen(database, both, "reseal")
    assert done.returncode == 1
    wrong = f"partner_key:{province.own.biller_code}:8"
    assert f"NOT READ: partner_key, {wrong}: sealed bytes do not fit {wrong}" in done.stdout
    with psycopg.connect(database.super_url) as conn:
        rows = conn.execute("SELECT version, substring(secret FROM 1 FOR 2) = '\\x0002' FROM partner_key"
                            " WHERE version IN (8, 9) ORDER BY version").fetchall()  # fmt: skip
    assert rows == [(8, False), (9, True)]


def test_without_the_old_key_nothing_is_touched(province):
    before = opened(province.database, KeyRing.read(RING))
    done = yifen(province.database, NEW, "reseal")
    assert done.returncode == 1
    assert "the key ring has no key version 1" in done.stdout
    assert opened(province.database, KeyRing.read(RING)) == before
