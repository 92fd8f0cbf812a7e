"""Accounts, statements with running balances over two days, day ends, paper, and the chains."""

import io
import sys

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.console.busy import again, amount_of, paid
from tests.console.pages import Page
from tests.jobs.running import work
from tests.web import province, site
from tests.web.province import Province
from tests.world import DAY

FIRST = [12_345, *(amount_of(number) for number in range(1, 71))]  # of 2026-11-23
SECOND = [amount_of(number) for number in range(100, 104)]  # of 2026-11-24

KEPT_FOR_A_COMPANY = ("1123", "1124", "2203", "6001", "6701")


@pytest.fixture(scope="module")
def place(new_database: NewDatabase):
    """Two buckets; 71 payments and a reversal, a cut, four payments more and a held one."""
    database = new_database(buckets=2)
    with site.on(database):
        place = province.build(database)
        with psycopg.connect(database.app_url) as conn:
            world = again(conn, place)
            world.institution = place.own.county
            world.biller("GAS01", endpoint="http://127.0.0.1:9", category="gas")
            world.admit("WX01", "GAS01")
            for number in range(1, 71):
                paid(world, number, "POWER01", "WX01")
            world.reverse("BACK-1", "N-0003", amount_of(3), channel="WX01")
            world.cut(DAY)
            for number in range(100, 104):
                paid(world, number, "POWER01", "WX01")
            paid(world, 600, "GAS01", "WX01")
        yield place


@pytest.fixture
def finance(place: Province):
    return site.client_of(place.users["finance"])


def account(client, code: str) -> str:
    """The address of an account, from the list."""
    page = Page(client, "/console/accounts/", q=code)
    return page.link(f"//main//a[text()='{code}']")


