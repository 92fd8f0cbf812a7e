"""A pay method set up by two people: the proposal, who may decide it, and what it would change."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from tests.checkout.alipay_side import AlipaySide
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@cache
def credentials() -> dict[str, str]:
    return AlipaySide().credentials()


def method(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.core.access.models import User
    from yifen.trades.orders.methods import changing

    made = changing.propose(site.access(place.users["platform_admin"]), "alipay", credentials(), "", True, NOW)
    return (made, User.objects.get(login="checker96"),
            "SELECT enabled::text || version FROM pay_method WHERE code = %s", "alipay")  # fmt: skip


MAKERS = {"orders.method": method}
