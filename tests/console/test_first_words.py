"""What a newcomer reads on pages: each word in the reader's language, each thing by its name."""

from typing import Any

from tests.console.pages import Page
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province

__all__ = ["place"]


def client(place: Province, role: str, english: bool = False) -> Any:
    found = site.client_of(place.users[role])
    if english:
        found.cookies["django_language"] = "en"
    return found


def options(page: Page, name: str) -> list[str]:
    return [str(text).strip() for text in page.tree.xpath(f"//select[@name='{name}']/option/text()")]


def test_the_button_that_adds_a_user_says_what_it_does(place: Province) -> None:
    for english, said in ((False, "新增用户"), (True, "Add a user")):
        page = Page(client(place, "platform_admin", english), "/console/users/new/")
        assert [text.strip() for text in page.tree.xpath("//main//form//button/text()")] == [said]


def test_the_audit_filters_name_every_act_once_and_every_table(place: Province) -> None:
    from yifen.core.plugs import plugs
    from yifen.face.trail.changes import ACTIONS
    from yifen.face.trail.naming import terms

    for english in (False, True):
        page = Page(client(place, "auditor", english), "/console/audit/")
        acts = options(page, "action")
        assert len(acts) == len(set(acts)) == len(ACTIONS) + 1
        assert not any("_" in name for name in options(page, "subject"))
    watched = {table.name for plug in plugs() for table in plug.tables if table.watch is not None}
    assert watched - set(terms()) == set()
    assert terms()["biller_settled"] == ("收费单位已结算日", "Settled day of a biller")


def test_a_partner_s_category_is_a_word(place: Province) -> None:
    for english, said in ((False, "电费"), (True, "Electricity")):
        page = Page(client(place, "platform_admin", english), f"/console/partners/{place.own.biller_code}/")
        assert said in [text.strip() for text in page.tree.xpath("//dd/text()")]


def test_the_hash_chain_counts_buckets_and_numbers_them(place: Province) -> None:
    from yifen.face.ledger.chain_views import checks_table, days_table, heads_table
    from yifen.face.models import BooksCheck

    def title(table: dict[str, Any], number: int) -> str:
        return str(table["columns"][number]["title"])

    from django.utils.translation import override

    person = place.users["finance"]
    run = BooksCheck(asked_by=person, asked_at=None, problems=["one", "two"])
    for language, number, count, text in (("zh-hans", "分桶", "分桶数", "one；two"),
                                          ("en", "Bucket", "Buckets", "one; two")):  # fmt: skip
        with override(language):
            assert (title(heads_table([]), 0), title(days_table([]), 2)) == (number, count)
            assert checks_table([run])["rows"][0]["cells"][-1]["text"] == text


def test_a_choice_that_nobody_made_is_a_word(place: Province) -> None:
    for english, said in ((False, "请选择"), (True, "Choose")):
        page = Page(client(place, "platform_admin", english), "/console/users/new/")
        assert options(page, "institution")[0] == said
        assert "---------" not in page.text
