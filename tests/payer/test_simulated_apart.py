"""The cashier without money never stands where people pay: beside a real method, or in the open."""

import pytest

from tests.conftest import NewDatabase
from tests.running import Web
from tests.web.province import Province
from tests.world import Database
from yifen.core.facts.processes import WEB

BESIDE = "YIFEN_PAY_METHODS: simulated never stands beside wechat"
OPEN = "YIFEN_PAY_METHODS: simulated is for this machine alone, and YIFEN_WEB_ORIGIN is pay.example.cn"


@pytest.fixture(scope="module")
def database(new_database: NewDatabase) -> Database:
    return new_database()


@pytest.mark.parametrize(
    ("settings", "why"),
    [({"YIFEN_PAY_METHODS": "wechat, simulated"}, BESIDE),
     ({"YIFEN_PAY_METHODS": "simulated", "YIFEN_WEB_ORIGIN": "https://pay.example.cn"}, OPEN)],
    ids=["beside", "open"],
)  # fmt: skip
def test_the_pages_do_not_start(database: Database, settings: dict[str, str], why: str):
    web = Web(database.environment(WEB, **settings))
    with pytest.raises(AssertionError) as ended, web:  # and if it did start, it is stopped
        pass
    assert f"yifen: {why}" in str(ended.value).splitlines()


@pytest.mark.parametrize(
    ("methods", "host", "may"),
    [(["simulated"], "127.0.0.1", True), (["simulated"], "127.9.9.9", True),
     (["simulated"], "localhost", True), (["simulated"], "::1", True),
     (["simulated"], "192.168.1.5", False), (["simulated"], "0.0.0.0", False),  # noqa: S104
     (["simulated"], "localhost.example.cn", False), (["simulated"], "", False),
     (["alipay", "simulated"], "127.0.0.1", False), (["wechat", "alipay"], "pay.example.cn", True),
     ([], "pay.example.cn", True)],
)  # fmt: skip
def test_where_it_may_stand(place: Province, methods: list[str], host: str, may: bool):
    from yifen.trades.orders.rules import method_refused

    assert (method_refused(methods, host) == "") is may


def test_pages_that_were_started_in_another_way_offer_it_nowhere(place: Province):
    from django.test import override_settings

    from yifen.core.ring import key_ring
    from yifen.trades.orders.methods import Device, registry

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        assert [one.code for one in registry.offered(key_ring(), Device.PHONE)] == ["simulated"]
        with override_settings(YIFEN_WEB_ORIGIN="https://pay.example.cn"):
            assert registry.offered(key_ring(), Device.PHONE) == []
            assert not registry.simulated_on()
