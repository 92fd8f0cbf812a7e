"""Search: any number, name or amount leads to the thing, in every role's own scope and permission."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.urls import resolve

from tests.conftest import NewProvince
from tests.console.pages import Page, words
from tests.web import site
from tests.web.province import County, Province
from yifen.face.search.asked import Question, asked

COUNTY = ("institution_admin", "teller", "finance", "biller_staff")  # together they may see all that there is


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Province]:
    """With a payout, a settlement, a key, an order and two numbers of entries of each county."""
    made = new_province()
    with site.on(made.database):
        with psycopg.connect(made.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            for rows in (made.own, made.foreign):
                more(conn, rows)
        yield made


def more(conn: psycopg.Connection[Any], rows: County) -> None:
    conn.execute(
        "INSERT INTO payout (document_id, reference, biller_id, bank_id, due_on, debit_id, credit_id, amount_fen,"
        " payee, state, instructed_at, changed_at, bank_serial) VALUES (%s, %s, %s, %s, '2026-11-24', 1, 1, 77701,"
        " '{}', 'sent', now(), now(), %s)",
        (-9_000_000 - rows.biller, f"REF-{rows.biller_code}", rows.biller, rows.channel, f"BANK-{rows.biller_code}"),
    )  # fmt: skip
    conn.execute(
        "INSERT INTO settlement (document_id, book_id, biller_id, business_day, posted_on, due_fen, moved_fen,"
        " payments, amount_fen, mode, settled_at)"
        " VALUES (%s, 1, %s, '2026-11-23', '2026-11-24', 100, 100, 1, 100, 'net', now())",
        (-8_000_000 - rows.biller, rows.biller),
    )  # fmt: skip
    conn.execute("UPDATE payable SET ref = %s WHERE biller_id = %s AND ref = 'TOPUP'",
                 (f"BILL-{rows.biller_code}", rows.biller))  # fmt: skip
    conn.execute(
        "INSERT INTO checkout_order (order_no, browser, channel_id, biller_id, account_no, payer_name, lines,"
        " amount_fen, quote, method, device, trade_no, received_fen, state, code, payment_id, created_at, expires_at,"
        " paid_at, tries) SELECT %s, '', %s, %s, '', '', '[]', 9, '', 'wechat', 'phone', %s, 9, 'booked', 0, %s,"
        " now(), now(), now(), 0", (f"ORDER-{rows.biller_code}", rows.channel, rows.biller,
                                    f"4200-{rows.biller_code}", rows.payment_id),
    )  # fmt: skip
    [(bucket, number)] = conn.execute("SELECT bucket, transfer_no FROM ledger_transfer WHERE reference_id = %s",
                                      (rows.payment_id,)).fetchall()  # fmt: skip
    conn.execute("INSERT INTO ledger_transfer SELECT bucket, transfer_no + 9000, batch_no, kind, debit_id, credit_id,"
                 " amount_fen, NULL, NULL, -5, 0, business_day, '' FROM ledger_transfer WHERE reference_id = %s",
                 (rows.payment_id,))  # fmt: skip
    rows.more |= {"entry_no": f"{bucket}-{number}", "document_entry": f"{bucket}-{number + 9000}"}
    conn.execute("INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
                 " VALUES (%s, 7, 'sha1', '', now())", (rows.biller,))  # fmt: skip


def hits(place: Province, role: str, typed: str) -> list[Any]:
    from yifen.core.access.edge import Access
    from yifen.face.search.views import hits as found

    return found(Access(place.users[role]), asked(typed))


def names(rows: County, place: Province) -> dict[str, str]:
    """What a person may type to find a county's things, none of it another's."""
    return {
        "payment": str(rows.payment_id), "serial": rows.serial, "account": rows.account_no,
        "partner": rows.biller_code.lower(), "partner's name": f"{'青溪' if rows is place.own else '白石'}供电",
        "login": rows.teller.login, "name": rows.teller.name, "payout": f"REF-{rows.biller_code}",
        "bank's serial": f"BANK-{rows.biller_code}", "payout no.": str(9_000_000 + rows.biller),
        "settlement": str(8_000_000 + rows.biller), "key": f"{rows.biller_code}:7", "layout": rows.biller_code,
        "counter": f"OLD-{rows.branch}", "bank": rows.more["bank"], "entry": rows.more["entry_no"],
        "entry of a document": rows.more["document_entry"], "bill": f"BILL-{rows.biller_code}",
        "order": f"ORDER-{rows.biller_code}", "trade": f"4200-{rows.biller_code}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" 32 0100 0001 ", ("32 0100 0001", "3201000001", 3201000001, 320100000100)),
        ("＃１２３", ("＃１２３", "#123", 123, 0)),
        ("¥1,234.5", ("¥1,234.5", "¥1,234.5", 0, 123450)),
        ("150", ("150", "150", 150, 15000)),
        ("张三", ("张三", "张三", 0, 0)),
        ("x" * 81, ("", "", 0, 0)),
        ("a\x00b", ("", "", 0, 0)),
        ("9" * 19, ("9" * 19, "9" * 19, 0, 0)),
    ],
    ids=["account", "number", "amount", "both", "name", "long", "unprintable", "beyond"],
)
def test_what_is_typed_is_read_in_every_way(typed, read):
    found = asked(typed)
    assert (found.text, found.plain, found.number, found.fen) == read
    assert asked("") == Question("")


def test_what_names_one_thing_leads_to_it_at_once(place):
    own, more = place.own, place.own.more
    finance, admin = site.client_of(place.users["finance"]), site.client_of(place.users["platform_admin"])
    for client, typed, address in (
        (finance, str(own.payment_id), f"/console/payments/{own.payment_id}/"),
        (finance, own.serial, f"/console/payments/{own.payment_id}/"),
        (finance, f" {own.account_no[:4]} {own.account_no[4:]}", f"/console/payables/{payable(own)}/payer/"),
        (finance, f"ref-{own.biller_code}".upper(), f"/console/payouts/{9_000_000 + own.biller}/"),
        (finance, f"BANK-{own.biller_code}", f"/console/payouts/{9_000_000 + own.biller}/"),
        (finance, str(8_000_000 + own.biller), f"/console/settlements/{8_000_000 + own.biller}/"),
        (finance, own.biller_code.lower(), f"/console/partners/{own.biller_code}/"),
        (finance, f"{own.biller_code}:7", f"/console/partners/{own.biller_code}/"),
        (admin, f"{own.biller_code}:7", f"/console/partners/{own.biller_code}/keys/"),
        (admin, own.teller.login, f"/console/users/{own.teller.pk}/"),
        (finance, more["entry_no"], f"/console/payments/{own.payment_id}/"),
        (finance, more["document_entry"], f"/console/accounts/{own.transit_id}/?since=2026-11-23&until=2026-11-23"),
        (finance, f"4200-{own.biller_code}", f"/console/payments/{own.payment_id}/"),
        (finance, "bills.csv", f"/console/bill-imports/{more['bills']}/"),
    ):
        answer = client.get("/console/search/", {"find": typed})
        assert (answer.status_code, answer.get("Location")) == (302, address), typed


def payable(rows: County) -> int:
    """The one by which the payer's page is reached: the first by its name."""
    return rows.payable_id


