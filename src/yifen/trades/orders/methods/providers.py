"""The providers by code, made of their credentials; free of Django's models, for `verify` reads with them too."""

import json
from functools import lru_cache

from yifen.trades.orders.methods import PayMethodPort
from yifen.trades.orders.methods.alipay import Alipay
from yifen.trades.orders.methods.wechat import WeChat

PROVIDERS: dict[str, type[WeChat | Alipay]] = {WeChat.code: WeChat, Alipay.code: Alipay}


@lru_cache(maxsize=16)
def made(code: str, credentials: bytes, base_address: str) -> PayMethodPort:
    """`credentials`: as they were sealed, opened."""
    return PROVIDERS[code](json.loads(credentials), base_address)


def context(code: str) -> str:
    """What sealed credentials are bound to."""
    return f"pay_method:{code}"
