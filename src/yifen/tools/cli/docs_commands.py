"""The page of commands: what each is for, what its options mean, lines to type."""

import argparse
from collections.abc import Callable, Iterable, Iterator

from yifen.tools.cli.main import TEST, commands, parser_of

Option = tuple[str, str, str, str]


def commands_page(note: str, table: Callable[[Iterable[str], Iterable[Iterable[str]]], str]) -> str:
    rows = [(f"`./yifen {c.name}`", c.meaning_zh, c.meaning) for c in commands()]
    rows.append((f"`./yifen {TEST.line}`", f"{TEST.zh}。", f"{TEST.en}."))
    given = [(f"`{line}`", f"`{name}`", zh, en) for line, name, zh, en in options()]
    shown = [
        (f"`./yifen {example.line}`", f"{example.zh}。", f"{example.en}.")
        for command in commands() for example in command.examples
    ]  # fmt: skip
    head = ("command", "中文", "English")
    return (
        "# Commands 命令\n\n" + note + "`--help` after a command tells the same. 命令后加 `--help`，内容相同。\n\n"
        + table(head, rows) + "\n## Options 选项\n\n" + table(("command", "option", "中文", "English"), given)
        + "\n## Examples 示例\n\n" + table(head, shown)
    )  # fmt: skip


def options() -> Iterator[Option]:
    """Of every command and of the kinds below it: (command, option, in Chinese, in English)."""
    for command in commands():
        parser = parser_of(command.name)
        yield from _of(_kinds(parser)[command.name], command.name)


def _of(parser: argparse.ArgumentParser, line: str) -> Iterator[Option]:
    for action in parser._actions:
        if action.dest == "help" or action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        zh, _, en = (action.help or "").partition("\n")
        name = " ".join(action.option_strings[:1]) or str(action.metavar or action.dest)
        choice = f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()
        value = action.metavar or choice
        takes = bool(action.option_strings) and action.nargs != 0
        yield line, f"{name} {value}" if takes else name, zh, en
    for kind, below in _kinds(parser).items():
        yield from _of(below, f"{line} {kind}")


def _kinds(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return next((dict(action.choices) for action in found), {})
