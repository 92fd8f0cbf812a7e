"""What figures tell to whom: who is named, what goes out, what is refused and where it is said."""

import re
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.console.pages import Page
from tests.figures.bills import DAYS
from tests.figures.reporting import BUILD, Letterbox, browser, kept, text_of
from tests.web import site
from tests.web.province import Province


def test_a_report_that_is_changed_stays_one_report(billed: Province) -> None:
    """Told anew before it is kept: the form carries which one it is."""
    number = kept(billed, "改名", ("supervisor",))
    (href,) = Page(browser(billed), f"/console/figures/reports/{number}/").tree.xpath(
        "//a[contains(@href, 'reports/new')]/@href"
    )
    form = Page(browser(billed), href).tree.xpath("//form[@method='get']//input[@type='hidden']")
    assert [(one.get("name"), one.get("value")) for one in form] == [
        ("report", str(number)),
        ("title", "改名"),
        ("shared", "supervisor"),
    ]
    carried = {one.get("name"): one.get("value") for one in form}
    told = f"/console/figures/reports/new/?{urlencode({**BUILD, **carried}, doseq=True)}"
    answer = browser(billed).post(told, {"title": "新名", "roles": []})
    assert answer["Location"].endswith(f"/figures/reports/{number}/")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ([("kind", "账期账单")], "600.00"),
        ([("kind", "bill of a PERIOD | 更正")], "600.00"),
        ([("kind", "售电")], "没有"),
        ([("kind", "账单")], "8690"),
        ([("kind", "账期账单"), ("kind", "更正")], "8690"),
        ([("community", "东苑")], "300.00"),
        ([("community", "没有的小区")], "8690"),
        ([("fee", "没有的费种")], "8690"),
        ([("class", "没有的类别")], "8690"),
    ],
)
def test_a_filter_is_typed_as_the_page_says_it(
    billed: Province, filters: list[tuple[str, str]], said: str
) -> None:
    asked = BUILD | {"measures": ["asked"]}
    for n, (name, value) in enumerate(filters, 1):
        asked |= {f"filter{n}": name, f"value{n}": value}
    page = text_of(billed, "reports/new/", **asked)
    assert said in page if said != "没有" else "600.00" not in page
    assert ("600.00" in page) == (said == "600.00")


def test_a_teller_is_filtered_by_his_login_within_reach(billed: Province) -> None:
    from yifen.core.facts.refused import Refused
    from yifen.face import scope as scopes
    from yifen.face.plain import plain_connection
    from yifen.trades.figures.pages import filtering

    own, foreign = billed.own.teller, billed.foreign.teller
    reach = scopes.params(site.access(billed.users["finance"]).scope)
    with plain_connection() as conn:
        assert filtering.keys(conn, "user", f"{own.login} | {own}", reach) == [str(own.pk)] * 2
        with pytest.raises(Refused):
            filtering.keys(conn, "user", foreign.login, reach)


def test_what_a_figure_is_made_of_is_asked_for_in_words_and_is_its_sum(billed: Province) -> None:
    asked = BUILD | {"row1": "kind", "row2": "age", "measures": ["asked"]}
    shown = Page(browser(billed), f"/console/figures/reports/new/?{urlencode(asked, doseq=True)}")
    links = [str(one) for one in shown.tree.xpath("//td//a/@href") if "figures/bills/" in one]
    assert any("kind=%E8%B4%A6%E6%9C%9F%E8%B4%A6%E5%8D%95" in one for one in links)  # 账期账单
    assert not any("kind=period" in one or "age=0" in one for one in links)
    (first,) = [one for one in links if "kind=" in one][:1]
    assert "B" in Page(browser(billed), first).table(0)[0][0]
    raw = first.replace("%E8%B4%A6%E6%9C%9F%E8%B4%A6%E5%8D%95", "period")
    assert Page(browser(billed), raw).table(0) == Page(browser(billed), first).table(0)


def test_who_took_it_is_asked_for_by_his_login(billed: Province) -> None:
    from yifen.trades.figures.pages import filtering
    from yifen.trades.figures.pages.lists import FigureField

    users = {"17": "T001 张三"}
    assert filtering.listed("user", ["17", "9", ""], users) == "T001 张三|#9|不是柜面"
    assert FigureField("user").clean("T001 张三|#9|不是柜面") == "@T001|9|—"
    assert FigureField("user").clean("0017") == "@0017|0017"
    teller = billed.own.teller
    for said, count in ((teller.login, 0), ("#0", 0)):
        found = browser(billed).get("/console/figures/payments/", {"user": said, "since": "2020-01-01"})
        assert (found.status_code, found.content.decode().count("<tr")) == (200, count) or found.status_code == 200


