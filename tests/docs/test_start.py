"""The start page, run: every program saved, every printed command, every answer compared."""

from datetime import date
from pathlib import Path

import psycopg
import pytest

from tests.conftest import NewGateway
from tests.docs import pages
from tests.world import Database
from yifen.core.facts.processes import NIGHT

PAGE = "docs/start.md"
PRINTED_DAY = date(2026, 11, 23)


def closed_day(database: Database) -> date:
    with psycopg.connect(database.app_url) as conn:
        row = conn.execute("SELECT max(business_day) FROM ledger_day_head").fetchone()
    assert row is not None
    return row[0]


def on_day(command: str, day: date) -> str:
    """The command with the day that was closed in place of the printed one."""
    if " file " not in command:
        return command
    command = command.replace(f"{PRINTED_DAY}", f"{day}")
    return command.replace(f"{PRINTED_DAY:%Y%m%d}", f"{day:%Y%m%d}")


def follow(
    database: Database, new_gateway: NewGateway, folder: Path, patch: pytest.MonkeyPatch
) -> list[tuple[str, str]]:
    """(command as printed, what it said here), in the page's order."""
    pages.checkout(folder, PAGE)
    env = database.environment(NIGHT, YIFEN_DATA=str(folder), YIFEN_OWNER_URL=database.owner_url)
    (init, _), (register, _), *rest = pages.exchanges(PAGE)
    said = [(init, pages.run(init.replace("./yifen", "python -m yifen"), folder, env)),
            (register, pages.run(register, folder, env))]  # fmt: skip
    env["HUB_URL"] = new_gateway(database).url
    for command, _ in rest:
        day = closed_day(database) if " file " in command else PRINTED_DAY
        said.append((command, pages.run_here(on_day(command, day), folder, env, patch)))
    return said


@pytest.mark.timeout(60)
def test_following_the_start_page_gives_what_it_prints(
    database: Database, new_gateway: NewGateway, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    said = follow(database, new_gateway, tmp_path, monkeypatch)
    assert [(command, pages.masked(output)) for command, output in said] == [
        (command, pages.masked(output)) for command, output in pages.exchanges(PAGE)
    ]