def yuan(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def fen(text: str) -> int:
    return int(text.replace(",", "").replace(".", "")) if text != "—" else 0


def test_the_accounts_in_scope_with_their_balances(finance, place):
    rows = {row[1]: row[4:] for row in Page(finance, "/console/accounts/").table()}
    total, back, held = sum(FIRST + SECOND), amount_of(3), amount_of(600)
    assert rows == {
        "1121.WX01": [yuan(total), yuan(back), yuan(held), yuan(total - back)],
        "2241.POWER01": [yuan(back), yuan(total), "0.00", yuan(total - back)],
        "2241.GAS01": ["0.00", "0.00", yuan(held), "0.00"],
        **{f"{kind}.POWER01": ["0.00"] * 4 for kind in KEPT_FOR_A_COMPANY},
    }


def test_finance_of_a_county_sees_what_is_kept_for_its_own_companies_alone_and_their_staff_no_ledger(place):
    kept = {code: [f"{kind}.{code}" for kind in KEPT_FOR_A_COMPANY] for code in ("POWER01", "POWER02")}
    there = site.client_of(site.user("fi02", place.foreign.county, "finance"))
    for reader, own, other in ((site.client_of(place.users["finance"]), "POWER01", "POWER02"),
                               (there, "POWER02", "POWER01")):  # fmt: skip
        codes = Page(reader, "/console/accounts/").column("科目账号")
        assert [code for code in codes if code.split(".")[0] in KEPT_FOR_A_COMPANY] == kept[own]
        with psycopg.connect(place.database.app_url) as conn:
            ids = dict(conn.execute("SELECT code, account_id FROM ledger_account").fetchall())
        asked = [reader.get(f"/console/accounts/{ids[code]}/").status_code for code in (*kept[own], *kept[other])]
        assert asked == [200] * 5 + [404] * 5
    assert site.client_of(place.users["biller_staff"]).get("/console/accounts/").status_code == 403


def test_every_account_of_the_chart_has_an_english_name(finance, place):
    from django.utils.translation import override

    from yifen.face import words

    with psycopg.connect(place.database.app_url) as conn:
        titles = [row[0] for row in conn.execute("SELECT title FROM ledger_chart_v1()")]
    assert [words.account(f"{title} 甲 乙") for title in titles] == [f"{title} 甲 乙" for title in titles]
    with override("en"):
        assert [title for title in titles if not words.account(title).isascii()] == []
        assert words.account("过渡账户 青溪 供电") == "Transit account 青溪 供电"
        assert words.account("热费代收") == "热费代收"  # a name of somebody's own
    reader = site.client_of(place.users["finance"])
    reader.post("/language/", {"language": "en"})
    rename, account = "UPDATE ledger_account SET name = %s WHERE account_id = %s", place.own.transit_id
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        before = conn.execute("SELECT name FROM ledger_account WHERE account_id = %s", (account,)).fetchone()[0]
        conn.execute(rename, ("过渡账户 青溪", account))
        try:
            assert "Transit account 青溪" in Page(reader, "/console/accounts/").column("Name")
            assert "Transit account 青溪" in Page(reader, f"/console/accounts/{account}/").text
        finally:
            conn.execute(rename, (before, account))


def test_who_stands_at_the_root_sees_every_account(place):
    codes = Page(site.client_of(place.users["auditor"]), "/console/accounts/").column("科目账号")
    assert codes == sorted(codes)
    assert {"1121.WX02", "2241.POWER02", "1121.DESK", "1121.PAGE"} <= set(codes)


def test_the_statement_runs_from_the_day_end_balance_on(finance, place):
    address = account(finance, "2241.POWER01")
    page = Page(finance, address)  # the open business day
    before = sum(FIRST) - amount_of(3)
    assert page.column("余额") == [
        yuan(before + sum(SECOND[: at + 1])) for at in reversed(range(len(SECOND)))
    ]
    assert page.column("贷方") == [yuan(each) for each in reversed(SECOND)]
    stats = [part.text_content().strip() for part in page.tree.xpath("//*[@class='stat-value']")]
    assert stats == [yuan(before), "0.00", yuan(sum(SECOND)), yuan(before + sum(SECOND))]


def test_pages_of_a_statement_leave_no_gap_and_each_balance_follows_from_the_last(finance):
    address = account(finance, "2241.POWER01")
    pages = [Page(finance, address, since="2026-11-23", until="2026-11-24")]
    while pages[-1].older:
        pages.append(pages[-1].go(pages[-1].older))
    rows = [row for page in pages for row in page.table()]
    assert (len(rows), len({row[2] for row in rows})) == (76, 76)
    balance = 0
    for row in reversed(rows):
        balance += fen(row[7]) - fen(row[6])
        assert fen(row[8]) == balance
    back = [pages[-1]]
    while back[-1].newer:
        back.append(back[-1].go(back[-1].newer))
    assert [page.table() for page in back] == [page.table() for page in reversed(pages)]


def test_what_is_held_moves_no_balance(finance):
    page = Page(finance, account(finance, "2241.GAS01"))
    assert page.column("种类") == ["预占"]
    assert page.column("余额") == ["0.00"]


def test_an_exported_statement_has_the_same_balances(finance):
    address = account(finance, "2241.POWER01")
    query = "since=2026-11-23&until=2026-11-24"
    answer = finance.post(f"{address}export/", {"format": "csv", "query": query})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]
    shown = Page(finance, address, since="2026-11-23", until="2026-11-24").column("余额")
    assert [line.split(",")[-1] for line in lines][:50] == [text.replace(",", "") for text in shown]


def test_the_statement_on_paper(finance):
    from pypdf import PdfReader

    address = account(finance, "2241.POWER01")
    answer = finance.get(f"{address}pdf/", {"since": "2026-11-23", "until": "2026-11-24"})
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for said in ("明细账", "2241.POWER01", yuan(sum(FIRST + SECOND)), yuan(amount_of(3))):
        assert said in text


def test_day_end_balances(finance):
    page = Page(finance, account(finance, "2241.POWER01") + "days/")
    total, back = sum(FIRST), amount_of(3)
    assert page.table() == [
        ["2026-11-23", yuan(back), yuan(total), "0.00", yuan(total - back)],
    ]


def test_foreign_accounts_are_not_there(finance, place):
    foreign = place.foreign.transit_id
    for path in ("", "days/", "pdf/"):
        assert finance.get(f"/console/accounts/{foreign}/{path}").status_code == 404
    for path in ("export/", "days/export/"):
        answer = finance.post(f"/console/accounts/{foreign}/{path}", {"format": "csv", "query": ""})
        assert answer.status_code == 404
    assert finance.get("/console/accounts/99999999999/").status_code == 404