def test_several_are_listed_by_kind_with_what_tells_them_apart(place):
    page = Page(site.client_of(place.users["auditor"]), "/console/search/", find="供电公司")
    kinds = {words(section.xpath("./h2")[0]): [words(hit) for hit in section.xpath(".//li")]
             for section in page.tree.xpath("//main//section")}  # fmt: skip
    assert kinds["合作方"] == ["POWER01青溪供电公司 · 收费单位 · 青溪县联社 · 已上线",
                             "POWER02白石供电公司 · 收费单位 · 白石县联社 · 已上线"]  # fmt: skip
    page = Page(site.client_of(place.users["finance"]), "/console/search/", find="123.45")
    kinds = [words(head) for head in page.tree.xpath("//main//section/h2")]
    assert kinds == ["最近 3 天金额 123.45 元的缴费", "差异"]
    [hit, way] = page.tree.xpath("(//main//section)[1]//li")
    assert words(hit) == f"{place.own.payment_id}¥123.45 · 青溪供电公司 · 3201000001 · 2026-11-23 · 已收 · 已销账"
    assert len(page.go(way.xpath("./a/@href")[0]).table()) == 1
    assert "没有找到" in page.go("/console/search/?find=nobody-has-this").text
    assert "要找什么" in page.go("/console/search/").text


