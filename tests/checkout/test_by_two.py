"""A pay method is set up by two people; its secrets are shown to nobody."""

from typing import Any

import psycopg
import pytest

from tests.checkout.proposals import credentials
from tests.console.pages import Page
from tests.onboarding.test_way_in import decided
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from yifen.core.facts.processes import WEB

__all__ = ["place"]
PAGE = "/console/pay-methods/alipay/"


@pytest.fixture
def two(place: Province) -> tuple[Any, Any]:
    from yifen.core.access.models import User

    return site.client_of(place.users["platform_admin"]), site.client_of(User.objects.get(login="checker96"))


def row() -> Any:
    from yifen.trades.orders.models import PayMethod

    return PayMethod.objects.filter(pk="alipay").values_list("version", "enabled", "base_address").first()


def test_it_is_kept_sealed_and_changed_without_its_keys(place: Province, two: tuple[Any, Any], monkeypatch) -> None:
    from django.conf import settings

    maker, checker = two
    monkeypatch.setattr(settings, "YIFEN_PAY_METHODS", ("alipay",))
    assert [cells[2] for cells in Page(maker, "/console/pay-methods/").table()] == ["未启用", "未启用"]
    with site.as_process(WEB):  # with no right to the table
        shown = maker.post(PAGE, credentials() | {"enabled": "on"}).url
        assert row() is None
        changes = Page(checker, shown).table()
        assert [cells[0] for cells in changes] == ["应用号", "本方私钥", "支付宝公钥", "接口地址", "提供给缴费人"]
        assert changes[0][2] == "2021000000000001"
        assert all(cells[2].startswith("SHA-256 ") for cells in changes[1:3])
        decided(checker, shown, "yes")
    assert row() == (1, True, "https://openapi.alipay.com/gateway.do")
    page = Page(maker, "/console/pay-methods/")
    assert [cells[2] for cells in page.table()] == ["未启用", "已启用"]
    from yifen.core.ring import key_ring
    from yifen.trades.orders.methods.registry import of

    assert of(key_ring())("alipay").code == "alipay"
    decided(checker, maker.post(PAGE, {"base_address": ""}).url, "yes")  # shut, with the keys of before
    assert row() == (2, False, "https://openapi.alipay.com/gateway.do")
    secret = "".join(credentials()["private_key"].split())[40:80]
    with psycopg.connect(place.database.app_url) as conn:
        for table in ("audit_entry", "access_authorisation", "pay_method"):
            everything = conn.execute(f"SELECT string_agg(x::text, '') FROM {table} x").fetchone()  # type: ignore[arg-type]
            assert everything is not None
            assert secret not in "".join(str(everything[0]).split())
    assert secret not in Page(maker, PAGE).text


def test_what_cannot_be_used_is_refused_at_its_field(place: Province, two: tuple[Any, Any]) -> None:
    maker, _checker = two
    for change, number in (({"private_key": "x"}, "2111"), ({"app_id": "a"}, "2111"),
                           ({"base_address": "http://example.com"}, "2111")):  # fmt: skip
        answer = maker.post(PAGE, credentials() | change)
        assert answer.status_code == 200
        assert number in answer.content.decode()
    assert maker.get("/console/pay-methods/other/").status_code == 404
    finance = site.client_of(place.users["finance"])
    assert finance.get(PAGE).status_code == 403
