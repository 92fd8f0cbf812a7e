"""Reading the pages as data: fenced blocks, marked ones, tables, links; and running what they print."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest

from yifen.tools.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)^```$", re.M | re.S
)
NUMBERED = re.compile(r"\b(\d{4}) ([A-Z][A-Z_]{3,})\b")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# What differs from run to run: moments, days, digests, seconds.
MASKS = (
    (r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", "<moment>"),
    (r"\b\d{4}-\d\d-\d\d\b", "<day>"),
    (r"\b\d{14}\b", "<moment>"),
    (r"\b\d{8}\b", "<day>"),
    (r"\b[0-9a-f]{64}\b", "<hash>"),
    (r"\b[0-9A-F]{40}(?=[<HD])", "<sha1>"),
    (r"\b\d+\.\d+ s\b", "<seconds> s"),
    (r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b", "<password>"),
)


class Block(NamedTuple):
    """A fenced block; `mark` is the text of an HTML comment right above it."""

    mark: str
    language: str
    body: str


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    return [
        Block(found["mark"] or "", found["language"], found["body"])
        for found in BLOCK.finditer(text_of(page))
    ]


def files(page: str) -> dict[str, str]:
    """Name → content of the blocks that the page tells to save."""
    marked = [block for block in blocks(page) if block.mark.startswith("file: ")]
    return {block.mark.removeprefix("file: "): block.body for block in marked}


def exchanges(page: str) -> list[tuple[str, str]]:
    """(command, what it printed) of the blocks that the page says were run."""
    found: list[tuple[str, str]] = []
    for block in blocks(page):
        for line in block.body.splitlines() if block.mark == "run" else ():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                command, output = found.pop()
                found.append((command, output + line + "\n"))
    return found


def rows(page: str, mark: str) -> list[list[str]]:
    """The cells of the table below `<!-- mark -->`, without its head."""
    lines = text_of(page).split(f"<!-- {mark} -->\n", 1)[1].splitlines()
    table = list(takewhile(lambda line: line.startswith("|"), lines))[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def links(page: str) -> Iterator[str]:
    """Relative targets."""
    prose = BLOCK.sub("", text_of(page))
    return (target for target in LINK.findall(prose) if ":" not in target)


def masked(text: str) -> str:
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return text


def run(command: str, folder: Path, env: dict[str, str]) -> str:
    """What a printed command says, as a process on this Python; it must end well."""
    done = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]], cwd=folder, env={**env, "PYTHONUTF8": "1"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def run_here(command: str, folder: Path, env: dict[str, str], patch: pytest.MonkeyPatch) -> str:
    """As `run`, in this process: a page of commands is done in a second."""
    program, *arguments = shlex.split(command)
    with patch.context() as patched, redirect_stdout(StringIO()) as said:
        patched.chdir(folder)
        for name, value in env.items():
            patched.setenv(name, value)
        if program == "./yifen":
            assert main(arguments) == 0
        else:
            patched.setattr(sys, "argv", arguments)
            runpy.run_path(arguments[0], run_name="__main__")
    return said.getvalue()


def checkout(folder: Path, page: str) -> None:
    """A folder that looks like the checkout to the page's programs, with those in it."""
    os.symlink(ROOT / "src", folder / "src")
    for name, body in files(page).items():
        (folder / name).write_text(body, encoding="utf-8")
