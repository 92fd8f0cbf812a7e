"""Which tests are near a change."""

import pytest

from tests.near import ALWAYS, PLACES, ROOT, near


def more(*paths: str) -> set[str] | None:
    found = near(list(paths))
    return None if found is None else set(found) - set(ALWAYS)


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("src/yifen/trades/orders/settle.py",
         {"checkout/", "payer/", "browser/test_payer.py", "web/test_doors.py"}),
        ("src/yifen/tools/cli/verify.py",
         {"cli/", "test_demo.py", "torture/test_demo_day.py", "test_bench.py", "docs/"}),
        ("tests/repair/test_post.py", {"repair/test_post.py"}),
        ("tests/repair/bench.py", {"repair/"}),
        ("README.md", {"docs/"}),
        ("src/yifen/core/facts/money.py", None),
        ("src/yifen/hub/payments/hub.py", None),
        ("tests/world.py", None),
        ("tests/desk/conftest.py", None),
        ("requirements.lock", None),
    ],
)  # fmt: skip
def test_a_change_is_near_the_tests_of_its_trade_and_of_the_wings_above(path, tests):
    assert more(path) == tests


def test_every_place_is_there_and_every_trade_has_one():
    for place, tests in PLACES.items():
        assert (ROOT / "src/yifen" / place).is_dir(), place
        assert [name for name in tests if not (ROOT / "tests" / name).exists()] == []
    trades = {path.name for path in (ROOT / "src/yifen/trades").iterdir() if (path / "plug.py").exists()}
    assert {f"trades/{name}/" for name in trades} <= set(PLACES)
