"""The terminal's help: what each command is for, in both languages, with examples that its own parser takes."""

import re
import shlex

import pytest

from yifen.core.facts.plug import Command
from yifen.tools.cli.docs_commands import options
from yifen.tools.cli.main import FIRST, commands, main, parser_of

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_a_commands_help_has_both_languages_and_examples_that_it_takes(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown(capsys, command.name)
    assert told.index(command.meaning_zh) < told.index(command.meaning)
    assert command.examples
    for example in command.examples:
        words = shlex.split(example.line)
        parsed = parser_of(command.name).parse_args(words)  # SystemExit, was it refused
        assert (words[0], parsed.command) == (command.name, command.name)
        assert f"  ./yifen {example.line}\n      {example.zh}。\n      {example.en}.\n" in told
        assert HAN.search(example.zh), example
        assert LATIN.search(example.en), example
        assert not HAN.search(example.en), example


def test_every_option_is_told_in_both_languages() -> None:
    """Of the kinds below a command, too."""
    told = list(options())
    assert [row for row in told if not HAN.search(row[2]) or not LATIN.search(row[3]) or HAN.search(row[3])] == []
    assert len(told) > 100
    assert ("bench charge", "--seconds SECONDS", "每次测量的时长（默认 5）",
            "length of each measurement (default 5)") in told  # fmt: skip
    assert ("verify", "--json", "末行输出一个 JSON 对象", "one JSON object as the last line") in told
    assert {line for line, *_ in told} >= {"certify channel", "sim bank"}


def test_a_kinds_help_is_laid_out_line_for_line(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "sim", "authenticator")
    assert said.startswith("用法 usage: yifen sim authenticator [-h] login\n")
    assert said.endswith(
        "参数 arguments:\n  login       谁的手机，例如 admin\n              whose phone it is, for example admin\n\n"
        "选项 options:\n  -h, --help  显示本说明\n              show this and end\n")  # fmt: skip


def test_the_first_help_names_every_command_and_three_lines_to_begin_with(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys)
    assert [c.name for c in commands() if not re.search(rf"^    {c.name}\s", told, re.M)] == []
    assert [example.line for example in FIRST if f"  ./yifen {example.line}\n" not in told] == []
    assert (FIRST[0].line, FIRST[-1].line) == ("demo", "test")
