"""Deputies: in an absent signer's place, from a day to a day, by two people; never where either of them has a part."""

from datetime import UTC, datetime
from typing import Any

from tests.cards.office import CardOffice
from tests.cards.test_pages import desk as desk
from tests.cards.test_pages import posted
from tests.cards.test_proof import of_cards
from tests.console.pages import Page
from tests.web import site

OWN = "6283880000000077"


def person(office: CardOffice, number: str) -> int:
    return int(office.world.value("SELECT person_id FROM budget_person WHERE staff_no = %s", number))


def deputy(
    office: CardOffice, absent: str = "H01", who: str = "Q01", days: tuple[int, int] = (0, 9), **more: Any
) -> str:
    """By two officers; days from today by the database's clock."""
    today = office.world.value("SELECT budget_clock_v1(%s)", office.id)
    first, last = (office.world.value("SELECT %s::date + %s", today, one) for one in days)
    content = {"unit_id": office.unit("101"), "level": "head", "for_id": person(office, absent), "reason": "出差",
               "person_id": person(office, who), "from_on": str(first), "until_on": str(last)}  # fmt: skip
    by = more.pop("by", ("b01", "b02"))
    return office.agreed("cards.deputy", "cards_deputy_v1", content | more, *by)


def test_a_deputy_signs_in_an_absent_signers_place_and_nowhere_else(office: CardOffice):
    world = office.world
    assert office.posts(("H02", "101"), ("Q01", "101002")) == "OK"
    for login, roles in (("h02", ("unit_head", "card_holder")), ("q01", ("card_holder",))):
        office.login(login, *roles)
    for wrong in ({"days": (-1, 3)}, {"days": (0, 93)}, {"days": (3, 2)}, {"who": "H02"}, {"reason": "x"},
                  {"level": "bureau"}, {"unit_id": None}, {"from_on": "soon"}, {"level": "cashier"},
                  {"absent": "Q01", "who": "C01"}):  # fmt: skip
        assert deputy(office, **({"absent": "H02"} | wrong)) == "CARD_DEPUTY_WRONG", wrong
    assert deputy(office, "H02", "B02") == "CARD_SAME_PERSON"
    assert deputy(office, "H02") == "OK"
    assert deputy(office, "H02", "C01") == "CARD_DEPUTY_WRONG"  # he has one in those days
    one = world.value("SELECT deputy_id FROM card_deputy")

    # A claim below his unit: he sees it once it is his turn, signs it, and it says in whose place.
    office.swiped("S1")
    code, claim = office.ask(office.line("S1", 500))
    assert (code, office.sign(claim, "q01")) == ("OK", ["PERMISSION_MISSING"])
    assert office.sign(claim, "c01") == ["OK"]
    waits = "SELECT claim_id FROM cards_deputed_claims_v1(%s)"
    assert [world.rows(waits, login) for login in ("q01", "p01", "h01")] == [[(claim,)], [], []]
    assert office.sign(claim, "q01") == ["OK"]
    assert world.rows("SELECT login, deputy_id FROM card_signature ORDER BY step") == [("c01", None), ("q01", one)]
    assert (world.rows(waits, "q01"), of_cards(office)) == ([], [])

    # What is his own, or of the one in whose place he stands, he does not sign; nor twice.
    assert office.take(cards=[office.card(card_no=OWN, staff_no="H02", name="姓名H02", unit="101")]) == []
    world.run("INSERT INTO access_user_role (user_id, role)"
              " SELECT id, 'unit_cashier' FROM access_user WHERE login = 'b01'")  # fmt: skip
    assert office.confirm("b01", "101", card=office.card_id(OWN)) == "OK"
    assert office.grant("IND9", 9_000, unit="101") == office.arrive("IND9", 9_000) == "OK"
    assert office.take(swipes=[office.swipe("T1", 700, card_no=OWN)]) == []
    assert office.mark("T1", unit="101", login="h02") == "OK"
    code, claim = office.ask(office.line("T1", 700), login="h02", unit="101")
    assert (code, office.sign(claim, "b01", "q01")) == ("OK", ["OK", "CARD_SAME_PERSON"])
    assert world.rows(waits, "q01") == []
    assert deputy(office, "C01", unit_id=office.unit("101001"), level="cashier") == "OK"
    code, claim = office.ask(office.line("S1", 5))
    assert (code, office.sign(claim, "q01", "q01", "h01")) == ("OK", ["OK", "CARD_SAME_PERSON", "OK"])

    # It ends at once, by whom it stands in for, or by an officer.
    ends = "SELECT cards_deputy_end_v1(%s, %s, %s)"
    assert [office.code(ends, login, one, world.now) for login in ("p01", "c01", "h02", "h02")] == [
        "PERMISSION_MISSING", "PERMISSION_MISSING", "OK", "CARD_DEPUTY_STATE"]  # fmt: skip
    code, claim = office.ask(office.line("S1", 6))
    assert (code, office.sign(claim, "c01", "q01")) == ("OK", ["OK", "PERMISSION_MISSING"])
    assert of_cards(office) == []
    world.set_up("ALTER TABLE card_deputy DISABLE TRIGGER append_only; UPDATE card_deputy SET level = 'cashier'")
    assert sorted(problem.partition(" is ")[2] for problem in of_cards(office)) == [
        "", "signed by the deputy of another level or unit"]  # and nobody agreed to it


