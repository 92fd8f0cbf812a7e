"""The auditor's search: pages, filters, the difference, the history of one thing, scope."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.utils import translation

from tests.access import proposals
from tests.conftest import NewDatabase
from tests.console.pages import Page, words
from tests.web import province, site
from tests.web.province import Province
from yifen.core.audit.context import tell
from yifen.core.audit.queries import EntriesFound
from yifen.core.audit.record import Actor, act

LIST = "/console/audit/"


@pytest.fixture(scope="module")
def place(new_database: NewDatabase):
    """The province, and what two people of two counties did to their partners."""
    database = new_database()
    with site.on(database):
        place = province.build(database)
        with psycopg.connect(database.app_url) as conn:
            for rows, login in ((place.own, "ia01"), (place.foreign, "ia02")):
                with conn.transaction():
                    tell(conn, Actor(login, rows.user.pk, rows.county, "10.0.0.7", "abc123"))
                    conn.execute("UPDATE partner SET name = %s WHERE id = %s",
                                 (f"{login} <b>改名</b>", rows.biller))  # fmt: skip
            for number in range(120):
                with conn.transaction():
                    act(conn, "sign_in", "access_user", number, who=Actor("clerk"), note=f"第{number}次")
        yield place


@pytest.fixture
def auditor(place: Province):
    return site.client_of(place.users["auditor"])


def test_pages_of_the_trail_leave_no_gap_in_both_directions(auditor, place):
    pages = [Page(auditor, LIST)]
    while pages[-1].older:
        pages.append(pages[-1].go(pages[-1].older))
    numbers = [int(number) for page in pages for number in page.column("记录号")]
    assert numbers == list(range(numbers[0], 0, -1))
    back = [pages[-1]]
    while back[-1].newer:
        back.append(back[-1].go(back[-1].newer))
    assert [page.table() for page in back] == [page.table() for page in reversed(pages)]


@pytest.mark.parametrize(
    ("asked", "count"),
    [({"q": "clerk"}, 50), ({"q": "第77次"}, 1), ({"q": "ia01"}, 1), ({"action": "update", "q": "ia02"}, 1),
     ({"subject": "partner", "action": "update", "q": "clerk"}, 0), ({"until": "2020-01-01"}, 0)],
)  # fmt: skip
def test_filters(auditor, asked, count):
    assert len(Page(auditor, LIST, **asked).table()) == count


def test_the_institution_narrows_to_its_people(auditor, place):
    page = Page(auditor, LIST, institution=str(place.own.county), action="update")
    assert page.column("经办") == ["ia01"]
    assert page.column("对象") == [f"合作方 POWER01 ia01 <b>改名</b> ({place.own.biller})"]
    assert page.column("内容") == ["名称: 青溪供电公司 → ia01 <b>改名</b>"]
    assert "<b>改名" not in page.answer.content.decode()


def test_an_entry_shows_what_was_and_what_became_of_it(auditor, place):
    page = Page(auditor, LIST, q="ia01")
    entry = page.go(page.link("//main//tbody//td[1]/a"))
    assert entry.facts() | {"时间": ""} == {
        "时间": "", "动作": "修改", "经办": "ia01",
        "对象": f"合作方 POWER01 ia01 <b>改名</b> ({place.own.biller})",
        "经办机构": "青溪县联社", "来自": "10.0.0.7", "请求编号": "abc123", "数据库角色": "yifen_app",
        "备注": "—",
    }  # fmt: skip
    assert [words(cell) for cell in entry.tree.xpath("//tbody/tr/*")] == [
        "名称", "青溪供电公司", "ia01 <b>改名</b>"]  # fmt: skip


def test_a_partner_is_asked_for_by_code_and_leads_to_its_keys(auditor, place):
    """Who changed POWER01's key? Its row has a number, and the trail knows it by that alone."""
    with psycopg.connect(place.database.app_url) as conn:
        key = conn.execute(
            "INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
            " VALUES (%s, 7, 'sha1', 'x', now()) RETURNING id", (place.own.biller,),
        ).fetchone()[0]  # fmt: skip
        conn.execute("UPDATE partner_key SET valid_until = '2027-01-01Z' WHERE id = %s", (key,))
    page = Page(auditor, LIST, q="POWER01", subject="partner_key")
    rows = list(zip(page.column("动作"), page.column("对象"), page.column("内容"), strict=True))
    assert rows[0][0] == "修改"
    assert rows[0][1].startswith("密钥 POWER01 ")
    assert rows[0][1].endswith(f" · 7 ({key})")
    assert rows[0][2] == "失效: （空） → 2027-01-01 08:00:00"
    assert [row[0] for row in rows] == ["修改", "新增"]


