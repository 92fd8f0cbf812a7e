"""The roster out of its rows: what one partner has wrong is no other's trouble."""

from datetime import UTC, datetime

import pytest

from tests.world import sealed_key, the_ring
from yifen.core.facts.secrets import KeyRingError
from yifen.core.partners.roster import build_roster

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def key(code: str, sealed: bytes) -> tuple[object, ...]:
    return code, 1, "hmac-sha256", sealed, SINCE, None


@pytest.mark.parametrize("garbage", [b"", b"\x00\x01\x02\x03\x04", b"\x01" * 60, sealed_key("B", 1, b"x" * 32)],
                         ids=["nothing", "short", "long", "of another"])  # fmt: skip
def test_a_key_that_cannot_be_read_leaves_all_others(garbage: bytes) -> None:
    rows = [key("A", garbage), key("B", sealed_key("B", 1, bytes(32)))]
    made = build_roster(1, [], rows, [], the_ring())
    assert list(made.keys) == [("B", 1)]
    assert made.keys["B", 1].key.secret == bytes(32)


def test_where_none_can_be_read_the_ring_is_wrong() -> None:
    with pytest.raises(KeyRingError):
        build_roster(1, [], [key("A", b"\x01" * 60)], [], the_ring())
