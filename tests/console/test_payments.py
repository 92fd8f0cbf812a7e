"""The list of payments and the page of one: paging, order, filters, scope, masking."""

import pytest

from tests.console.busy import HOSTILE, Busy
from tests.console.pages import Page
from tests.web import site

LIST = "/console/payments/"
DAY = {"since": "2026-11-23", "until": "2026-11-23"}


@pytest.fixture
def finance(busy: Busy):
    return site.client_of(busy.place.users["finance"])


def ids(page: Page) -> list[str]:
    return page.column("缴费号")


def walk(page: Page) -> list[Page]:
    """The page and all older ones."""
    pages = [page]
    while pages[-1].older:
        pages.append(pages[-1].go(pages[-1].older))
    return pages


def expected(busy: Busy) -> set[str]:
    return {str(payment_id) for payment_id, _ in busy.rows} | {str(busy.undecided)}


@pytest.mark.parametrize("sort", ["", "-time", "time", "amount", "-amount"])
def test_pages_leave_no_gap_and_show_nothing_twice_in_both_directions(finance, busy, sort):
    down = walk(Page(finance, LIST, **DAY, sort=sort))
    seen = [found for page in down for found in ids(page)]
    assert [len(ids(page)) for page in down] == [50, 50, 32]
    assert (len(seen), set(seen)) == (132, expected(busy))
    up = [down[-1]]
    while up[-1].newer:
        up.append(up[-1].go(up[-1].newer))
    back = [found for page in up for found in ids(page)]
    assert (len(back), set(back)) == (132, expected(busy))
    assert ids(up[-1]) == ids(down[0])


def test_the_amount_sorts_both_ways(finance, busy):
    falling = [found for page in walk(Page(finance, LIST, **DAY, sort="-amount")) for found in ids(page)]
    rising = [found for page in walk(Page(finance, LIST, **DAY, sort="amount")) for found in ids(page)]
    amounts = {str(payment_id): fen for payment_id, fen in busy.rows}
    amounts[str(busy.undecided)] = 1_000 + 500 * 7_919 % 100_003
    assert falling == sorted(amounts, key=lambda found: (-amounts[found], -int(found)))
    assert rising == falling[::-1]


def test_an_order_a_key_or_a_page_that_is_none_is_passed_over(finance):
    first = ids(Page(finance, LIST, **DAY))
    for asked in ({"sort": "serial"}, {"sort": "-y.amount_fen;--"}, {"after": "[1"}, {"after": "zz-zz-zz"},
                  {"before": "'"}, {"sort": "amount", "after": '[{"a":1},2]'},
                  {"sort": "amount", "after": "[1e400,2]"}):  # fmt: skip
        found = Page(finance, LIST, **DAY, **asked)
        assert len(ids(found)) == 50
        assert asked.get("sort") == "amount" or ids(found) == first


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"biller_state": "registered"}, 1),
        ({"payer_state": "returned"}, 1),
        ({"payer_state": "taken", "biller_state": "rejected"}, 0),
        ({"account": "3300000007"}, 4),
        ({"since": "2026-11-22", "until": "2026-11-22"}, 0),
    ],
)
def test_filters_narrow_the_list(finance, busy, asked, count):
    assert len(ids(Page(finance, LIST, **(DAY | asked)))) == count


def test_amounts_include_their_ends(finance, busy):
    payment_id, fen = busy.rows[17]
    typed = f"{fen // 100}.{fen % 100:02d}"
    found = Page(finance, LIST, **DAY, amount_min=typed, amount_max=typed)
    assert ids(found) == [str(payment_id)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"amount_min": "12.345"}, "不是金额"),
        ({"amount_min": "十二"}, "不是金额"),
        ({"since": "2026-02-30"}, "输入一个有效的日期"),
        ({"since": "2026-11-24", "until": "2026-11-23"}, "止日早于起日"),
        ({"since": "2025-01-01", "until": "2026-11-23"}, "一次最多查 366 天"),
        ({"channel": "999999"}, "选择一个有效的选项"),
        ({"since": "", "until": ""}, "请选择日期"),
    ],
)
def test_a_filter_that_cannot_be_used_is_said_so_on_its_field_and_nothing_is_listed(
    finance, asked, said
):
    found = Page(finance, LIST, **(DAY | asked))
    errors = found.tree.xpath("//form[contains(@class, 'filters')]//ul[contains(@class, 'errors')]")
    assert said in " ".join(error.text_content() for error in errors)
    assert found.tree.xpath("//main//table") == []


