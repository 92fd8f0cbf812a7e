"""The desk and the console on a core: what a teller sees, what people close, and that a PIN stands nowhere."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import IntegrityError

from tests.console.pages import Page, words
from tests.corebank.bench import CARD, COMPANY, PIN, SETTLED, SETTLED_NAME, TRANSIT
from tests.corebank.core_desk import CoreSide
from tests.desk.standing import Desk, errors, focused, text
from tests.settlement.bank_side import Serving
from tests.web import site
from tests.web.province import Province
from tests.world import LONG_AGO
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode


@pytest.fixture(scope="module")
def side(place: Province) -> Iterator[CoreSide]:
    serving = Serving()
    made = CoreSide(place, serving)
    yield made
    made.close()
    serving.stop()


@pytest.fixture
def desk(place: Province, side: CoreSide) -> Desk:
    made = Desk(place)
    made.open()
    return made


def confirm(desk: Desk, entry, pin: str = ""):
    return desk.client.post(f"/desk/entry/{entry.pk}/", {"act": "send", "pin": pin})


def everything(place: Province) -> str:
    """All rows of all tables, as text."""
    with psycopg.connect(place.database.super_url) as conn:
        names = conn.execute("SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r'"
                             " AND relnamespace = 'public'::regnamespace").fetchall()  # fmt: skip
        return "\n".join(str(row) for (name,) in names for row in conn.execute(f"SELECT t::text FROM {name} t"))


def test_a_card_pays_with_a_pin_that_stands_nowhere(desk: Desk, side: CoreSide, capfd: pytest.CaptureFixture[str]):
    pin = "970531"
    side.books.accounts["6222020000000000005"].pin, side.books.accounts["6222020000000000005"].held_fen = pin, 0
    entry = desk.draft(pay_kind="personal", tendered="", from_account="6222020000000000005")
    page = desk.client.get(f"/desk/entry/{entry.pk}/")
    assert focused(page).startswith("pin")
    assert 'autocomplete="off"' in page.content.decode()
    done = desk.client.post(f"/desk/entry/{entry.pk}/", {"act": "send", "pin": pin}, follow=True)
    assert "收款成功" in text(done)
    assert "核心记账" in text(done)
    assert side.posted(entry.serial) == [("6222020000000000005", -12_345), (TRANSIT, 12_345)]
    told = capfd.readouterr()
    for place_of_it in (text(page), done.content.decode(), told.out, told.err, everything(desk.place)):
        assert pin not in place_of_it
    assert "6222020000000000005" not in everything(desk.place)


def test_without_a_pin_the_page_says_so_on_the_field_and_nothing_is_sent(desk: Desk, side: CoreSide):
    entry = desk.draft(pay_kind="personal", tendered="", from_account=CARD)
    answer = confirm(desk, entry)
    assert "密码为 6 位数字" in text(answer)
    assert (answer.status_code, desk.payments(), side.moves(entry.serial)) == (200, [], [])
    desk.client.cookies["django_language"] = "en"
    assert "a PIN has six digits" in text(confirm(desk, entry))


def test_what_the_core_says_of_an_account_stands_on_its_field(desk: Desk):
    frozen = desk.post("4623", **desk.form(pay_kind="personal", tendered="", from_account="6222020000000000002"))
    assert (errors(frozen), focused(frozen).split()[0]) == (["8936 账户已冻结"], "from_account")
    cheque = {"pay_kind": "cheque", "tendered": "", "from_account": COMPANY}
    missing = desk.post("4623", **desk.form(**cheque))
    assert errors(missing) == ["2111 请填写支票号码", "2111 请填写出票日期"]
    late = desk.post("4623", **desk.form(**cheque, cheque_no="00012345", cheque_on="2026-11-01"))
    assert errors(late) == ["8944 支票日期有误或已过提示付款期（10 日）"]


def test_the_voucher_is_the_one_of_the_way_of_paying(desk: Desk, side: CoreSide):
    from yifen.core.documents.voucher import KINDS
    from yifen.trades.counter.pages.papers import KIND_OF

    assert {kind: KINDS[KIND_OF.get(kind, "booking")][0] for kind in ("cash", "personal", "cheque", "corporate")} == {
        "cash": "记账凭证", "personal": "个人业务转账凭证", "cheque": "记账凭证", "corporate": "结算转账凭证"}
    entry = desk.draft(pay_kind="personal", tendered="", from_account=CARD)
    confirm(desk, entry, PIN)
    printed = desk.client.post(f"/desk/entry/{entry.pk}/voucher/")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")


def test_moves_are_listed_and_found_by_the_account_number(desk: Desk, side: CoreSide, place: Province):
    entry = desk.draft(pay_kind="personal", tendered="", from_account=CARD)
    confirm(desk, entry, PIN)
    finance = site.client_of(place.users["finance"])
    assert entry.serial in Page(finance, "/console/core/moves/", account=CARD).text
    assert entry.serial not in Page(finance, "/console/core/moves/", account=COMPANY).text
    shown = Page(finance, f"/console/core/moves/{entry.serial}/").text
    assert [word in shown for word in ("已入账", "6222***********0123", CARD)] == [True, True, False]
    there = site.client_of(place.foreign.user)
    assert there.get(f"/console/core/moves/{entry.serial}/").status_code == 404
    assert entry.serial not in Page(there, "/console/core/moves/").text


def test_the_sums_of_moves_tell_what_came_what_went_and_what_is_left(desk: Desk, side: CoreSide, place: Province):
    entry = desk.draft(pay_kind="personal", tendered="", from_account=CARD)
    confirm(desk, entry, PIN)
    finance = site.client_of(place.users["finance"])

    def sums(serial: str) -> list[str]:
        page = Page(finance, "/console/core/moves/", serial=serial)
        return [words(one) for one in page.tree.xpath("//*[@class='list-sum']")]

    came = f"{entry.amount_fen / 100:.2f}"
    assert sums(entry.serial) == [f"过渡户转入{came}", "过渡户转出0.00", f"过渡户净额{came}"]
    assert desk.take_back(entry).status_code == 302
    assert sums(entry.serial)[0] == f"过渡户转入{came}"  # it stands, and its undo beside it
    assert sums(f"{entry.serial}U")[:2] == ["过渡户转入0.00", f"过渡户转出{came}"]


def test_what_the_core_does_not_say_two_people_close_by_evidence(desk: Desk, side: CoreSide, place: Province):
    from yifen.core.access.edge import now
    from yifen.core.access.models import Authorisation

    entry = desk.draft(pay_kind="personal", tendered="", from_account=CARD)
    side.core.orders.append("lost")
    confirm(desk, entry, PIN)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE core_move SET made_at = %s WHERE serial = %s", (LONG_AGO, entry.serial))
    finance, address = site.client_of(place.users["finance"]), f"/console/core/moves/{entry.serial}/"
    assert "核心流水久无结果" in Page(finance, "/console/today/").text
    assert desk.client.post(address, {"outcome": "done", "evidence": "凭证 8 号"}).status_code == 200
    assert not Authorisation.objects.filter(subject_key=entry.serial).exists()  # a teller closes nothing
    finance.post(address, {"outcome": "done", "evidence": "凭证 8 号"})
    row = Authorisation.objects.get(subject_key=entry.serial)
    with pytest.raises(Refused):
        site.agree(place.users["finance"], row, now())
    site.agree(place.users["supervisor"], row, now())
    shown = Page(finance, address).text
    assert [word in shown for word in ("已入账", "凭证 8 号", "人工核实")] == [True, True, False]
    assert "收款成功" in text(desk.client.get(f"/desk/entry/{entry.pk}/"))


def test_a_core_and_a_pair_are_what_two_people_agreed_to(place: Province, side: CoreSide):
    from yifen.core.access.edge import now
    from yifen.core.access.models import Authorisation
    from yifen.face.plain import plain_connection
    from yifen.hub.corebank import pairs
    from yifen.hub.corebank.jobs import cores_of
    from yifen.hub.corebank.operations import core_of, transit_of
    from yifen.hub.corebank.pairs import PairForm
    from yifen.trades.agency.admission import MerchantForm, propose_merchant

    maker, checker = place.foreign.user, site.user("ia03", place.foreign.county, "institution_admin")
    asked = {"code": "CORE02", "institution_id": place.foreign.county, "name": "白石核心", "endpoint": side.endpoint,
             "secret": "a secret of 20 bytes", "cash": "1001", "clearing": "1011000001", "sundry": "2243000001",
             "income": "60303002", "enabled": "on"}  # fmt: skip
    client = site.client_of(maker)
    assert client.post("/console/core/banks/", asked | {"institution_id": place.own.county}).status_code == 200
    bare = client.post("/console/core/banks/", asked | {"secret": ""}).content.decode()
    assert "2111 输入有误 (新登记的，须填双方共用的密钥)" in bare
    assert client.post("/console/core/banks/", asked).status_code == 302
    with plain_connection() as conn:
        assert core_of(conn, place.foreign.branch) is None
        site.agree(checker, Authorisation.objects.get(subject_key="CORE02"), now())
        core = core_of(conn, place.foreign.branch)
        assert core is not None
        assert "白石核心" in Page(client, "/console/core/banks/").text
        side.core._key = side.core._key.__class__(partner="CORE02", version=1, algorithm="hmac-sha256",
                                                  secret=b"a secret of 20 bytes")  # fmt: skip
        form = PairForm(place.foreign.biller, place.foreign.county, TRANSIT, SETTLED, SETTLED_NAME, "0006", "01")
        access, cores = site.access(maker), cores_of(conn)
        for wrong, code in (
            (form._replace(settlement_name="别家公司"), CoreCode.CORE_NAME_DIFFERS),
            (form._replace(settlement=CARD, settlement_name="欧阳小明"), CoreCode.CORE_WRONG_KIND),
            (form._replace(transit="2241999999"), CoreCode.CORE_NO_ACCOUNT),
        ):
            with pytest.raises(Refused) as found:
                pairs.propose(access, cores, wrong, now())
            assert found.value.code == code
        row = pairs.propose(access, cores, form, now())
        with pytest.raises(IntegrityError, match="there is no merchant 0006"):
            site.agree(checker, row, now())
        merchant = propose_merchant(site.access(place.users["platform_admin"]),
                                    MerchantForm("0006", "山东电力集团", "电力"), now())  # fmt: skip
        site.agree(site.user("pa02", place.union, "platform_admin"), merchant, now())
        with pytest.raises(Refused, match="AGREEMENT_AT_CORE"):  # what is swept as a whole pays no commission itself
            site.agree(checker, row, now())
        with psycopg.connect(place.database.owner_url) as owner:
            owner.execute("UPDATE agreement SET mode = 'gross' WHERE biller_id = %s", [place.foreign.biller])
        site.agree(checker, row, now())
        assert transit_of(conn, core.core_id, place.foreign.biller) == TRANSIT
    side.core._key = side.core._key.__class__(partner="CORE01", version=1, algorithm="hmac-sha256",
                                              secret=b"a secret of 20 bytes")  # fmt: skip
