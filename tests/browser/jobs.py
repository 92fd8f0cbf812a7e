"""The job table 岗位用时: what each role's everyday jobs take in the browser, in clicks, keys and seconds.

    ./yifen test -q -n0 tests/browser/jobs.py

Only by its own name, in no run of everything. The numbers of clicks and keys are bounds; the table is written to
docs/jobs.md and its Chinese side.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from psycopg.types.json import Jsonb

from tests.browser import people
from tests.browser.conftest import Place
from tests.browser.hand import Hand, Taken
from tests.console import busy, waiting
from tests.web import site
from tests.world import DAY, sealed_no

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTHING = Path(__file__).parents[1] / "samples" / "cases" / "02-wechat-zero.csv"  # a day without business
PAYEE = {"account_no": sealed_no("6222000000000001"), "account_name": "青溪供电公司"}
MARKS = "<!-- jobs -->\n", "<!-- end of jobs -->\n"
LAST_MONTH_DAYS = 8  # the book is cut from 2026-11-23 into December


@pytest.fixture(scope="module")
def stage(place: Place) -> Place:
    """The busy province, in which something of every kind waits, in a new month; asked for before the browser."""
    made = place.province
    with site.on(made.database):
        busy.fill(made)
        waiting.fill(made)
        site.user("te09", made.own.branch, "teller")
        for login, role in (("super96", "supervisor"), ("clear96", "finance")):
            site.user(login, made.union, role)
    with psycopg.connect(made.database.super_url) as conn:
        conn.execute("UPDATE recon_profile SET format = 'wechat_trade', layout_id = NULL WHERE partner_id = %s",
                     (made.own.channel,))  # fmt: skip
        conn.execute("DELETE FROM partner_key WHERE secret = ''")  # `waiting` has keys that open nothing,
        conn.execute("DELETE FROM biller_outage WHERE starts_at < now()")  # an outage, and a second of the same name
        conn.execute("UPDATE partner SET name = '新城供电公司' WHERE code LIKE 'NEW%'")
        conn.execute("UPDATE payout SET payee = %s", (Jsonb(PAYEE),))
    with psycopg.connect(made.database.app_url) as conn:
        world = busy.again(conn, made)
        world.key("WX01", 1, "hmac-sha256", b"k" * 32)
        for _ in range(LAST_MONTH_DAYS):
            world.cut()
    return place


def collect(hand: Hand) -> None:
    """4623, the account number, what was given; the next payer may come."""
    hand.press(*"4623", "Enter")
    hand.page.wait_for_url("**/desk/4623/")
    expect(hand.page.locator("[name=account_no]")).to_be_focused()
    hand.type(hand.place.province.own.account_no)
    hand.press("Enter")
    expect(hand.page.locator("[name=tendered]")).to_be_focused()
    hand.type("600")
    expect(hand.page.locator("#change")).to_have_text("19.77")
    hand.press("Enter")
    hand.page.wait_for_url("**/desk/entry/*/")
    expect(hand.page.locator("main [data-calm]")).to_have_count(0)
    hand.press("F5")
    expect(hand.page.locator(".desk-result")).to_contain_text("收款成功")


def take_back(hand: Hand) -> None:
    """4625 of the last one, a reason, and the supervisor's word at this screen."""
    hand.press(*"4625", "Enter")
    hand.page.wait_for_url("**/desk/4625/")
    expect(hand.page.locator("[name=number]")).to_be_focused()
    hand.press("Enter")
    expect(hand.page.locator("[name=reason]")).to_be_focused()
    supervisor = hand.place.province.users["supervisor"].login
    for text in ("收错户号", supervisor, site.PASSWORD, people.digits(people.key_of(hand.place, supervisor))):
        hand.type(text)
        hand.press("Enter")
    expect(hand.page.locator(".desk-result")).to_contain_text("冲正成功")


