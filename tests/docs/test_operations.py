"""The programs of the operations page do what the page says, on a database of their own."""

import re

import psycopg

from tests.docs import pages

PAGE = "docs/operations.md"
INIT = "./yifen init --code 96 --name 云川省农村信用社联合社 --cut-off 23:00"
FOREIGN = re.compile("CREATE|ALTER SYSTEM|ALTER ROLE")  # of the whole server


def test_the_rest_of_the_pages_sql_runs(database):
    """As the owner, but for what the page leaves to the restricted role."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for block in pages.blocks(PAGE):
            if block.language == "sql" and not FOREIGN.search(block.body):
                conn.execute(block.body)  # type: ignore[arg-type]
    with psycopg.connect(database.app_url) as conn:
        conn.execute("SELECT payments_forget_messages_v1(now() - interval '90 days')")