def test_a_line_says_words_for_codes_and_neither_what_begins_empty_nor_whole_digests(place):
    from yifen.face.trail.changes import summary

    row = {"name": "结算账户 X", "side": "asset", "limited": "none", "note": "", "unit": "fen", "document_id": -5,
           "kind": "out", "sha256": "0a" * 32, "ended_at": None}  # fmt: skip
    entry = EntriesFound(1, datetime.now(UTC), "", "", None, None, "", "", "insert", "ledger_account", "1", None,
                         row, "")  # fmt: skip
    assert summary(entry, 200) == (
        "名称: 结算账户 X；记账方向: 资产；不得透支: 不限；金额单位: 分；凭据号: 5；性质: 付款；摘要: 0a0a0a0a0a0a…"
    )
    with translation.override("en"):
        assert summary(entry, 70) == "Name: Settlement account X; Side: Asset; No overdraft: No limit; Unit…"


def test_maker_and_checker_both_find_their_act(auditor, place):
    made = proposals.MAKERS["users.roles"](place)
    site.agree(made.checker, made.proposal, proposals.NOW)
    subject = made.proposal.subject_key
    for login in (made.proposal.maker.login, made.checker.login):
        page = Page(auditor, LIST, q=login, subject="users.roles")
        assert list(zip(page.column("动作"), page.column("经办"), strict=True)) == [
            ("复核同意", made.checker.login), ("提出", made.proposal.maker.login)]  # fmt: skip
        assert page.column("对象")[0] == f"用户角色 {subject}"
        told = page.column("内容")[0]
        assert told.startswith("角色: 柜员 → 财务；")
        assert f"提议编号: {made.proposal.pk}" in told
    entry = page.go(page.link("//main//tbody//td[1]/a"))
    maker, checker = made.proposal.maker, made.checker
    rows = {row[0]: row[1:] for row in entry.table()}
    assert rows["角色"] == ["柜员", "财务"]
    for title, person in (("提出人", maker), ("复核人", checker)):
        assert rows[title] == ["—", f"{person.name} {person.login}"]


def test_every_column_and_table_that_the_trail_tells_has_a_name(place):
    from yifen.core.audit.watch import watched
    from yifen.face.trail.naming import terms

    with psycopg.connect(place.database.owner_url) as conn:
        found = conn.execute("SELECT table_name::text, column_name::text FROM information_schema.columns"
                             " WHERE table_schema = 'public'").fetchall()  # fmt: skip
    watches = {table.name: table.watch for table in watched()}
    columns = {
        column for table, column in found
        if (watch := watches.get(table)) and column not in watch.ignored and (not watch.only or column in watch.only)
    }  # fmt: skip
    assert "partner_id" in columns  # the database was asked, not the models alone
    assert sorted((watches.keys() | columns) - terms().keys()) == []


def test_a_key_is_found_as_its_page_calls_it_and_by_what_it_is(auditor, place):
    with psycopg.connect(place.database.app_url) as conn:
        row = conn.execute("SELECT k.id, k.version FROM partner_key k JOIN partner p ON p.id = k.partner_id"
                           " WHERE p.code = 'POWER01'").fetchone()  # fmt: skip
    assert row is not None
    found = Page(auditor, LIST, q=f"power01:{row[1]}", action="insert").table()
    assert len(found) == 1
    assert f"({row[0]})" in " ".join(found[0])
    keys = len(Page(auditor, LIST, q="密钥", action="insert").table())
    assert keys == len(Page(auditor, LIST, subject="partner_key", action="insert").table()) == 1
    assert len(Page(auditor, LIST, q="key", action="insert").table()) == keys  # in English too
    whole = Page(auditor, LIST, q=f"POWER01:{row[1]}").table()
    for place_of_keys in ("/console/partners/keys/", "/console/partners/POWER01/"):  # one click from the key
        assert Page(auditor, Page(auditor, place_of_keys).link("//a[normalize-space()='谁改的']")).table() == whole
        assert "谁改的" not in Page(site.client_of(place.users["platform_admin"]), place_of_keys).text
    for nothing in ("POWER01:999", "POWER01:", ":1", "POWER01:99999999999999999999"):
        assert Page(auditor, LIST, q=nothing).table() == []


