"""The README keeps its promises: its commands come first, its client books exactly one payment."""

import subprocess
import sys

import psycopg
import pytest

from tests.conftest import NewGateway
from tests.docs import pages
from tests.world import Database, World

SECRET = bytes(range(32))
CLIENT = "first_charge.py"


@pytest.fixture
def hub(database: Database, new_gateway: NewGateway) -> tuple[Database, str]:
    """A hub with the part of the demo's network that the client speaks of; its address."""
    with psycopg.connect(database.app_url) as conn:
        world = World(conn)
        world.biller("WATER01")
        world.channel("WXPAY")
        world.admit("WXPAY", "WATER01")
        world.key("WXPAY", 1, "hmac-sha256", SECRET)
        world.owe("WATER01", "3300000485", "TOPUP", 0, "open", min_fen=1_000, max_fen=200_000)
    return database, new_gateway(database).url


def test_the_client_of_the_readme_books_exactly_one_payment(hub, tmp_path):
    database, url = hub
    pages.checkout(tmp_path, "README.md")
    env = database.environment(HUB_URL=url, HUB_SECRET=SECRET.hex())
    first, again = pages.run(f"python {CLIENT}", tmp_path, env).splitlines()
    assert first == again
    assert "'code': '0000'" in first
    with psycopg.connect(database.app_url) as conn:
        booked = conn.execute(
            "SELECT amount_fen, payer_state::text, biller_state::text FROM payment"
        ).fetchall()
        transfers = conn.execute("SELECT count(*) FROM ledger_transfer").fetchone()
    assert booked == [(1000, "taken", "booked")]
    assert transfers == (1,)


@pytest.mark.parametrize(("secret", "account", "said"), [
    ("00" * 32, "3300000485", "query: 2005 签名错误 does not fit"),
    (SECRET.hex(), "3300000000", "query: 5001 户号不存在 "),
], ids=["another secret", "no such account"])  # fmt: skip
def test_the_client_of_the_readme_says_why_it_is_refused(hub, tmp_path, secret, account, said):
    """By the number and its words; nothing is booked."""
    database, url = hub
    pages.checkout(tmp_path, "README.md")
    program = tmp_path / CLIENT
    program.write_text(program.read_text().replace("3300000485", account))
    env = database.environment(HUB_URL=url, HUB_SECRET=secret)
    ended = subprocess.run([sys.executable, CLIENT], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.strip("\n")) == (1, said)
    with psycopg.connect(database.app_url) as conn:
        assert conn.execute("SELECT count(*) FROM payment").fetchone() == (0,)


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_two_commands_come_first(page):
    first = pages.blocks(page)[0]
    commands = [line.partition("#")[0].strip() for line in first.body.splitlines()]
    assert (first.language, commands) == ("sh", ["./yifen demo", "./yifen test"])


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("README.md", "README.zh.md"), ("docs/start.md", "docs/start.zh.md"),
     ("docs/concepts.md", "docs/concepts.zh.md"), ("docs/pages.md", "docs/pages.zh.md"),
     ("docs/certify.md", "docs/certify.zh.md"), ("SECURITY.md", "SECURITY.zh.md")],
)  # fmt: skip
def test_the_chinese_page_has_the_same_blocks(english, chinese):
    assert pages.blocks(chinese) == pages.blocks(english)
