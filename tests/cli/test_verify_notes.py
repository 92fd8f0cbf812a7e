"""`verify` lists accounts of before that are not in the one form; they are no fault."""

import json
import subprocess

import psycopg

from tests.conftest import ROOT
from tests.world import Database, World


def test_verify_lists_odd_accounts(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        world.owe("WATER", "８８Ⅱ", "B1", 100)
        world.owe("GAS", "9 9", "B1", 100)
    done = subprocess.run([ROOT / "yifen", "verify", "--json"], env=database.environment(),
                          capture_output=True, text=True)  # fmt: skip
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[:2] == [
        "NOTE: account 9 9 of GAS is not in the one form, 99",
        "NOTE: account ８８Ⅱ of WATER is not in the one form, 88II",
    ]
    assert json.loads(lines[-1])["odd_accounts"] == [
        {"biller_code": "GAS", "account_no": "9 9", "plain": "99"},
        {"biller_code": "WATER", "account_no": "８８Ⅱ", "plain": "88II"},
    ]
