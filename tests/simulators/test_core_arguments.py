"""What `./yifen sim core` says of an argument that it cannot take."""

import pytest

from yifen.core.runtime import EdgeError
from yifen.tools.cli import sim_core, sim_scripted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1:张三:personal:5000:13579", "PIN 密码 is not six digits"),
        ("1:张三:card:5000:", "KIND 种类 'card' is none of"),
        ("1:张三:personal:50.00:", "FEN 余额 '50.00' is no number of fen"),
        (":张三:personal:5000:", "NO 账号 is empty"),
        ("1:张三:personal:5000:135790:x", "PHONE 手机 is no number"),
        ("1:张三:personal:5000:135790:13800138000:x", "there is more behind the phone"),
    ],
)
def test_an_account_says_what_is_wrong_with_it_and_not_its_pin(text: str, says: str):
    with pytest.raises(ValueError, match=says) as found:
        sim_core.account(text)
    assert "13579" not in str(found.value)


def test_an_account_is_read():
    made = sim_core.account("1:张三:personal:5000:135790:13800138000")
    assert (made.account_no, made.balance_fen, made.pin, made.phone) == ("1", 5_000, "135790", "13800138000")


@pytest.mark.parametrize("secret", [b"x" * 19, b"x" * 201, "密".encode() * 10])
def test_a_key_that_no_page_takes_is_refused(secret: bytes):
    with pytest.raises(EdgeError, match="20 至 200 位"):
        sim_scripted.check_shared(secret)
    sim_scripted.check_shared(b"x" * 20)
