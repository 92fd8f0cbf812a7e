"""`./yifen COMMAND`: the commands of all plugs, each a module that is imported only when it is called."""

import argparse
import importlib
import os
import sys
from typing import Any

from yifen import __version__
from yifen.core.facts.plug import Command, CommandExample
from yifen.core.facts.settings import SettingError
from yifen.core.plugs import PlugError, plugs
from yifen.core.runtime import EdgeError

TEST = CommandExample("test", "运行全部测试", "Run all tests")
FIRST = (
    CommandExample("demo", "先看它运行：样例省份、缴费、日终、页面", "See it run: payments, a closed day, pages"),
    CommandExample("verify --help", "某个命令的含义、选项和示例", "Meaning, options and examples of one command"),
    TEST,
)


def commands() -> tuple[Command, ...]:
    """Every command that a plug brings; PlugError says what is wrong with one."""
    return tuple(command for plug in plugs() for command in plug.commands)


class TwoLanguages(argparse.RawTextHelpFormatter):
    """Line for line as written, Chinese above English: who reads either knows no setting for it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=16)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法 usage: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Of a command and of the kinds below it. The help of each option is a line of Chinese above one of English,
    which `./yifen docs` writes into two columns."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, formatter_class=TwoLanguages, add_help=False)
        self._positionals.title, self._optionals.title = "参数 arguments", "选项 options"
        self.add_argument("-h", "--help", action="help", help="显示本说明\nshow this and end")


def examples_of(*shown: CommandExample) -> str:
    """What stands below a help: each line to type, and what it does."""
    return "\n".join(["示例 examples:", *(f"  ./yifen {line}\n      {zh}。\n      {en}." for line, zh, en in shown)])


def parser_of(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported."""
    parser = Parser(
        prog="yifen", epilog=examples_of(*FIRST),
        description="一分：开放的缴费中枢。\nYifen: an open payment hub.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"yifen {__version__}",
                        help="显示版本\nshow the version and end")  # fmt: skip
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands():
        meaning = f"{command.meaning_zh}\n{command.meaning}"
        sub = subparsers.add_parser(command.name, help=meaning, description=meaning,
                                    epilog=examples_of(*command.examples))  # fmt: skip
        if command.name == chosen:
            importlib.import_module(command.module).arguments(sub)
    subparsers.add_parser("test", help=f"{TEST.zh}。\n{TEST.en}.")  # done by the launcher, ./yifen
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code. A refusal of the surroundings is one clear line, not a
    traceback."""
    os.umask(0o077)  # of this process and its children: what we write is nobody else's to read
    words = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in words if not word.startswith("-")), None)
    try:
        args = parser_of(chosen).parse_args(words)
    except PlugError as error:
        print(f"yifen: {error}", file=sys.stderr)
        return 1
    module = next((c.module for c in commands() if c.name == args.command), None)
    if module is None:
        print("yifen: run tests by the launcher: ./yifen test", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(module).run(args) or 0)
    except (EdgeError, PlugError, SettingError) as error:
        print(f"yifen: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