def test_the_chains_show_their_heads_and_the_last_day(finance, place):
    page = Page(finance, "/console/chain/")
    with psycopg.connect(place.database.app_url) as conn:
        heads = conn.execute(
            "SELECT bucket, transfer_no, batch_no, encode(hash, 'hex') FROM ledger_head ORDER BY 1"
        ).fetchall()
        [entry_no] = conn.execute("SELECT entry_no FROM audit_head").fetchall()[0]
    assert [[row[0], row[1], row[2], row[4]] for row in page.table(0)] == [
        [str(bucket), str(transfers), str(batches), head[:24] + "…"]
        for bucket, transfers, batches, head in heads
    ]
    assert page.table(1)[0][:3] == ["hub", "2026-11-23", "2"]
    assert page.facts()["审计记录"] == str(entry_no)


def run_check(client, place) -> Page:
    """Press the button, have it done."""
    answer = client.post("/console/chain/check/")
    assert (answer.status_code, answer["Location"]) == (302, "/console/chain/")
    work(place.database)
    return Page(client, "/console/chain/")


def test_a_check_replays_everything_and_says_that_the_books_are_sound(finance, place):
    page = run_check(finance, place)
    with psycopg.connect(place.database.app_url) as conn:
        [transfers] = conn.execute("SELECT sum(transfer_no) FROM ledger_head").fetchall()[0]
    assert "账实一致" in page.text
    assert f"重放 {transfers} 条分录" in page.text
    assert page.column("结果", 2)[0] == "一致"
    assert page.column("分录", 2)[0] == f"{transfers:,}"


def test_one_check_at_a_time(finance, place):
    from datetime import UTC, datetime

    from yifen.core.audit.record import Actor
    from yifen.face.ledger import checks
    from yifen.face.models import BooksCheck

    running = checks.begin(place.users["auditor"], Actor(), datetime.now(UTC))
    finance.post("/console/chain/check/")
    page = Page(finance, "/console/chain/")
    assert "已有一次验证正在进行" in page.text
    assert page.tree.xpath("//*[@id='check_now']/@disabled")
    assert page.tree.xpath("//*[@id='chain']/@hx-trigger") == ["every 2s"]
    assert "没有作业进程在运行，请管理员启动 worker。" in page.text
    assert BooksCheck.objects.filter(finished_at__isnull=True).count() == 1
    checks.given_up(running.pk)
    page = Page(finance, "/console/chain/")
    assert "最近一次验证没有完成" in page.text
    with psycopg.connect(place.database.app_url) as conn:
        conn.execute("DELETE FROM procrastinate_jobs")


def test_a_check_that_nobody_works_on_any_more_is_over(finance, place):
    from datetime import UTC, datetime

    from yifen.face.models import BooksCheck

    dead = BooksCheck.objects.create(asked_by=place.users["finance"], asked_at=datetime.now(UTC))
    page = Page(finance, "/console/chain/")
    assert "最近一次验证没有完成" in page.text
    dead.refresh_from_db()
    assert (dead.ok, dead.finished_at is not None) == (None, True)


def test_a_check_ends_with_its_worker(finance, place, monkeypatch):
    from datetime import UTC, datetime

    from yifen.core.audit.record import Actor
    from yifen.face.ledger import checks

    check = checks.begin(place.users["finance"], Actor(), datetime.now(UTC))
    monkeypatch.setattr(checks, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(checks.CheckInterrupted):
        checks.run(lambda: True, check.pk)
    checks.given_up(check.pk)
    check.refresh_from_db()
    assert check.problems == [checks.INTERRUPTED]
    with psycopg.connect(place.database.app_url) as conn:
        conn.execute("DELETE FROM procrastinate_jobs")


def test_a_check_names_the_row_that_was_altered(finance, place):
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
        conn.execute("UPDATE ledger_transfer SET amount_fen = amount_fen + 1"
                     " WHERE bucket = 1 AND transfer_no = 2")  # fmt: skip
        conn.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER append_only")
    page = run_check(finance, place)
    assert "发现改动" in page.text
    assert page.column("结果", 2)[0] == "有改动"
    assert "ledger_transfer bucket 1 transfer_no 2 was altered" in page.column("问题", 2)[0]