def test_a_payer_is_found_by_the_beginning_of_the_name_by_who_has_few_billers(place, monkeypatch):
    from yifen.face.payables import searching

    def payers(role: str) -> list[tuple[str, ...]]:
        found = (hit for hit in hits(place, role, "欧阳") if hit.kind.zh == "缴费户")
        return [(hit.title, hit.note) for hit in found]

    assert payers("biller_staff") == [("******0001", "**小明 · POWER01 青溪供电公司")]
    assert [title for title, _note in payers("auditor")] == ["3201000001", "3202000001"]
    monkeypatch.setattr(searching, "NAME_BILLERS_MAX", 1)
    assert payers("auditor") == [("按户名查，请先选收费单位", "")]
    assert len(payers("biller_staff")) == 1


def test_an_entry_a_bill_and_an_order_are_told_by_what_they_moved(place):
    """A teller finds the bill alone; a partner's developer the payment that the entry belongs to."""
    own = place.own
    told = [(hit.kind.zh, hit.title, hit.note) for typed in (own.more["entry_no"], f"BILL-{own.biller_code}",
            f"ORDER-{own.biller_code}") for hit in hits(place, "finance", typed)]  # fmt: skip
    assert told == [
        ("分录", own.more["entry_no"], "¥123.45 · 账户1121.WX01 → 账户2241.POWER01 · 2026-11-23"),
        ("应缴项", "BILL-POWER01", "应缴TOPUP · ¥0.00 · 3201000001 · POWER01 青溪供电公司"),
        ("支付单", "4200-POWER01", "¥0.09 · POWER01 青溪供电公司 · 缴费成功"),
    ]
    teller = [hits(place, "teller", typed) for typed in names(own, place).values()]
    assert {hit.kind.zh for found in teller for hit in found} >= {"应缴项"}
    assert {hit.kind.zh for found in teller for hit in found} & {"分录", "支付单", "缴费"} == set()
    assert [hit.url for hit in hits(place, "developer", own.more["entry_no"])] == [
        f"/console/payments/{own.payment_id}/"]  # fmt: skip
    assert hits(place, "developer", own.more["document_entry"]) == []
    assert hits(place, "auditor", "9999-1") == hits(place, "auditor", f"0-{10**17}") == []


def test_a_short_number_is_nobodys_name(place):
    assert {hit.kind.zh for hit in hits(place, "auditor", "1")} & {"用户", "账户", "合作方"} == set()
    assert {hit.kind.zh for hit in hits(place, "auditor", "1121")} >= {"账户"}


def test_nothing_of_another_county_is_found_by_anybody_of_this_one(place):
    for role in COUNTY:
        for kind, typed in names(place.foreign, place).items():
            assert hits(place, role, typed) == [], (role, kind)
    everything = {kind: hits(place, "auditor", typed) for kind, typed in names(place.foreign, place).items()}
    assert [kind for kind, found in everything.items() if not found] == []  # they are there to be found


def test_whatever_is_found_may_be_opened_by_who_found_it(place):
    """No hit leads to a closed door, nor to what is not there for him."""
    own = place.own
    for role, user in place.users.items():
        client, wrong, opened = site.client_of(user), [], set()
        for typed in (own.account_no, own.biller_code, str(own.more["item"]), "123.45", own.teller.login):
            for hit in hits(place, role, typed):
                route = resolve(hit.url.partition("?")[0]).url_name if hit.url else None
                if route and route not in opened:  # one page of each kind for each role
                    opened.add(route)
                    status = client.get(hit.url).status_code
                    wrong += [(role, hit.url, status)] if status not in (200, 302) else []
        assert (wrong, len(opened) > 0) == ([], True), role


def test_a_search_that_takes_too_long_says_so(place, monkeypatch):
    from yifen.core.access.edge import Access
    from yifen.face.lists.paging import TooMuch
    from yifen.face.search import hits as searching
    from yifen.trades.settlement.pages.searching import SOUGHT

    def given_up(seconds: int) -> Any:
        raise TooMuch

    monkeypatch.setattr(searching, "bounded", given_up)
    found = searching.of_lists(Access(place.users["finance"]), asked("777.01"), SOUGHT[3])
    assert [(hit.title, hit.url) for hit in found] == [("查得太久，请输入完整的号码", "")]


def test_a_plug_that_fails_is_a_line(place, monkeypatch):
    from yifen.core.plugs import called
    from yifen.trades.settlement.pages import searching

    monkeypatch.setattr(searching, "found", lambda *asked: 1 // 0)
    called.cache_clear()
    try:
        page = Page(site.client_of(place.users["finance"]), "/console/search/", find="供电")
    finally:
        called.cache_clear()
    assert "yifen.trades.settlement 的内容读不出来" in page.text
    assert "POWER01" in page.text
