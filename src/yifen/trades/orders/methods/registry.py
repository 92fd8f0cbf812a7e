"""Which pay methods there are: those that the settings name, with the credentials of the table."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.trades.orders import rules
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods import Device, PayMethodPort
from yifen.trades.orders.methods.providers import PROVIDERS, context, made
from yifen.trades.orders.methods.simulated import CODE as SIMULATED
from yifen.trades.orders.methods.simulated import Simulated
from yifen.trades.orders.models import PayMethod as Row

MISSING = "a field of the method's credentials is missing"


def simulated_on() -> bool:
    """Whether this is a place for trying out. `yifen web` says why it is none, and does not start;
    started in another way the pages offer it nowhere."""
    host = urlsplit(settings.YIFEN_WEB_ORIGIN).hostname or ""
    methods = settings.YIFEN_PAY_METHODS
    return SIMULATED in methods and not rules.method_refused(methods, host)


def offered(ring: KeyRing, device: Device) -> list[PayMethodPort]:
    """What the payer may choose from where he is, in the order of the settings."""
    enabled = set(Row.objects.filter(enabled=True).values_list("code", flat=True))
    return [
        method
        for code in settings.YIFEN_PAY_METHODS
        if (code == SIMULATED and simulated_on()) or (code in enabled and code in PROVIDERS)
        if (method := of(ring)(code)).offered_on(device)
    ]


def of(ring: KeyRing) -> Callable[[str], PayMethodPort]:
    """The method of a code, also one that is offered no more: its orders come to their end.
    Refused: PAY_METHOD_UNKNOWN."""

    def method(code: str) -> PayMethodPort:
        if code == SIMULATED:
            return Simulated()
        row = Row.objects.filter(code=code).first()
        if row is None or code not in PROVIDERS:
            raise Refused(OrderCode.PAY_METHOD_UNKNOWN, "method")
        sealed = bytes(row.sealed)
        return made(code, ring.open(sealed, context(code)), row.base_address)

    return method


def set_method(
    ring: KeyRing, code: str, credentials: Mapping[str, str], base_address: str, enabled: bool
) -> None:
    """Keep a provider's credentials, sealed; an empty base address is the provider's own. Refused:
    PAY_METHOD_UNKNOWN, INPUT_INVALID naming the credential that is missing or unusable."""
    provider = PROVIDERS.get(code)
    if provider is None:
        raise Refused(OrderCode.PAY_METHOD_UNKNOWN, "code")
    kept = {name: credentials.get(name, "").strip() for name in provider.CREDENTIALS}
    try:
        provider.check(kept, base_address or provider.BASE_ADDRESS)
    except Refused as refused:
        missing = not kept.get(refused.field, "?")
        raise Refused(refused.code, refused.field, MISSING if missing else refused.detail) from None
    with transaction.atomic():
        row = Row.objects.select_for_update().filter(code=code).first() or Row(code=code, version=0)
        row.sealed = ring.seal(json.dumps(kept).encode(), context(code))
        row.base_address = (base_address or provider.BASE_ADDRESS).rstrip("/")
        row.enabled, row.version = enabled, row.version + 1
        row.save()
