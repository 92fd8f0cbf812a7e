"""`yifen docs`: write the generated reference pages, and the rules of alerts; a test holds them to the tables."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from yifen import __version__
from yifen.core.alerts import rules_file
from yifen.core.facts.settings import ROOT, SETTINGS
from yifen.core.plugs import metrics, result_codes
from yifen.core.wire.fields import field_tables
from yifen.core.wire.messages import REQUESTS
from yifen.core.wire.openapi import openapi
from yifen.core.wire.replies import REPLIES
from yifen.core.wire.xsd import xsd
from yifen.tools.cli.docs_programs import programs_pages
from yifen.tools.cli.docs_roles import roles_page
from yifen.tools.cli.main import commands

NOTE = "<!-- Written by `./yifen docs`; change the table in the code instead. -->\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(list(head)), *[list(row) for row in rows]]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |\n" for row in lines)


def codes_page() -> str:
    rows = [
        (f"{code:04d}", f"`{code.name}`", "retry 可重发" if m.retryable else "final 终态",
         str(m.status), m.zh, m.en)
        for code in result_codes().values() for m in [code.meaning]
    ]  # fmt: skip
    return (
        "# Result codes 结果码\n\n" + NOTE
        + "In order of precedence: when several apply, the first is answered. *final*: the answer "
        "is stored with the serial and never changes. *retry*: nothing was kept; send the same "
        "serial again (or confirm). 按优先级排列；final 随流水保存、永不改变，retry 可用原流水号重发。\n\n"
        + table(("code", "name", "kind", "HTTP", "中文", "English"), rows)
    )  # fmt: skip


def settings_page() -> str:
    rows = [(f"`{s.name}`", f"`{s.default}`" if s.default else "", s.meaning_zh, s.meaning)
            for s in SETTINGS]  # fmt: skip
    return ("# Settings 配置\n\n" + NOTE + "Environment variables. 环境变量。\n\n"
            + table(("name", "default", "中文", "English"), rows))  # fmt: skip


def metrics_page() -> str:
    rows = [(f"`{m.name}`", m.kind, ", ".join(f"`{word}`" for word in (*("process",) * m.process, *m.labels)),
             m.zh, m.en) for m in metrics().values()]  # fmt: skip
    return ("# Metrics 指标\n\n" + NOTE + "At the address of `YIFEN_METRICS`; what has no label `process` is "
            "read of the database, by one worker for all. "
            "由 `YIFEN_METRICS` 的地址提供；不带 `process` 标签的由一个 worker 从数据库读取。\n\n"
            + table(("name", "type", "labels", "中文", "English"), rows))  # fmt: skip


def commands_page() -> str:
    rows = [(f"`./yifen {c.name}`", c.meaning_zh, c.meaning) for c in commands()]
    rows.append(("`./yifen test`", "运行全部测试。", "Run all tests."))
    return ("# Commands 命令\n\n" + NOTE + "`--help` after a command lists its options.\n\n"
            + table(("command", "中文", "English"), rows))  # fmt: skip


def messages_page() -> str:
    return (
        "# Messages 报文\n\n" + NOTE
        + "XML: `POST /xml/v1/{verb}`; JSON: `POST /json/v1/{verb}`. The OpenAPI document is "
        "[openapi.json](openapi.json), the schemas of the XML dialect are in [xsd/](xsd).\n\n"
        + "# 中文\n\n" + field_tables("zh") + "\n# English\n\n" + field_tables("en")
    )  # fmt: skip


def pages() -> dict[str, str]:
    """Path below docs/reference → text of every generated file."""
    found = {
        "codes.md": codes_page(),
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "metrics.md": metrics_page(),
        "roles.md": roles_page(NOTE, table),
        "messages.md": messages_page(),
        **programs_pages(NOTE),
        "openapi.json": json.dumps(openapi(__version__), ensure_ascii=False, indent=1) + "\n",
    }
    for verb in REQUESTS:
        found[f"xsd/{verb}-request.xsd"] = xsd(verb, "request")
        if verb in REPLIES:
            found[f"xsd/{verb}-reply.xsd"] = xsd(verb, "reply")
    return found


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reference")
    parser.add_argument("--alerts", type=Path, default=ROOT / "ops" / "prometheus" / "alerts.yml")


def run(args: argparse.Namespace) -> int:
    files = {args.out / name: text for name, text in pages().items()} | {args.alerts: rules_file()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.name)
    return 0
