"""Changed rows of watched tables: exact entries, secrets never in clear, nothing on the money path."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.audit.trail import Entry, entries, last_no, seal
from tests.world import DAY, NOON, World
from yifen.core.audit.watch import watched


def fingerprint(text: str) -> str:
    return "#" + sha256(text.encode()).hexdigest()[:8]


@pytest.fixture(scope="module")
def network(rolled_back: psycopg.Connection[Any]) -> World:
    return World(rolled_back).network()


@pytest.fixture
def hub(network: World) -> Iterator[World]:
    """The network, for one test; what made it is sealed."""
    network.run("SAVEPOINT test")
    seal(network.conn)
    yield network
    network.run("ROLLBACK TO test")
    network.run("RELEASE test")


def written(hub: World, *statements: str, **params: Any) -> list[Entry]:
    """The entries that these statements leave."""
    before = last_no(hub.conn)
    for statement in statements:
        hub.conn.execute(statement, params)
    seal(hub.conn)
    return entries(hub.conn, before)


def row(hub: World, table: str, where: str) -> dict[str, Any]:
    return hub.value(f"SELECT to_jsonb(t) FROM {table} t WHERE {where}")


def test_an_insert_shows_the_whole_row(hub):
    made = written(hub, "INSERT INTO institution (level, code, name) VALUES ('office', '01', '东')")
    number = hub.value("SELECT id FROM institution WHERE code = '01'")
    whole = {"id": number, "level": "office", "code": "01", "name": "东", "parent_id": None, "closed_at": None}
    assert made == [("insert", "institution", str(number), None, whole)]


def test_an_update_shows_only_what_changed(hub):
    made = written(hub, "UPDATE partner SET name = '新名', suspended = true WHERE code = 'WX'")
    assert made == [
        ("update", "partner", str(hub.ids["WX"]),
         {"name": "单位WX", "suspended": False}, {"name": "新名", "suspended": True}),
    ]  # fmt: skip


def test_a_delete_shows_what_is_gone(hub):
    hub.outage("WATER", NOON, NOON)
    (number,) = hub.rows("SELECT id FROM biller_outage")[0]
    seal(hub.conn)
    made = written(hub, "DELETE FROM biller_outage")
    gone = {"id": number, "biller_id": hub.ids["WATER"], "reason": "停机检修",
            "starts_at": "2026-11-23T04:00:00+00:00", "ends_at": "2026-11-23T04:00:00+00:00"}  # fmt: skip
    assert made == [("delete", "biller_outage", str(number), gone, None)]


def test_an_update_that_changes_nothing_leaves_nothing(hub):
    assert written(hub, "UPDATE partner SET name = name", "UPDATE channel SET day_fen_max = NULL"
                   " WHERE day_fen_max IS NULL") == []  # fmt: skip


def test_a_statement_over_many_rows_leaves_an_entry_each_in_the_order_of_the_rows(hub):
    made = written(hub, "UPDATE admission SET active = false")
    numbers = [str(number) for (number,) in hub.rows("SELECT id FROM admission ORDER BY id")]
    change = ({"active": True}, {"active": False})
    assert len(numbers) == 12
    assert made == [("update", "admission", number, *change) for number in numbers]


def test_the_time_of_a_row_reads_the_same_in_every_time_zone(hub):
    hub.run("SET LOCAL timezone = 'Asia/Shanghai'")
    hub.run("SET LOCAL bytea_output = 'escape'")
    hub.outage("GAS", NOON, NOON)
    seal(hub.conn)
    after = entries(hub.conn)[-1][4]
    assert after is not None
    assert after["starts_at"] == "2026-11-23T04:00:00+00:00"


CHANGES = {
    "institution": ("name = '甲'", {"name": "甲"}),
    "partner": ("unit = 'yuan'", {"unit": "yuan"}),
    "channel": ("day_fen_max = 5", {"day_fen_max": 5}),
    "biller": ("timeout_s = 9", {"timeout_s": 9}),
    "biller_error_code": ("meaning = 'hold'", {"meaning": "hold"}),
    "biller_outage": ("reason = '暴雨'", {"reason": "暴雨"}),
    "admission": ("active = false", {"active": False}),
    "partner_key": ("valid_until = '2026-11-23T04:00Z'", {"valid_until": "2026-11-23T04:00:00+00:00"}),
}


@pytest.mark.parametrize("table", CHANGES)
def test_every_master_table_is_watched_for_the_app(hub, table):
    """Insert (by the fixture), update and delete, as the restricted role."""
    hub.key("WX", 1, "sha1", b"a secret of 20 bytes")
    hub.outage("WATER", NOON, NOON)
    hub.run("INSERT INTO biller_error_code (biller_id, wire_code, meaning) VALUES (%s, 'E1',"
            " 'booked')", hub.ids["GAS"])  # fmt: skip
    seal(hub.conn)
    key = "partner_id" if table in ("channel", "biller") else "id"
    number = hub.value(f"SELECT max({key}) FROM {table}")
    came = [e for e in entries(hub.conn) if e[:3] == ("insert", table, str(number))]
    assert len(came) == 1
    change, after = CHANGES[table]
    by = ["SET ROLE yifen_owner"] if table == "institution" else []  # which its function does it as
    (made,) = written(hub, *by, f"UPDATE {table} SET {change} WHERE {key} = {number}")
    assert (made[:3], made[4]) == (("update", table, str(number)), after)
    assert came[0][4] is not None
    assert came[0][4].keys() == row(hub, table, f"{key} = {number}").keys()


def test_books_and_accounts_are_watched_through_the_ledgers_functions(hub):
    made = written(
        hub,
        "SET ROLE yifen_owner",
        "SELECT ledger_open_book_v1(2, 'other', '另账', '23:00', '2026-11-23')",
        "SELECT ledger_open_account_v1(2, 'x', '甲', 'asset', 'none')",
        "SELECT ledger_open_account_v1(2, 'x', '甲', 'asset', 'none')",
        "SELECT ledger_close_account_v1(account_id) FROM ledger_account WHERE code = 'x'",
        "RESET ROLE",
    )
    account = hub.value("SELECT account_id FROM ledger_account WHERE code = 'x'")
    book = {"book_id": 2, "code": "other", "name": "另账", "time_zone": "Asia/Shanghai",
            "cut_off": "23:00:00", "current_day": "2026-11-23"}  # fmt: skip
    opened = {"account_id": account, "book_id": 2, "code": "x", "name": "甲", "side": "asset",
              "limited": "none", "closed": False}  # fmt: skip
    assert made == [
        ("insert", "ledger_book", "2", None, book),
        ("insert", "ledger_account", str(account), None, opened),
        ("update", "ledger_account", str(account), {"closed": False}, {"closed": True}),
    ]


def test_the_cut_leaves_the_new_day_and_the_heads_of_all_chains(hub):
    hub.charge("S1", {"B1": 1000})
    made = written(hub, f"SELECT ledger_cut_day_v1(1, '{DAY}')")
    hash_ = hub.value("SELECT encode(hash, 'hex') FROM ledger_head")
    assert made == [
        ("update", "ledger_book", "1", {"current_day": "2026-11-23"},
         {"current_day": "2026-11-24"}),
        ("cut", "ledger_book", "1", None,
         {"business_day": "2026-11-23", "heads": [[0, 1, hash_]]}),
    ]  # fmt: skip
    number = last_no(hub.conn)
    assert hub.rows("SELECT book_id, business_day, entry_no, hash FROM audit_day_head") == [
        (1, DAY, number, hub.value("SELECT digest FROM audit_entry WHERE entry_no = %s", number))
    ]
    assert written(hub, f"SELECT ledger_cut_day_v1(1, '{DAY}')") == []


def test_money_never_touches_the_trail(hub):
    """Charge, reversal, refund, a biller's answer, what it says is owed: no entry, so no lock of the
    head either."""
    seal(hub.conn)
    before = last_no(hub.conn)
    hub.charge("S1", {"B1": 1000})
    hub.reverse("R1", "S1", 1000)
    held = hub.charge("S2", {"R1": 3000}, biller="GAS", account_no="G1")
    hub.result(held.payment_id, "booked")
    hub.owe("GAS", "G2", "R9", 700)
    seal(hub.conn)
    assert entries(hub.conn, before) == []


# --- secrets --------------------------------------------------------------------------------------


def test_the_key_of_a_partner_is_a_fingerprint(hub):
    hub.key("WX", 1, "sha1", b"a secret of 20 bytes")
    seal(hub.conn)
    sealed, shown = hub.rows(
        "SELECT secret::text, after FROM partner_key, audit_entry"
        " WHERE subject = 'partner_key' AND audit_entry.action = 'insert'"
    )[0]
    assert shown["secret"] == fingerprint(sealed)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), hub.conn.transaction():
        hub.run("UPDATE partner_key SET secret = ''")  # it is never rewritten
    assert sealed[2:] not in str(hub.rows("SELECT e::text FROM audit_entry e"))


def test_every_trigger_knows_the_secrets_of_its_table(shared_database, hub):
    """Those of the sign-in too, as far as they are there."""
    with psycopg.connect(shared_database.owner_url) as conn:
        for table in (table for table in watched() if table.watch.secret):
            arguments = conn.execute(
                "SELECT encode(tgargs, 'escape') FROM pg_trigger"
                " WHERE tgrelid = %s::regclass AND tgname = 'audit_row'", (table.name,),
            ).fetchone()[0].split("\\000")  # fmt: skip
            assert arguments[1] == "{" + ",".join(table.watch.secret) + "}"


@pytest.fixture
def owner(shared_database) -> Iterator[psycopg.Connection[Any]]:
    """A table of our own, as the owner; rolled back."""
    with psycopg.connect(shared_database.owner_url) as conn:
        conn.execute(
            "CREATE TABLE thing (a int, b text, token text, seen int, x jsonb, PRIMARY KEY (b, a))"
        )
        conn.execute("SELECT audit_watch_v1('thing', '{token}', '{seen}')")
        yield conn
        conn.rollback()


def thing(conn: psycopg.Connection[Any], *statements: str) -> list[Entry]:
    before = last_no(conn)
    for statement in statements:
        conn.execute(statement)
    seal(conn)
    return entries(conn, before)


def test_a_secret_that_could_be_guessed_from_its_hash_is_not_even_a_fingerprint(owner):
    made = thing(
        owner,
        "INSERT INTO thing VALUES (1, 'k', 'abcd2345', 0)",
        "UPDATE thing SET token = 'a token of 16 or more'",
        "UPDATE thing SET token = NULL",
    )
    long = fingerprint("a token of 16 or more")
    assert made == [
        ("insert", "thing", "k|1", None, {"a": 1, "b": "k", "token": "***", "x": None}),
        ("update", "thing", "k|1", {"token": "***"}, {"token": long}),
        ("update", "thing", "k|1", {"token": long}, {"token": None}),
    ]


def test_columns_that_are_ignored_leave_no_entry(owner):
    owner.execute("INSERT INTO thing VALUES (1, 'k', NULL, 0)")
    seal(owner)
    assert thing(owner, "UPDATE thing SET seen = 1") == []


def test_a_changed_key_is_found_under_the_old_one(owner):
    owner.execute("INSERT INTO thing VALUES (1, 'k', NULL, 0)")
    seal(owner)
    assert thing(owner, "UPDATE thing SET a = 2") == [
        ("update", "thing", "k|1", {"a": 1}, {"a": 2})
    ]


def test_emptying_a_table_leaves_an_entry(owner):
    owner.execute("INSERT INTO thing VALUES (1, 'k', NULL, 0)")
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert thing(owner, "TRUNCATE thing") == [("truncate", "thing", "", None, None)]


@pytest.mark.parametrize(
    ("call", "said"),
    [("'thing', '{tokn}'", "thing has no column {tokn}"), ("'keyless'", "has no primary key")],
)
def test_a_table_that_cannot_be_watched_well_is_refused(owner, call, said):
    owner.execute("CREATE TABLE keyless (a int)")
    with pytest.raises(psycopg.errors.RaiseException, match=sql.SQL(said).as_string()):
        owner.execute(f"SELECT audit_watch_v1({call})")
