"""Which pay methods there are: those that the settings name, with the credentials of the table."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.conf import settings

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


def checked(code: str, credentials: Mapping[str, str], base_address: str) -> tuple[dict[str, str], str]:
    """What is kept of a provider's credentials, and its address; an empty one is the provider's own. Refused:
    PAY_METHOD_UNKNOWN, INPUT_INVALID naming the credential that is missing or unusable."""
    provider = PROVIDERS.get(code)
    if provider is None:
        raise Refused(OrderCode.PAY_METHOD_UNKNOWN, "code")
    kept = {name: credentials.get(name, "").strip() for name in provider.CREDENTIALS}
    address = (base_address or provider.BASE_ADDRESS).rstrip("/")
    try:
        provider.check(kept, address)
    except Refused as refused:
        missing = not kept.get(refused.field, "?")
        raise Refused(refused.code, refused.field, MISSING if missing else refused.detail) from None
    return kept, address
