"""A database of the version before goes on in this one: its rows, its books, its people, its keys."""

from base64 import b32decode
from datetime import UTC, datetime

import httpx
import psycopg
from django_otp.oath import TOTP
from lxml import html

from tests.console.pages import words
from tests.journeys.clients import JsonPartner
from tests.running import Gateway, Web
from tests.upgrade.before import KEYS, LOGINS, environment, verified
from tests.upgrade.conftest import Upgraded
from yifen.core.facts.processes import GATEWAY, WEB
from yifen.core.facts.secrets import KeyRing
from yifen.hub.payments.names import opened_name

DAY = "2026-11-28"  # on which the demo ran; the next one was open when it ended
ROWS = {
    "audit_entry": 184, "daily_statement": 22, "django_migrations": 57, "institution": 15,
    "ledger_transfer": 251, "payable": 19_709, "payer": 16_031, "payment": 151,
    "payment_event": 76, "payment_return": 8, "payment_serial": 164, "recon_row": 77,
    "settlement": 5, "wire_message": 440,
}  # fmt: skip
# What people enrolled by is sealed now, in tables of ours; tries of the past count no longer.
GONE = {
    "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog",
    "otp_static_staticdevice", "otp_static_statictoken", "otp_totp_totpdevice",
}  # fmt: skip
# Where Django itself writes a row for every new table; and the trail, of what follows.
GROWING = {"auth_permission", "django_content_type", "django_migrations", "audit_entry"}
# Passwords are kept in a form that the database can check, and the trail tells it; what it did not
# know of watched tables and payables it is told once, in 14 entries.
# Names of payers and accounts of payees are sealed. Channels got their kinds, so the roster is read anew.
CHANGED = {"access_user": 15, "audit_head": 1, "master_version": 1, "payee": 2, "payer": 16_031}
# Account 3200399736 of the power company owed two months.
OLD = {"payable": "202609", "title": "2026年9月电费", "mode": "exact", "due_fen": 47_632,
       "min_fen": 47_632, "max_fen": 47_632, "due_on": "2026-10-25"}  # fmt: skip
NEW = {"payable": "202610", "title": "2026年10月电费", "mode": "exact", "due_fen": 51_055,
       "min_fen": 51_055, "max_fen": 51_055, "due_on": "2026-11-25"}  # fmt: skip


def test_every_row_of_every_table_is_there_as_it_was(upgraded: Upgraded) -> None:
    before, after = upgraded.before, upgraded.after
    assert (len(before), sum(rows.total() for rows in before.values())) == (94, 37_967)
    assert {table: before[table].total() for table in ROWS} == ROWS
    assert before.keys() - after.keys() == GONE
    kept = {table: rows for table, rows in before.items() if table not in GONE}
    lost = {table: (rows - after[table]).total() for table, rows in kept.items()}
    assert {table: count for table, count in lost.items() if count} == CHANGED
    added = {table: (after[table] - rows).total() for table, rows in kept.items()}
    assert {table for table, count in added.items() if count} <= GROWING | set(CHANGED)


def test_the_books_are_as_the_version_before_sealed_them(upgraded: Upgraded) -> None:
    assert upgraded.verified == {
        # and a baseline of the tables that the trail did not know, two of them sealed by the migration; what
        # it installed; what had been withdrawn; kinds of two channels; kinds of collection orders
        "ok": True, "transfers": 251, "batches": 61, "problems": [], "odd_accounts": [],
        "audit_entries": 184 + CHANGED["access_user"] + CHANGED["payee"] + 32,
        "proved": {"hub": {"payments": [151, 9_229_604], "returns": [8, 587_733]},
                   "reconciliation": {"files": [2, None], "repairs": [1, 27_568]},
                   "settlement": {"settlements": [5, 8_628_329]}},
    }  # fmt: skip


