"""Orders on the small province, without pages: the hub, the simulated cashier, a clock of ours."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.checkout.alipay_side import AlipaySide
from tests.checkout.kept import set_method
from tests.checkout.serving import serving
from tests.checkout.till import Till, forget_methods
from tests.checkout.wechat_side import WeChatSide
from tests.web import site
from tests.web.conftest import place  # noqa: F401 - the province of all pages
from tests.web.province import Province


@pytest.fixture
def till(place: Province) -> Iterator[Till]:  # noqa: F811
    from django.test import override_settings

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        yield Till(place)


@pytest.fixture(params=["alipay", "wechat", "certificates"])
def real(till: Till, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A pay method with its keys in the table, as an operator put them there."""
    from yifen.core.ring import key_ring
    from yifen.trades.orders.methods import registry

    side = AlipaySide() if request.param == "alipay" else WeChatSide(request.param == "certificates")
    code = "alipay" if request.param == "alipay" else "wechat"

    def set_keys(**fields: str) -> None:
        with site.as_owner(till.place.database):
            set_method(key_ring(), code, side.credentials(**fields), address, True)

    with serving(side) as base:
        address = f"{base}/gateway.do" if code == "alipay" else base
        set_keys()
        method = registry.of(key_ring())(code)
        till.outside = till.outside._replace(method=lambda _code: method)
        yield SimpleNamespace(till=till, side=side, code=code, method=method, set_keys=set_keys, kind=request.param)
        forget_methods(till.place.database)
