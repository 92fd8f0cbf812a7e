"""`yifen docs`: write the generated references and the rules of alerts, which a test holds to the tables; or, with
`--site`, build all."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from yifen import __version__
from yifen.core import runtime
from yifen.core.alerts import rules_file
from yifen.core.facts.settings import DOCS_FOLDER, ROOT, SETTINGS
from yifen.core.plugs import metrics, plugs, result_codes
from yifen.core.wire.fields import field_tables
from yifen.core.wire.messages import REQUESTS
from yifen.core.wire.openapi import openapi
from yifen.core.wire.replies import REPLIES
from yifen.core.wire.xsd import xsd
from yifen.tools.cli.docs_commands import commands_page
from yifen.tools.cli.docs_figures import figures_page
from yifen.tools.cli.docs_programs import programs_pages
from yifen.tools.cli.docs_roles import roles_page

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


def events_page() -> str:
    kinds = [kind for plug in plugs() for source in plug.events for kind in source.kinds]
    parts = [
        f"## {kind.name}\n\n{kind.title.zh}。{kind.title.en}.\n\n```json\n"
        f"{json.dumps(kind.example, ensure_ascii=False, indent=2)}\n```\n"
        for kind in kinds
    ]
    return (
        "# Events 事件\n\n" + NOTE
        + "What partners are told through [pipes](../pipes.md): the `data` of each kind, by example. Amounts are in "
        "fen. 经[推送通道](../pipes.zh.md)告知合作方的事件：各类 `data` 样例，金额以分计。\n\n" + "\n".join(parts)
    )  # fmt: skip


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
        "commands.md": commands_page(NOTE, table),
        "metrics.md": metrics_page(),
        "events.md": events_page(),
        "roles.md": roles_page(NOTE, table),
        "figures.md": figures_page(NOTE, table),
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
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reference",
                        help="参考文档的文件夹\n"
                             "folder of the references")  # fmt: skip
    parser.add_argument("--alerts", type=Path, default=ROOT / "ops" / "prometheus" / "alerts.yml",
                        help="Prometheus 告警规则的文件\nfile of the rules for Prometheus")  # fmt: skip
    parser.add_argument("--site", nargs="?", type=Path, const=Path(), metavar="FOLDER",
                        help="改为生成网站；不给文件夹则放在 `./yifen web` 查找之处\n"
                             "build the site instead; without a folder where `./yifen web` looks for it")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    if args.site is not None:
        from yifen.tools.site.build import build

        folder = args.site if args.site != Path() else runtime.data_folder(runtime.settings_of()) / DOCS_FOLDER
        print(f"{build(folder.resolve())} pages in {folder}")
        return 0
    files = {args.out / name: text for name, text in pages().items()} | {args.alerts: rules_file()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.name)
    return 0
