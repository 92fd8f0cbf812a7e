"""The programs of the operations page do what the page says, on a database of their own."""

import json
import re
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.docs import pages
from tests.world import Database

PAGE = "docs/operations.md"
INIT = "./yifen init --code 96 --name 云川省农村信用社联合社 --cut-off 23:00"
FOREIGN = re.compile("CREATE|ALTER SYSTEM|ALTER ROLE")  # of the whole server
HOSTED = ("DESK 联社柜面 counter 96", "PAGE 一分缴费页 payer 96")


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a checkout with the page's programs."""
    pages.checkout(tmp_path, PAGE)
    return database.environment(YIFEN_DATA=str(tmp_path))


def test_a_new_hub_gets_its_hosted_channels(database, env, tmp_path):
    printed = pages.text_of(PAGE)
    assert INIT in printed
    pages.run(INIT.replace("./yifen", "python -m yifen"), tmp_path, env)
    for arguments in HOSTED:
        assert f"host_channel.py {arguments}`" in printed
        code, name, hosted, _ = arguments.split()
        said = pages.run(f"python host_channel.py {arguments}", tmp_path, env)
        assert said == f"{code} {name}: {hosted}\n"
    with psycopg.connect(database.app_url) as conn:
        found = conn.execute(
            "SELECT concat_ws(' ', p.code, p.name, c.hosted, i.code), p.suspended,"
            " p.live_at <= now() FROM channel c JOIN partner p ON p.id = c.partner_id"
            " JOIN institution i ON i.id = p.institution_id ORDER BY p.code"
        ).fetchall()
    assert found == [(arguments, False, True) for arguments in HOSTED]


def test_a_pay_method_is_kept_sealed(database, env, tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption()).decode()  # fmt: skip
    theirs = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    given = {"app_id": "2021000000000000", "private_key": own, "alipay_public_key": theirs}
    (tmp_path / "alipay.json").write_text(json.dumps(given))
    said = pages.run("python pay_method.py alipay alipay.json", tmp_path, env)
    assert said == "alipay is kept\n"
    with psycopg.connect(database.app_url) as conn:
        (row,) = conn.execute(
            "SELECT code, base_address, enabled, sealed FROM pay_method"
        ).fetchall()
    assert row[:3] == ("alipay", "https://openapi.alipay.com/gateway.do", True)
    assert b"PRIVATE KEY" not in row[3]


def test_the_rest_of_the_pages_sql_runs(database):
    """As the owner, but for what the page leaves to the restricted role."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for block in pages.blocks(PAGE):
            if block.language == "sql" and not FOREIGN.search(block.body):
                conn.execute(block.body)  # type: ignore[arg-type]
    with psycopg.connect(database.app_url) as conn:
        conn.execute("SELECT payments_forget_messages_v1(now() - interval '90 days')")
