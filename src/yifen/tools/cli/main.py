"""`./yifen COMMAND`: the commands of all plugs, each a module that is imported only when it is called."""

import argparse
import importlib
import os
import sys

from yifen import __version__
from yifen.core.facts.plug import Command
from yifen.core.facts.settings import SettingError
from yifen.core.plugs import PlugError, plugs
from yifen.core.runtime import EdgeError


def commands() -> tuple[Command, ...]:
    """Every command that a plug brings; PlugError says what is wrong with one."""
    return tuple(command for plug in plugs() for command in plug.commands)


def parser_of(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported."""
    parser = argparse.ArgumentParser(prog="yifen", description="Yifen 一分: a payment hub.")
    parser.add_argument("--version", action="version", version=f"yifen {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands():
        sub = subparsers.add_parser(command.name, help=command.meaning, description=command.meaning)
        if command.name == chosen:
            importlib.import_module(command.module).arguments(sub)
    subparsers.add_parser("test", help="Run all tests.")  # done by the launcher, ./yifen
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