def propose_night(hand: Hand) -> None:
    waits(hand, "日终待签字")
    hand.fill("reason", "对方文件次日补送")
    hand.click("#sign")
    expect(hand.page.locator("main .badge").first).to_have_text("待复核")


def decide(hand: Hand) -> None:
    """The one that waits longest for who looks."""
    waits(hand, "待我复核")
    agree(hand)


def decide_night(hand: Hand) -> None:
    hand.link("待我复核")
    hand.click(hand.page.locator("main tbody tr", has_text="签字关闭日终").get_by_role("link").first)
    agree(hand)


def decide_payout(hand: Hand) -> None:
    hand.link("待我复核")
    hand.click(hand.page.locator("main tbody tr", has_text="划付结果").get_by_role("link").first)
    agree(hand)


def agree(hand: Hand) -> None:
    hand.click("button[name=word][value=yes]")
    expect(hand.page.locator("main .badge").first).to_have_text("已同意")


def export_last_month(hand: Hand) -> None:
    with hand.page.expect_download() as begun:
        hand.click("a[aria-label='缴费 上月']")
        hand.click("button[name=format][value=xlsx]")
    assert begun.value.suggested_filename.endswith(".xlsx")


def answer_difference(hand: Hand) -> None:
    waits(hand, "超期差异")
    hand.click("main input[name=action]")
    hand.click("#propose")
    expect(hand.page.locator("main")).to_contain_text("待复核")


def who_changed_a_key(hand: Hand) -> None:
    hand.menu("/console/partners/")
    hand.link("WX01")
    hand.link("谁改的")
    expect(hand.page.locator("main tbody tr").first).to_contain_text("密钥")


def find_partner(hand: Hand) -> None:
    hand.press("/")
    hand.type("青溪供电公司")
    hand.press("Enter")
    expect(hand.page).to_have_url(re.compile("/partners/POWER01/$"))


def upload(hand: Hand) -> None:
    hand.menu("/console/reconciliations/")
    hand.link("上传对账文件")
    hand.choose("partner", str(hand.place.province.own.channel))
    with hand.page.expect_file_chooser() as chosen:
        hand.click("main input[type=file]")
    chosen.value.set_files(NOTHING)
    hand.date("day", DAY.isoformat())
    hand.click("#upload")
    expect(hand.page.locator("main .badge").first).to_have_text("待复核")


def mark_payout(hand: Hand) -> None:
    waits(hand, "划付逾期或结果未知")
    hand.fill("bank_serial", "B20261201")
    hand.fill("reason", "银行回单")
    hand.click("main form[action$='/mark/'] button")
    expect(hand.page.locator("main .badge").first).to_have_text("待复核")


def register(hand: Hand) -> None:
    hand.menu("/console/partners/")
    hand.link("登记合作方")
    hand.click("main a[href$='kind=channel']")
    hand.fill("code", "NEWAPP")
    hand.fill("name", "新城银行")
    hand.choose("institution", str(hand.place.province.union))
    hand.click("main button.button-primary")
    expect(hand.page).to_have_url(re.compile("/partners/NEWAPP/$"))


def compare_yesterday(hand: Hand) -> None:
    hand.menu("/console/")
    hand.click("main a[rel=prev]")
    expect(hand.page.locator("main")).to_contain_text("上周同日")


def waits(hand: Hand, title: str) -> None:
    """From today to the one that waits longest."""
    line = hand.page.locator("li.wait", has=hand.page.get_by_text(title, exact=True))
    hand.click(line.locator(".wait-age a"))


class Job(NamedTuple):
    """What is done, by whom (a role or a login), how, and what it may take."""

    zh: str
    en: str
    who: str
    do: Callable[[Hand], None]
    clicks: int
    keys: int = 0
    starts: str = ""  # where the role begins, if not where signing in leads