def test_words_and_what_holds_several_are_told_by_their_names() -> None:
    from django.utils.translation import override

    from yifen.face.trail.naming import thing, value

    result = {"left": [], "sums": {"done": 2, "sent": 0}, "gaps": [{"zh": "未对账", "en": "not reconciled", "fen": 1}]}
    for language, state, key, told in (
        ("zh-hans", "进行中", "1 · 关闭", "合计 已完成 2, 已发出 0, 未对平 未对账"),
        ("en", "Running", "1 · close", "Sums Done 2, Sent 0, Not proved not reconciled"),
    ):
        with override(language):
            assert value("eod_step", "state", "running") == state
            assert thing("eod_step", "1|close") == key
            assert value("eod_step", "result", result) == told
            assert value("eod_run", "sha256", "\\xb88d") == "b88d"


def test_the_history_of_one_thing(auditor, place):
    page = Page(auditor, f"{LIST}history/", subject="partner", key=str(place.own.biller))
    actions = [badge.text_content() for badge in page.tree.xpath("//main//*[contains(@class, 'badge')]")]
    assert actions == ["修改", "修改", "新增"]
    assert "青溪供电公司" in page.text


@pytest.mark.parametrize("asked", [{}, {"subject": "x'\x00", "key": "\x00"}, {"key": "1" * 5000}])
def test_the_history_of_nothing_is_empty(auditor, asked):
    assert "没有记录" in Page(auditor, f"{LIST}history/", **asked).text


def test_an_auditor_of_a_county_reads_the_acts_of_its_people_alone(place):
    client = site.client_of(site.user("auditor01", place.own.county, "auditor"))
    page = Page(client, LIST, action="update")
    assert page.column("经办") == ["ia01"]
    everything = Page(site.client_of(place.users["auditor"]), LIST, q="ia02", action="update",
                      subject="partner")  # fmt: skip
    [foreign] = everything.column("记录号")
    assert client.get(f"{LIST}{foreign}/").status_code == 404
    history = Page(client, f"{LIST}history/", subject="partner", key=str(place.foreign.biller))
    assert "没有记录" in history.text


def test_the_export_holds_before_and_after_and_notes_itself(auditor, place):
    answer = auditor.post(f"{LIST}export/", {"format": "csv", "query": "q=ia01"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "记录号,时间,经办,来自,动作,对象,变更前,变更后,备注,请求编号,数据库角色"
    assert '"{""name"": ""青溪供电公司""}","{""name"": ""ia01 <b>改名</b>""}",,abc123,yifen_app' in lines[1]
    assert Page(auditor, LIST, action="export").column("内容") == ["行数: 1；格式: csv；筛选: q=ia01"]


def test_an_entry_that_is_not_there(auditor):
    for number in (0, 999_999, 2**70):
        assert auditor.get(f"{LIST}{number}/").status_code == 404


def test_days_are_days_of_the_clock_on_the_wall(auditor, place):
    from django.utils import timezone

    today = timezone.localdate(datetime.now(UTC)).isoformat()
    assert len(Page(auditor, LIST, since=today, until=today).table()) == 50


def test_who_proposed_and_who_agreed_to_a_key_are_found_by_the_key(auditor, place):
    """And not by another partner's of the same version."""
    from django.db import connection, transaction

    from yifen.core.partners.models import PartnerKey

    with transaction.atomic():
        tell(connection, Actor(place.users["platform_admin"].login))
        made = proposals.MAKERS["partners.key"](place)
    with transaction.atomic():
        tell(connection, Actor(made.checker.login))
        site.agree(made.checker, made.proposal, proposals.NOW)
    key = PartnerKey.objects.filter(partner_id=place.own.channel).latest("pk")
    page = Page(auditor, LIST, q=f"WX01:{key.version}")
    assert set(page.column("经办")) == {made.proposal.maker.login, made.checker.login}
    assert Page(auditor, LIST, q=f"WX02:{key.version}").table() == []