def test_a_person_signs_in_and_sees_the_day_that_was(upgraded: Upgraded) -> None:
    who = LOGINS["clearing"]  # finance of the union: sees the whole tree
    code = f"{TOTP(b32decode(who['secret'])).token():06d}"
    with Web(environment(upgraded.database, WEB)) as web, httpx.Client(base_url=web.url) as browser:
        browser.get("/sign-in/")
        typed = {"username": who["login"], "password": who["password"], "code": code}
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        answer = browser.post("/sign-in/", data=typed | token)
        assert (answer.status_code, answer.headers["location"]) == (302, "/home/")
        assert browser.get("/home/").headers["location"] == "/console/today/"
        page = browser.get("/console/", params={"day": DAY})
    assert page.status_code == 200
    tree = html.fromstring(page.text)
    stats = [words(stat) for stat in tree.xpath("//*[contains(@class, 'stats')]/*")]
    assert stats == [
        "缴费笔数150笔", "缴费金额92,160.62", "冲正与退款8笔¥5,877.33", "结果未决0笔",
        "销账成功率100.00%175 次请求", "业务拒绝95.14 %", "故障00.00 %", "应答 p95157msp50 50 · p99 157",
    ]  # fmt: skip
    table = tree.xpath("//main//table[contains(@class, 'data-table')]")[1]  # behind the comparison
    rows = [[words(cell) for cell in row.xpath("./td|./th")] for row in table.xpath("./tbody/tr")]
    assert rows == [
        ["核心系统柜面", "38", "32,758.97", "100.00 %", "2", "0"],
        ["POS 收单", "37", "24,963.81", "100.00 %", "2", "0"],
        ["自助终端", "37", "18,416.44", "100.00 %", "2", "0"],
        ["微信生活缴费", "38", "16,021.40", "100.00 %", "3", "0"],
    ]


def test_what_people_enrolled_by_goes_on_sealed(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.database.super_url) as conn:
        assert conn.execute("SELECT count(*) FROM access_authenticator").fetchone() == (15,)
        assert conn.execute("SELECT count(*) FROM access_recovery_code").fetchone() == (1,)
        kept = "SELECT session_key FROM access_user WHERE login = 'finance'"
        assert conn.execute(kept).fetchone() == ("",)
    who = LOGINS["finance"]
    with Web(environment(upgraded.database, WEB)) as web, httpx.Client(base_url=web.url) as browser:
        browser.get("/sign-in/")
        typed = {"username": who["login"], "password": who["password"], "code": "ABCD 2345"}
        for status in (302, 200):  # once
            token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            assert browser.post("/sign-in/", data=typed | token).status_code == status


def test_names_of_payers_go_on_sealed(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.database.super_url) as conn:
        rows = conn.execute("SELECT biller_id, account_no, name FROM payer").fetchall()
    clear = dict.fromkeys(row.split(",")[-1].rstrip(")") for row in upgraded.before["payer"])
    ring = KeyRing.read(environment(upgraded.database)["YIFEN_KEY_RING"])
    opened = {opened_name(ring, *row) for row in rows}
    assert len(rows) == 16_031
    assert (len(opened), opened == set(clear)) == (len(clear), True)


def test_a_partner_pays_with_the_key_it_had(upgraded: Upgraded) -> None:
    secret = bytes.fromhex(KEYS["WXPAY"]["secret"])
    power = {"biller": "POWER01", "account_no": "3200399736"}
    with Gateway(environment(upgraded.database, GATEWAY)) as gateway:
        partner = JsonPartner(gateway.url, "WXPAY", "hmac-sha256", secret)
        kept = partner.call("confirm", original_serial="WXPAY-0000001").body
        asked = partner.call("query", **power).body
        charged = partner.call(
            "charge", "AFTER-1", **power, quote=asked["quote"], paid_at=datetime.now(UTC),
            amount_fen=47_632, lines=[("202609", 47_632)],
        ).body  # fmt: skip
        left = partner.call("query", **power).body
    assert kept == {
        "message": "成功", "payment_id": "20000", "serial": "WXPAY-0000001", "amount_fen": 27_568,
        "business_day": DAY, "booked_at": "2026-11-28T10:58:36.593214Z", "payer_state": "taken",
        "biller_state": "booked", "result": "0000",
    }  # fmt: skip
    assert (asked["payer_name"], asked["payables"]) == ("*娜磊", [OLD, NEW])
    assert charged.pop("booked_at") > kept["booked_at"]
    assert charged == {
        "message": "成功", "payment_id": "152000", "serial": "AFTER-1", "amount_fen": 47_632,
        "business_day": "2026-11-29", "payer_state": "taken", "biller_state": "booked",
    }  # fmt: skip
    assert left["payables"] == [NEW]
    found = verified(upgraded.database)
    assert (found["ok"], found["transfers"], found["batches"]) == (True, 252, 62)
