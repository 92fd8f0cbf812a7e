"""The carriers by code, made of their credentials; and which of them is in use."""

import json
from functools import lru_cache

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import read_settings
from yifen.core.notifications.carriers import Carrier, LocalOutbox, Medium
from yifen.core.notifications.carriers.aliyun import Aliyun
from yifen.core.notifications.carriers.app import AppWebhook
from yifen.core.notifications.carriers.tencent import Tencent
from yifen.core.notifications.carriers.wechat import WeChatMessages
from yifen.core.notifications.models import MessageCarrier

PROVIDERS: dict[str, type[Aliyun | Tencent | WeChatMessages | AppWebhook]] = {
    one.code: one for one in (Aliyun, Tencent, WeChatMessages, AppWebhook)
}
FIXED = {Medium.WECHAT: WeChatMessages.code, Medium.APP: AppWebhook.code}


def carrier_of(ring: KeyRing, channel: Medium) -> Carrier | None:
    """Who brings messages of this channel now; None: nobody is set up for it."""
    settings = read_settings()
    if channel is Medium.SMS and not settings.sms:
        return LocalOutbox()
    if channel is Medium.MAIL and settings.mail_url:
        from yifen.core.notifications.carriers.mail import (
            MailCarrier,  # its library is for who sends mail
        )

        return MailCarrier()
    if channel is Medium.MAIL:  # a place for trying out shows what would go out
        return LocalOutbox() if "simulated" in settings.pay_methods else None
    code = settings.sms if channel is Medium.SMS else FIXED[channel]
    row = MessageCarrier.objects.filter(code=code, enabled=True).first()
    if row is None:
        return None
    return made(code, ring.open(bytes(row.sealed), context(code)), row.base_address)


@lru_cache(maxsize=16)
def made(code: str, credentials: bytes, base_address: str) -> Carrier:
    """`credentials`: as they were sealed, opened. One a process, so that a token is kept."""
    return PROVIDERS[code](json.loads(credentials), base_address)


def context(code: str) -> str:
    """What sealed credentials are bound to."""
    return f"message_carrier:{code}"
