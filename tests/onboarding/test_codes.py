"""A biller's codes on their page: what they mean for the payer's money, of a live biller by two people."""

from typing import Any

from tests.web import site
from tests.web.province import Province


def client(place: Province) -> Any:
    return site.client_of(place.own.user)


def test_a_live_biller_s_codes_are_proposed_and_stand_when_another_agrees(place: Province) -> None:
    from yifen.core.partners.models import BillerErrorCode

    own, page = place.own, f"/console/partners/{place.own.biller_code}/codes/"
    rows = BillerErrorCode.objects.filter(biller=own.biller)
    rows.delete()
    mine = client(place)
    assert page in mine.get(f"/console/partners/{own.biller_code}/").content.decode()
    assert mine.get(page).status_code == 200
    sent = {"code_0": "E1", "meaning_0": "booked", "code_1": "E2", "meaning_1": "hold", "code_2": "E3", "meaning_2": ""}
    asked = mine.post(page, sent)
    assert (asked.status_code, rows.count()) == (302, 0)
    shown = mine.get(asked["Location"]).content.decode()
    assert ("视为成功 (booked)" in shown, "挂起待查 (hold)" in shown) == (True, True)
    assert "meaning_0" not in mine.get(page).content.decode()  # it waits: nothing beside it
    from yifen.core.access import second
    from yifen.core.access.edge import now
    from yifen.core.access.models import Authorisation

    row = Authorisation.objects.get(pk=int(asked["Location"].rstrip("/").rpartition("/")[2]))
    second.decide(site.access(place.users["platform_admin"]), row.pk, seen=bytes(row.shown or b"").hex(), yes=True,
                  now=now())  # fmt: skip
    assert dict(rows.values_list("wire_code", "meaning")) == {"E1": "booked", "E2": "hold"}
    same = {"code_0": "E1", "meaning_0": "booked", "code_1": "E2", "meaning_1": "hold"}
    assert mine.post(page, same)["Location"] == page
    rows.delete()


def test_bad_rows_are_named_and_nothing_is_asked(place: Province) -> None:
    from yifen.core.access.models import Authorisation

    page, before = f"/console/partners/{place.own.biller_code}/codes/", Authorisation.objects.count()
    for sent, said in (({"code_0": "E1", "meaning_0": "hold", "code_1": "E1", "meaning_1": "booked"}, "此返回码重复"),
                       ({"code_0": "", "meaning_0": "hold"}, "请填写返回码"),
                       ({"code_0": "E1", "meaning_0": "free"}, "meaning_0")):  # fmt: skip
        answer = client(place).post(page, sent)
        assert (answer.status_code, said in answer.content.decode()) == (200, True), sent
    assert Authorisation.objects.count() == before


def test_a_channel_has_no_such_page_and_a_foreign_biller_is_not_there(place: Province) -> None:
    for code in (place.own.channel_code, place.foreign.biller_code):
        assert client(place).get(f"/console/partners/{code}/codes/").status_code == 404
