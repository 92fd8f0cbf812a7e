"""`./yifen COMMAND`: one table of commands, each a module that is imported only when it is called."""

import argparse
import importlib
import sys
from typing import NamedTuple

from yifen.core.runtime import EdgeError


class Command(NamedTuple):
    """One row of docs/reference/commands.md. The module has `arguments(parser)` and `run(args)`."""

    name: str
    module: str
    meaning: str
    meaning_zh: str


COMMANDS = (
    Command("demo", "yifen.tools.demo",
            "Try everything: a sample network, payments through the gateway, a closed day.",
            "试用：样例网络、经网关缴费、日切对账。"),
    Command("serve", "yifen.tools.cli.serve", "Run the gateway.", "运行网关。"),
    Command("web", "yifen.tools.cli.web", "Run the pages: console, teller desk, payers.",
            "运行页面：管理台、柜面、缴费页。"),
    Command("worker", "yifen.tools.cli.worker",
            "Run the jobs: re-query of undecided payments at billers.",
            "运行后台作业：未决缴费的查询与重发。"),
    Command("migrate", "yifen.tools.cli.migrate",
            "Bring the database up to this version.", "升级数据库到本版本。"),
    Command("init", "yifen.tools.cli.init",
            "First institution, book and administrator of a new database.",
            "新库初始化：首个机构、账簿和管理员。"),
    Command("cut", "yifen.tools.cli.cut",
            "Close the open business day and make every partner's file.",
            "日切并生成各合作方对账文件。"),
    Command("reconcile", "yifen.tools.cli.reconcile",
            "One partner's file against our side, to the fen.", "单个合作方文件与本方逐笔对账。"),
    Command("eod", "yifen.tools.cli.eod",
            "The end of day: cut, files, reconcile, repair, settle, close.",
            "日终：日切、收文件、对账、平账、结算、关闭。"),
    Command("verify", "yifen.tools.cli.verify",
            "Replay the hash chain and the balances; name the first altered row.",
            "重放哈希链与余额，指出首个被改动的行。"),
    Command("bench", "yifen.tools.bench.command", "Measure, beside PostgreSQL's own pgbench.",
            "性能测量，与 pgbench 对比。"),
    Command("sim", "yifen.tools.cli.sim", "Run a simulator: a biller's own system, a bank, an authenticator.",
            "运行模拟器：收费单位自有系统、银行、身份验证器。"),
    Command("certify", "yifen.tools.cli.certify",
            "Conformance of a biller's own system, or of a channel.",
            "一致性测试：收费单位自有系统或渠道。"),
    Command("docs", "yifen.tools.cli.docs", "Write the generated reference pages.", "生成参考文档。"),
)  # fmt: skip


def parser_of(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported."""
    parser = argparse.ArgumentParser(prog="yifen", description="Yifen 一分: a payment hub.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.meaning, description=command.meaning)
        if command.name == chosen:
            importlib.import_module(command.module).arguments(sub)
    commands.add_parser("test", help="Run all tests.")  # done by the launcher, ./yifen
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code. A refusal of the surroundings is one clear line, not a
    traceback."""
    words = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in words if not word.startswith("-")), None)
    args = parser_of(chosen).parse_args(words)
    module = next((c.module for c in COMMANDS if c.name == args.command), None)
    if module is None:
        print("yifen: run tests by the launcher: ./yifen test", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(module).run(args) or 0)
    except EdgeError as error:
        print(f"yifen: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