JOBS = (
    Job("柜员收一笔缴费（4623）", "Teller takes a payment (4623)", "te09", collect, 0, 22, "/desk/"),
    Job("柜员冲正，主管当场授权（4625）", "Teller reverses it, a supervisor signs", "te09", take_back, 0, 50, "/desk/"),
    Job("清算提出签字关闭一夜", "Clearing proposes to close a night by signature", "clear96", propose_night, 3, 9),
    Job("主管签字关闭一夜", "Supervisor signs it", "super96", decide_night, 3),
    Job("管理员得知提议并复核", "Administrator is told of a proposal and decides", "checker96", decide, 2),
    Job("财务导出上月缴费", "Finance exports last month's payments", "finance", export_last_month, 2),
    Job("财务答复一条差异", "Finance answers a difference", "finance", answer_difference, 3),
    Job("财务登记划付结果", "Finance says what became of a payout", "finance", mark_payout, 4, 13),
    Job("主管复核划付结果", "Supervisor approves it", "supervisor", decide_payout, 3),
    Job("清算上传对方文件", "Clearing uploads a partner's file", "clear96", upload, 7, 8),
    Job("审计员查谁改了密钥", "Auditor finds who changed a key", "auditor", who_changed_a_key, 3),
    Job("管理员按名称找合作方", "Administrator finds a partner by name", "platform_admin", find_partner, 0, 8),
    Job("管理员登记一个渠道", "Administrator registers a channel", "platform_admin", register, 8, 10),
    Job("经理看昨日与上周同日", "Manager sees yesterday beside its weekday", "institution_admin", compare_yesterday, 2),
)


@pytest.mark.timeout(600)
def test_the_table_of_jobs(stage: Place, new_page: Callable[..., Page], capsys: pytest.CaptureFixture[str]) -> None:
    """Each as a person would do it, one after the other: what one proposes the next decides."""
    pages: dict[str, Page] = {}
    taken, failed = list[Taken](), list[str]()
    for job in JOBS:
        user = stage.province.users.get(job.who)
        login = user.login if user else job.who
        if login not in pages:
            pages[login] = new_page()
            people.sign_in(stage, pages[login], login)
            if job.starts == "/desk/":
                shift_begins(pages[login])
        page = pages[login]
        page.goto(job.starts or "/console/today/")
        hand = Hand(stage, page)
        try:
            job.do(hand)
        except (AssertionError, PlaywrightError) as error:  # the others are measured all the same
            failed.append(f"{job.en}, at {page.url}: {error}")
        taken.append(hand.taken)
        with capsys.disabled():
            print(f"\n{job.en}: {hand.clicks} clicks, {hand.keys} keys, {hand.taken.seconds:.1f} s", end="")
    assert failed == [], "\n".join(failed)
    for job, found in zip(JOBS, taken, strict=True):
        assert found.clicks <= job.clicks, job.en
        assert found.keys <= job.keys, job.en
    for name, told in (("jobs.md", table("en", taken)), ("jobs.zh.md", table("zh", taken))):
        path = DOCS / name
        head, _, rest = path.read_text().partition(MARKS[0])
        path.write_text(head + MARKS[0] + told + MARKS[1] + rest.partition(MARKS[1])[2])


def shift_begins(page: Page) -> None:
    """The drawer is counted before the first customer comes."""
    page.goto("/desk/4640/")
    page.keyboard.type("0")  # what the sample left in it
    page.keyboard.press("F5")
    expect(page.locator("main")).to_contain_text("已开班")


def table(language: str, taken: list[Taken]) -> str:
    """As the page of docs has it."""
    heads = {"en": "| job | clicks | keys | seconds |", "zh": "| 事项 | 点击 | 按键 | 秒 |"}[language]
    rows = [f"| {getattr(job, language)} | {found.clicks} | {found.keys} | {found.seconds:.1f} |"
            for job, found in zip(JOBS, taken, strict=True)]  # fmt: skip
    return "\n".join([heads, "|---|---|---|---|", *rows]) + "\n"
