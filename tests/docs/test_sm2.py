"""The SM2 example of the start page: its commands make keys that are taken, and its key is one."""

import shutil
import subprocess

import pytest

from tests.docs import pages
from yifen.core.wire.sm2_pem import public_of, read_private, read_public

PAGES = ("docs/start.md", "docs/start.zh.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_printed_key_is_one(page):
    [block] = [block.body for block in pages.blocks(page) if "BEGIN PUBLIC KEY" in block.body]
    assert read_public(block.encode())[0] == 4


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_make_a_pair_that_is_taken(page, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    [block] = [block.body for block in pages.blocks(page) if "genpkey" in block.body]
    subprocess.run(["sh", "-euc", block], cwd=tmp_path, check=True, capture_output=True)
    point = read_public((tmp_path / "sm2.pub").read_bytes())
    assert public_of(read_private((tmp_path / "sm2.pem").read_bytes())) == point