@pytest.mark.parametrize("of", ["id", "serial", "account"])
def test_any_number_finds_the_payment(finance, busy, of):
    number = {"id": str(busy.rows[9][0]), "serial": "N-0009", "account": busy.hostile_account}[of]
    answer = finance.get(LIST, {"q": number})
    target = busy.rows[-1][0] if of == "account" else busy.rows[9][0]
    assert (answer.status_code, answer["Location"]) == (302, f"/console/payments/{target}/")


def test_a_number_of_several_payments_lists_them(finance, busy):
    found = Page(finance, LIST, q="3300000007")
    assert sorted(ids(found)) == sorted(str(busy.rows[at][0]) for at in (7, 47, 87, 127))


def test_foreign_payments_are_not_there(finance, busy):
    foreign = busy.place.foreign
    assert ids(Page(finance, LIST, q=foreign.serial)) == []
    assert ids(Page(finance, LIST, q=str(foreign.payment_id))) == []
    assert finance.get(f"{LIST}{foreign.payment_id}/").status_code == 404
    auditor = site.client_of(busy.place.users["auditor"])
    assert auditor.get(f"{LIST}{foreign.payment_id}/").status_code == 200


@pytest.mark.parametrize(
    ("role", "shown"),
    [("finance", "3201000001"), ("supervisor", "3201000001"), ("auditor", "3201000001"),
     ("institution_admin", "******0001"), ("biller_staff", "******0001"), ("developer", "******0001")],
)  # fmt: skip
def test_the_account_number_is_whole_for_who_checks_money_only(busy, role, shown):
    client = site.client_of(busy.place.users[role])
    page = Page(client, f"{LIST}{busy.place.own.payment_id}/")
    assert (page.facts()["户号"], page.facts()["户名"]) == (shown, "**小明")
    assert ("3201000001" in page.answer.content.decode()) == (shown == "3201000001")


def test_the_page_tells_states_lines_and_postings(finance, busy):
    page = Page(finance, f"{LIST}{busy.place.own.payment_id}/")
    facts = page.facts()
    assert (facts["付款方状态"], facts["收费方状态"]) == ("已收", "已销账")
    assert (facts["与渠道对账"], facts["与收费方对账"]) == ("未对账", "对方无此笔")
    assert (facts["渠道流水号"], facts["会计日期"]) == ("WX01-0001", "2026-11-23")
    assert "人民币壹佰贰拾叁元肆角伍分" in page.text
    assert page.table(0) == [["2026-09", "应缴2026-09", "全额", "已缴清", "123.45"]]
    [posting] = page.table(1)
    assert posting[1:6] == [
        "入账", "1121.WX01 账户1121.WX01", "2241.POWER01 账户2241.POWER01", "123.45", "2026-09",
    ]  # fmt: skip


def test_the_page_of_an_undecided_payment_says_what_comes_next(finance, busy):
    page = Page(finance, f"{LIST}{busy.undecided}/")
    assert (page.facts()["付款方状态"], page.facts()["收费方状态"]) == ("暂收", "已登记")
    assert "收费方尚无结论" in page.text
    assert page.table(1)[0][1] == "预占"


def test_the_page_of_a_reversed_payment_shows_the_contra_transfer(finance, busy):
    page = Page(finance, f"{LIST}{busy.reversed}/")
    assert (page.facts()["付款方状态"], page.facts()["收费方状态"]) == ("已退回", "已冲正")
    first, contra = page.table(1)
    assert (contra[2], contra[3]) == (first[3], first[2])
    assert contra[6] == f"→ {first[0]}"
    titles = [found.text_content() for found in page.tree.xpath("//*[@class='timeline-title']")]
    assert titles[:2] == ["付款", "入账"]
    assert "冲正" in titles


def test_a_hostile_name_is_text(finance, busy):
    page = Page(finance, f"{LIST}{busy.rows[-1][0]}/")
    assert "<script>alert" not in page.answer.content.decode()
    assert page.facts()["户名"].endswith(HOSTILE[-4:])
