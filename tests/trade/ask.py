"""Asked in a process of its own, in which YIFEN_TRADES names the longer list: what every registry
shows of the tiny trade. Prints one JSON object; the database's addresses come by the environment."""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.web import province, site
from tests.world import Database


def main() -> dict[str, Any]:
    database = Database(*json.loads(sys.argv[1]))
    with site.on(database):
        return of_plugs() | of_pages(province.build(database), database)


def of_plugs() -> dict[str, Any]:
    """What needs no database."""
    from django.core.management import call_command
    from django.utils.translation import override

    from yifen.core.access.roles import permissions_of, roles
    from yifen.core.jobs.tasks import tasks
    from yifen.core.partners.categories import category
    from yifen.core.plugs import called, result_codes
    from yifen.face import words
    from yifen.face.desk.transaction import found
    from yifen.face.shell.navigation import headings
    from yifen.night.steps import steps
    from yifen.night.words import step_text
    from yifen.tools.cli.docs import pages
    from yifen.tools.cli.main import commands

    call_command("makemigrations", "tally", check=True, dry_run=True, verbosity=0)
    written = pages()
    with override("en"):
        told = words.account("捐款箱款 B1")
    return {
        "account": told,
        "heading": list(headings())[list(headings()).index("books") + 1],
        "role": roles()["keeper"].en,
        "permissions": sorted(permissions_of(frozenset({"keeper"}))),
        "code": int(result_codes()["BOX_UNKNOWN"]),
        "category": category("gift").text.en,
        "transaction": str(found("9951").title),  # type: ignore[union-attr]
        "steps": [step.name for step in steps()],
        "step": step_text("empty", "en"),
        "tasks": [name for name in tasks() if "tally" in name],
        "command": "tally" in [command.name for command in commands()],
        "documented": ["9951" in written["codes.md"], "tally.view" in written["roles.md"],
                       "./yifen tally" in written["commands.md"]],
        "named": called("tests.trade.tally.night:count").__name__,
    }  # fmt: skip


def of_pages(place: province.Province, database: Database) -> dict[str, Any]:
    """What the pages and the database show, once a box is there and something was given."""
    keeper = site.user("keeper1", place.union, "keeper", "finance")
    with psycopg.connect(database.owner_url) as conn:
        account, source = (
            conn.execute("SELECT ledger_open_account_v1(1, %s, %s, %s, 'none')", row).fetchone()
            for row in (("2241.BOX", "捐款箱", "liability"), ("1002.BOX", "现金", "asset"))
        )
    with psycopg.connect(database.app_url) as conn:
        conn.execute("INSERT INTO tally_box (code, account_id, word) VALUES ('B1', %s, 'open')", account)
        now = datetime.now(UTC)
        chart = conn.execute("SELECT ledger_code_v1('box', 1, '7')").fetchone()
        given = [
            conn.execute("SELECT code FROM tally_give_v1(%s, %s, 500, %s)", (box, *source, now)).fetchone()
            for box in ("B1", "B9")
        ]
    client = site.client_of(keeper)
    paths = ("/console/today/", "/console/tally/", "/console/boxes/",
             f"/console/payments/{place.own.payment_id}/")  # fmt: skip
    pages = {path: client.get(path) for path in paths}
    texts = {path: answer.content.decode() for path, answer in pages.items()}
    teller = site.client_of(place.users["teller"])
    return {
        "chart": chart[0],  # type: ignore[index]
        "given": [code for (code,) in given],  # type: ignore[misc]
        "page": "<li>B1</li>" in texts["/console/tally/"].replace("\n", "").replace("  ", ""),
        "list": ["捐款箱清单" in texts["/console/boxes/"], "B1" in texts["/console/boxes/"]],
        "export": exported(client),
        "foreign": site.client_of(place.users["finance"]).get("/console/tally/").status_code,
        "menu": "捐款箱" in texts["/console/today/"],
        "today": "待开捐款箱" in texts["/console/today/"],
        "fact": f"无 {place.own.payment_id}" in texts[f"/console/payments/{place.own.payment_id}/"],
        "desk": "捐款" in teller.get("/desk/").content.decode(),
        "raised": raised(client, paths[0], paths[-1]),
        **books(database),
    }


def raised(client: Any, first: str, payment: str) -> list[Any]:
    """Pages when the trade fails at what it is asked: answers, sentences, others' lines, log lines."""
    from structlog.testing import capture_logs

    from tests.trade.tally.pages import views
    from yifen.core.plugs import called

    def failing(*_asked: Any) -> Any:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")  # which would leave the page's own transaction broken

    kept = views.what_waits, views.facts
    views.what_waits = views.facts = failing
    called.cache_clear()
    try:
        with capture_logs() as logs:
            answers = [client.get(first), client.get(payment)]
    finally:
        views.what_waits, views.facts = kept
        called.cache_clear()
    texts = [answer.content.decode() for answer in answers]
    sentence = "tests.trade.tally 的内容读不出来，请告知管理员"
    told = [[line["plug"], line["callable"]] for line in logs if line["event"] == "a trade could not answer"]
    return [[answer.status_code for answer in answers], *(sentence in text for text in texts),
            "更新于" in texts[0], told]  # fmt: skip


def exported(client: Any) -> str:
    """The list as a file."""
    answer = client.post("/console/boxes/export/", {"format": "csv", "query": ""})
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def books(database: Database) -> dict[str, Any]:
    """Verify before and after a gift was altered, the proof's line, grants, the trail."""
    from yifen.hub.payments.verify import verify
    from yifen.night.reports.daily_proof import _of_trades

    with psycopg.connect(database.super_url, autocommit=True) as conn:
        before = verify(conn).problems
        conn.execute("UPDATE tally_gift SET amount_fen = 501")
        after = [text.partition(" ")[2].partition(" ")[2] for text in verify(conn).problems]
        line = _of_trades(conn, 1, datetime.now(UTC).date())[0]
        may = conn.execute(
            "SELECT has_table_privilege('yifen_web', 'tally_gift', 'INSERT'),"
            " has_table_privilege('yifen_web', 'tally_box', 'DELETE'),"
            " has_column_privilege('yifen_web', 'tally_box', 'account_id', 'UPDATE'),"
            " has_function_privilege('yifen_web', 'tally_give_v1(text,integer,bigint,timestamptz)', 'EXECUTE'),"
            " (SELECT has_function_privilege('yifen_web', oid, 'EXECUTE') FROM pg_proc"
            "  WHERE proname = 'tally_step_v1')"
        ).fetchone()
        told = conn.execute("SELECT after ->> 'word' FROM audit_entry WHERE subject = 'tally_box'").fetchall()
    return {"verify": [before, after], "line": [line.role, line.fen], "may": list(may or ()),
            "secret": [word for (word,) in told]}  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yifen.project.settings")
    print(json.dumps(main(), ensure_ascii=False))
