"""A pay method's credentials as they are kept, put there by the owner: a test begins with them."""

import json
from collections.abc import Mapping

from yifen.core.facts.secrets import KeyRing


def set_method(ring: KeyRing, code: str, credentials: Mapping[str, str], base_address: str, enabled: bool) -> None:
    """Refused: as `registry.checked` refuses."""
    from yifen.trades.orders.methods.providers import context
    from yifen.trades.orders.methods.registry import checked
    from yifen.trades.orders.models import PayMethod

    kept, address = checked(code, credentials, base_address)
    there = PayMethod.objects.filter(pk=code).first()
    PayMethod.objects.update_or_create(pk=code, defaults={
        "sealed": ring.seal(json.dumps(kept).encode(), context(code)), "base_address": address, "enabled": enabled,
        "version": there.version + 1 if there else 1,
    })  # fmt: skip