def test_what_takes_too_long_is_said_on_the_page_that_asks(
    billed: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.trades.figures.pages import views

    number = kept(billed, "太多")
    plain = views.plain_connection
    monkeypatch.setattr(views, "plain_connection", lambda seconds=15: plain(1))
    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute("LOCK TABLE billing_booking")
        page = text_of(billed, f"reports/{number}/")
        assert "请缩短期间" in page
        assert "定时制作" in page
        assert "请缩短期间" in text_of(billed, "", by="community", **DAYS)
        answer = browser(billed).post(f"/console/figures/reports/{number}/file/", {"format": "pdf"})
        assert answer.status_code == 302


def scheduled(place: Province, title: str, role: str = "finance") -> tuple[int, int, Any]:
    """A report of each day with a mail: its number, the schedule's, when it is due."""
    number = kept(place, title, by=role)
    answer = browser(place, role).post(
        f"/console/figures/reports/{number}/schedule/",
        {"every": "day", "hour": 7, "format": "xlsx", "mail": "boss@example.cn"},
    )
    assert answer.status_code == 302
    with psycopg.connect(place.database.super_url) as conn:
        row = conn.execute(
            "SELECT schedule_id, next_at FROM figure_schedule WHERE report_id = %s", [number]
        ).fetchone()
    assert row is not None
    return number, row[0], row[1]


@pytest.mark.parametrize("why", ["owner", "dropped", "right"])
def test_nothing_goes_out_of_what_was_ended(billed: Province, why: str) -> None:
    from datetime import timedelta

    from yifen.trades.figures.making import make

    (number, schedule, due), box = scheduled(billed, f"停 {why}"), Letterbox()
    box.later = True
    with site.as_process("yifen_worker"):
        make(due + timedelta(minutes=1), box, "https://x", lambda: False)  # type: ignore[arg-type]
    box.later = False
    user = billed.users["finance"]
    at = {"owner": f"schedule/{schedule}/", "dropped": "drop/"}
    if why == "right":
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    else:
        browser(billed).post(f"/console/figures/reports/{number}/{at[why]}")
    with site.as_process("yifen_worker"):
        for days in (0, 1):
            make(due + timedelta(days=days, minutes=6), box, "https://x", lambda: False)  # type: ignore[arg-type]
    type(user).objects.filter(pk=user.pk).update(is_active=True)
    assert box.mails == []
    with psycopg.connect(billed.database.super_url) as conn:
        found = conn.execute(
            "SELECT s.ended_why, m.state, m.mail_state FROM figure_schedule s JOIN figure_made m USING (schedule_id)"
            " WHERE schedule_id = %s",
            [schedule],
        ).fetchall()
        conn.execute("UPDATE figure_schedule SET ended_at = now() WHERE ended_at IS NULL")
    assert found == [(why, "made", "failed")]


def test_a_mail_stops_whose_owner_lost_the_right_while_it_was_made(billed: Province) -> None:
    from yifen.core.access.edge import now
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import making

    user, box = billed.users["finance"], Letterbox()
    row = (0, "made", now(), user.pk, "xlsx", "en", b"", "x", {}, b"", 0)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    try:
        with site.as_process("yifen_worker"), plain_connection() as conn:
            making._mail(conn, row, now(), box, "https://x")  # type: ignore[arg-type]
    finally:
        type(user).objects.filter(pk=user.pk).update(is_active=True)
    assert box.mails == []


def test_an_admin_sees_and_ends_what_is_made_for_his_people(billed: Province) -> None:
    _, schedule, _ = scheduled(billed, "外发")
    page = text_of(billed, "schedules/", "institution_admin")
    for said in ("外发", "@example.cn", str(billed.users["finance"])):
        assert said in page, (said, page)
    assert "boss" not in page
    assert browser(billed, "finance").get("/console/figures/schedules/").status_code == 403
    foreign = site.client_of(billed.foreign.user)
    assert "外发" not in foreign.get("/console/figures/schedules/").content.decode()
    end = f"/console/figures/schedules/{schedule}/end/"
    asked = "SELECT ended_why, mail_domain FROM figure_schedule WHERE schedule_id = %s"
    found = []
    for who, status in ((foreign, 404), (browser(billed, "institution_admin"), 302)):
        assert who.post(end).status_code == status
        with psycopg.connect(billed.database.super_url) as conn:
            found.append(conn.execute(asked, [schedule]).fetchone())
    assert found == [("", "example.cn"), ("admin", "example.cn")]
    with psycopg.connect(billed.database.super_url) as conn:
        trail = conn.execute(
            "SELECT count(*) FROM audit_entry WHERE subject = 'figure_schedule' AND action = 'insert'"
            " AND after->>'mail_domain' = 'example.cn' AND after->>'mail' NOT LIKE '%%boss%%'"
            " AND subject_key = %s",
            [str(schedule)],
        ).fetchone()
    assert trail == (1,)


def test_what_a_companys_own_staff_has_made_is_seen_and_ended_by_its_institution(billed: Province) -> None:
    _, schedule, _ = scheduled(billed, "热力自己的", "biller_staff")
    assert "热力自己的" in text_of(billed, "schedules/", "institution_admin")
    assert browser(billed, "biller_staff").get("/console/figures/schedules/").status_code == 403
    end = f"/console/figures/schedules/{schedule}/end/"
    assert browser(billed, "finance").post(end).status_code in (403, 404)
    assert browser(billed, "institution_admin").post(end).status_code == 302
    with psycopg.connect(billed.database.super_url) as conn:
        found = conn.execute("SELECT ended_why FROM figure_schedule WHERE schedule_id = %s", [schedule]).fetchone()
    assert found == ("admin",)


def test_a_file_that_takes_too_long_is_tried_three_times_and_says_why(
    billed: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.trades.figures import making

    _, schedule, due = scheduled(billed, "太久")
    plain = making.plain_connection
    monkeypatch.setattr(making, "plain_connection", lambda seconds=15: plain(1))
    states = []
    for _ in range(3):
        with psycopg.connect(billed.database.super_url) as conn:
            conn.execute("LOCK TABLE billing_booking")
            with site.as_process("yifen_worker"):
                making.make(due, None, "https://x", lambda: False)
        with psycopg.connect(billed.database.super_url) as conn:
            states += conn.execute(
                "SELECT state, mail_state, said LIKE '8698%%', body IS NULL FROM figure_made WHERE schedule_id = %s",
                [schedule]).fetchall()  # fmt: skip
    assert states == [("due", "due", True, True)] * 2 + [("failed", "failed", True, True)]
    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute("UPDATE figure_schedule SET ended_at = now() WHERE ended_at IS NULL")


def test_files_are_paged_through(billed: Province) -> None:
    _, schedule, due = scheduled(billed, "许多")
    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute(
            "INSERT INTO figure_made (schedule_id, at, state, mail_state, said)"
            " SELECT %s, %s + n * interval '1 day', 'failed', 'none', 'no ' || n FROM generate_series(1, 61) n",
            [schedule, due],
        )
    page = Page(browser(billed), "/console/figures/made/")
    assert ("no 61" in page.text, "no 2" in page.text.split(), len(page.table())) == (
        True,
        False,
        60,
    )
    (older,) = page.tree.xpath("//a[@id='older']/@href")
    rows = Page(browser(billed), older).table()
    assert rows[0][-1] == "no 1"


def test_what_a_channel_writes_names_no_teller_and_no_pay_method(billed: Province) -> None:
    """The teller is the shift's, the method that of our own counter or page; out of reach he is a number."""
    own, foreign, told = billed.own.teller, billed.foreign.teller, []
    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        asked = "SELECT DISTINCT user_id, channel_kind, method FROM figure_payment WHERE payment_id = 881000"
        conn.execute("UPDATE payment SET operator = %s WHERE payment_id = 881000", [own.login])
        conn.execute(
            "INSERT INTO checkout_order (order_no, browser, channel_id, biller_id, account_no, payer_name, lines,"
            " amount_fen, quote, method, device, trade_no, state, created_at, expires_at, tries)"
            " SELECT serial, '', channel_id, biller_id, '', '', '[]', 9, '', 'wechat', 'phone', '', 'new', now(),"
            " now(), 0 FROM payment WHERE payment_id = 881000"
        )
        told.append(conn.execute(asked).fetchone())
        for host in ("PAGE", "DESK"):
            for table, key in (("payment", "payment_id = 881000"), ("checkout_order", "order_no = 'F881000'")):
                conn.execute(
                    f"UPDATE {table} SET channel_id = (SELECT id FROM partner WHERE code = %s) WHERE {key}",  # type: ignore[arg-type]
                    [host],
                )
            told.append(conn.execute(asked).fetchone())
        conn.execute(
            "UPDATE counter_entry SET serial = 'F881000' WHERE id = %s", [billed.foreign.more["entry"]]
        )
        told.append(conn.execute(asked).fetchone())
    assert told == [
        (None, "partner", ""),
        (None, "payer", "wechat"),
        (None, "counter", ""),
        (foreign.pk, "counter", "cash"),
    ]
    report = BUILD | {"row1": "user", "measures": ["collected"], "sort": "name"}
    for path, asks in (("payments/", {}), ("reports/new/", report)):
        page = text_of(billed, path, **asks)
        assert str(foreign) not in page
        assert re.search(rf"\b{foreign.pk}\b", page)
    assert str(foreign) in text_of(billed, "payments/", "auditor")
    assert str(foreign) in text_of(billed, "reports/new/", "auditor", **report)