def test_a_deputy_finds_his_work_on_his_first_page_and_the_paper_names_him(desk: tuple[CardOffice, dict[str, Any]]):
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.models import Authorisation, User

    office, at = desk
    assert office.posts(("Q01", "101002")) == "OK"
    office.login("q01", "card_holder")
    for login in ("p01", "c01"):  # his browser is opened anew below
        office.world.run("UPDATE access_user SET session_key = encode(sha256(%s::bytea), 'hex'),"
                         " session_until = '2100-01-01' WHERE login = %s", login, login)  # fmt: skip
    assert office.mark("S3") == "OK"
    code, claim = office.ask(office.line("S3", 5_000))
    assert (code, office.sign(claim, "c01")) == ("OK", ["OK"])
    office.world.conn.commit()
    make_authenticator(User.objects.get(login="q01"), confirmed=True)
    at |= {login: site.client_of(User.objects.get(login=login)) for login in ("q01", "p01", "c01")}
    address, deputies = f"/console/cards/claims/{claim}/", "/console/cards/deputies/"
    assert at["q01"].get(address).status_code == 404
    today = office.world.value("SELECT budget_clock_v1(%s)", office.id)
    form = {"unit_id": office.unit("101001"), "level": "head", "absent": "h01", "from_on": today, "until_on": today,
            "reason": "出差"}  # fmt: skip
    assert at["h01"].post(f"{deputies}new/", form).status_code == 403
    assert "9359" in at["b01"].post(f"{deputies}new/", form | {"deputy": "X99"}).content.decode()
    assert "9398" in at["b01"].post(f"{deputies}new/", form | {"deputy": "H01"}).content.decode()
    assert at["b01"].post(f"{deputies}new/", form | {"deputy": "Q01"}).status_code == 302
    site.agree(User.objects.get(login="b02"), Authorisation.objects.get(action="cards.deputy"), datetime.now(UTC))
    assert "报账待我代理审批" in at["q01"].get("/console/today/").content.decode()
    assert "姓名H01" in Page(at["q01"], f"{deputies}mine/").text
    page = Page(at["q01"], address)
    assert "您代理审批" in page.text
    posted(at["q01"], f"claims/{claim}/act/", act="yes", seen=page.tree.xpath("//input[@name='seen']/@value")[0])
    for login in ("q01", "p01", "c01"):
        assert Page(at[login], address).column("审批人", 1)[-1] == "q01（代 姓名H01）", login
        assert at[login].get(f"{address}print/").content[:5] == b"%PDF-"
    ((one,),) = office.world.rows("SELECT deputy_id FROM card_deputy")
    assert Page(at["h01"], deputies).column("状态") == ["代理中"]
    seen = [at[login].get(f"{deputies}{one}/").status_code for login in ("p01", "c01", "h01", "q01")]
    assert seen == [404, 200, 200, 200]
    assert 'id="end"' not in at["c01"].get(f"{deputies}{one}/").content.decode()
    at["h01"].post(f"{deputies}{one}/")
    assert Page(at["b01"], f"{deputies}{one}/").facts()["状态"] == "已结束"
