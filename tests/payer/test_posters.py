"""Posters: a biller's for who may see the biller, a payer's own for who has the account number."""

import pytest
from pypdf import PdfReader

from tests.payer.phone import Phone
from tests.payer.rows import owe
from tests.web import site
from tests.web.province import Province


def text_in(answer) -> str:
    import io

    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_an_institution_prints_the_posters_of_its_billers_alone(place: Province):
    client = site.client_of(place.users["institution_admin"])
    text = text_in(client.get(f"/poster/{place.own.biller_code}/"))
    assert "青溪供电公司" in text
    assert client.get(f"/poster/{place.foreign.biller_code}/").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("teller", 403), ("supervisor", 403), (None, 302)])
def test_nobody_else_does(place: Province, role, status):
    client = site.client_of(place.users[role]) if role else site.browser()
    assert client.get(f"/poster/{place.own.biller_code}/").status_code == status


def test_a_payer_keeps_a_code_of_his_own_account(place: Province):
    account_no, _ = owe(place)
    text = text_in(Phone().get(f"/poster/{place.own.biller_code}/{account_no}"))
    assert account_no in text
    assert "**小明" in text


def test_of_an_account_that_is_not_there_is_no_poster(place: Province):
    assert Phone().get(f"/poster/{place.own.biller_code}/NONE1").status_code == 404
