"""Style as a test: the checking tools pass, and what is banned is named with its replacement."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg
import pytest

from tests.sampling import LONG
from tests.trees import tree_of
from tests.world import Database
from yifen.core.facts.sqlfiles import QUERIES, parse, read_sql
from yifen.core.plugs import result_codes
from yifen.core.schema import function_files

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "yifen"
PYTHON_FILES = sorted(SOURCE.rglob("*.py"))
SQL_FILES = sorted(SOURCE.rglob("*.sql"))
LINES_MAX = 400
BINARIES = Path(sys.executable).parent

# --- the tools ---------------------------------------------------------------------------------

TOOLS = {
    "ruff": [str(BINARIES / "ruff"), "check", "--output-format", "concise", "."],
    "mypy": [sys.executable, "-m", "mypy"],
    "import arrows": [str(BINARIES / "lint-imports"), "--no-cache"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str) -> None:
    done = subprocess.run(
        TOOLS[tool],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        pytest.fail(f"{tool} found:\n{done.stdout}{done.stderr}", pytrace=False)


# --- bans --------------------------------------------------------------------------------------

Find = Callable[[ast.AST], Iterator[int]]
NEAR_MONEY = ("core/facts", "core/ledger", "core/wire", "hub/payments", "trades/reconciliation")
COMMANDS = ("night/commands/", "trades/bills/command.py", "trades/reconciliation/command.py")
EDGE = ("hub/doors/asgi.py", "core/access/edge.py", "tools/", "hub/simulators/", *COMMANDS)
NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}


class Ban(NamedTuple):
    """What `find` finds is refused in `within`, except in `beside`; `instead` is what to do. Nothing is found where a
    source has none of the `words`: trees of all files take a minute."""

    name: str
    words: tuple[str, ...]
    find: Find
    instead: str
    within: tuple[str, ...] = ("",)
    beside: tuple[str, ...] = ()

    def counts_in(self, path: str) -> bool:
        return path.startswith(self.within) and not path.startswith(self.beside or "/")


def last_word(node: ast.AST) -> str:
    """Of a name, however it is reached."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def calls_of(*names: str) -> Find:
    """Calls of these functions, by the last two words of how they are written."""

    def find(tree: ast.AST) -> Iterator[int]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                of = f"{last_word(node.func.value)}." if isinstance(node.func, ast.Attribute) else ""
                if of + last_word(node.func) in names:
                    yield node.lineno

    return find


def floats_of_fen(tree: ast.AST) -> Iterator[int]:
    """An amount divided by /, or declared a float."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                wrong = is_fen(left) or is_fen(right)
            case ast.AnnAssign(target=target, annotation=kind):
                wrong = is_fen(target) and "float" in ast.unparse(kind)
            case ast.arg(arg=name, annotation=ast.AST() as kind):
                wrong = name.endswith("_fen") and "float" in ast.unparse(kind)
            case _:
                wrong = False
        if wrong:
            yield node.lineno


def is_fen(node: ast.AST) -> bool:
    return last_word(node).endswith("_fen")


def swallowed(tree: ast.AST) -> Iterator[int]:
    """A bare except, or one of everything that does nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            kind = ast.unparse(node.type) if node.type else ""
            silent = all(isinstance(line, ast.Pass) for line in node.body)
            if not kind or (silent and kind in ("Exception", "BaseException")):
                yield node.lineno


BANS = (
    Ban("float", ("float",), calls_of("float"), "yifen.core.facts.money: integer fen, Decimal for text",
        within=NEAR_MONEY),
    Ban("fen as float", ("_fen",), floats_of_fen, "divmod or // on integer fen"),
    Ban("naked clock", ("now", "today", "time"), calls_of(*NOW), "take the time as an argument; only the edge reads it",
        beside=EDGE),
    Ban("print", ("print",), calls_of("print"), "structlog.get_logger()",
        beside=("tools/", "hub/simulators/", *COMMANDS)),
    Ban("swallowed error", ("except",), swallowed, "name the exception and say what it means"),
)  # fmt: skip


@cache
def banned() -> dict[str, list[str]]:
    """Where each ban finds what it names; of each file one tree is made for all of them."""
    found: dict[str, list[str]] = {ban.name: [] for ban in BANS}
    for file in PYTHON_FILES:
        path, source = file.relative_to(SOURCE).as_posix(), file.read_text()
        bans = [ban for ban in BANS if ban.counts_in(path) and any(word in source for word in ban.words)]
        tree = tree_of(source) if bans else None
        for ban in bans:
            found[ban.name] += [f"src/yifen/{path}:{line}" for line in ban.find(tree)]
    return found


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.name)
def test_banned(ban: Ban) -> None:
    assert not banned()[ban.name], f"{ban.name} is banned; instead: {ban.instead}"


@pytest.mark.parametrize(
    ("name", "code", "lines"),
    [
        ("float", "x = 1\ny = float('1.5')", [2]),
        ("fen as float", "a = amount_fen / 100\nb = x.due_fen // 100", [1]),
        ("fen as float", "amount_fen: float = 0\ndef f(due_fen: float | None): ...", [1, 2]),
        ("naked clock", "import datetime\ndatetime.datetime.now()\ntime.monotonic()", [2]),
        ("naked clock", "datetime.now(UTC)\ntime.time()\ndate.today()", [1, 2, 3]),
        ("print", "print('x')\nconsole.print('x')", [1]),
        ("swallowed error", "try: f()\nexcept: g()", [2]),
        ("swallowed error", "try: f()\nexcept Exception: pass", [2]),
        ("swallowed error", "try: f()\nexcept KeyError: pass", []),
    ],
)
def test_the_bans_catch_what_they_name(name: str, code: str, lines: list[int]) -> None:
    ban = next(ban for ban in BANS if ban.name == name)
    assert sorted(ban.find(tree_of(code))) == lines
    assert not lines or any(word in code for word in ban.words)


def test_the_edge_is_exempt_and_nothing_else() -> None:
    clock = next(ban for ban in BANS if ban.name == "naked clock")
    paths = ("hub/doors/asgi.py", "tools/cli/serve.py", "hub/doors/app.py", "hub/payments/hub.py")
    assert [clock.counts_in(path) for path in paths] == [False, False, True, True]


def test_no_sql_type_that_rounds() -> None:
    types = r"^([^']|'[^']*')*?\b(float[48]?|real|double precision|money)\b"  # in no text
    rounding = re.compile(types, re.IGNORECASE)
    assert matches(SQL_FILES, rounding, comment="--") == [], "use bigint fen"


def matches(files: list[Path], pattern: re.Pattern[str], comment: str = "\n") -> list[str]:
    """File and line of each match, before a comment begins."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in files
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if pattern.search(line.partition(comment)[0])
    ]


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a sample in another encoding


# --- the files ---------------------------------------------------------------------------------


def tracked() -> list[Path]:
    """What git has, or would take; what stands in the folders where there is no git."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        folders = [
            path for name in ("src", "tests", "docs", "tools") for path in (ROOT / name).rglob("*")
        ]
        return [path for path in folders if path.is_file() and path.suffix != ".pyc"]
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = {file: len(text_of(file).splitlines()) for file in [*PYTHON_FILES, *SQL_FILES]}
    filled = [length for length in lengths.values() if length]
    with capsys.disabled():
        print(
            f" [{len(filled)} files, median {median(filled):.0f} lines, most {max(filled)}] ",
            end="",
        )
    long = {str(file.relative_to(ROOT)): n for file, n in lengths.items() if n > LINES_MAX}
    assert not long, f"over {LINES_MAX} lines: split by verb"


def test_every_file_tells_its_purpose_in_its_first_line() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in [*PYTHON_FILES, *SQL_FILES]
        if (text := text_of(file).strip())
        and "migrations" not in file.parts
        and not text.startswith(('"""', "-- "))
    ]
    assert silent == []


# What Django and the command line name themselves. A class within a class is read with its outer's name.
SAME_EVERYWHERE = ("Migration",)


def test_no_name_means_two_classes() -> None:
    """A word is one thing: what a class is one of, its name says."""
    named: dict[str, list[str]] = {}
    for file in PYTHON_FILES:
        source = file.read_text()
        for name in class_names(tree_of(source)) if "class " in source else ():
            named.setdefault(name, []).append(file.relative_to(SOURCE).as_posix())
    twice = {
        name: where
        for name, where in named.items()
        if len(where) > 1 and name not in SAME_EVERYWHERE
    }
    assert len(named) > 500
    assert twice == {}, "say what it is an entry, a page, a state of"


def class_names(tree: ast.AST) -> Iterator[str]:
    """Of public classes, those in functions and conditions too, but none that stands in a class."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.ClassDef):
            yield from class_names(node)
        elif not node.name.startswith("_"):
            yield node.name


def test_class_names_are_found() -> None:
    source = "class A:\n  class Meta: pass\ndef f():\n  class B: pass\nif x:\n  class C: pass\nclass _D: pass"
    assert list(class_names(tree_of(source))) == ["A", "B", "C"]


def test_nothing_is_left_to_do() -> None:
    left = re.compile(r"\b(TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
    files = [file for file in tracked() if file.suffix in (".py", ".sql", ".md", ".toml", "")]
    assert matches([f for f in files if "samples" not in f.parts], left) == [], "do it, or an issue"


def test_no_address_of_a_machine_or_registry() -> None:
    somewhere = re.compile(
        r"(?<![\w.}])/(home|root|work|Users|mnt)/\w|(?<!no-emit-)index-url|"
        r"\b(files\.python" + r"hosted|py" + r"pi\.|registry\.[a-z]+\.[a-z]+/|artifactory|devpi)"
    )
    own = Path(__file__).resolve()
    files = [file for file in tracked() if file.resolve() != own]
    assert matches(files, somewhere) == [], "files must work on every machine"


# --- SQL stands in .sql files -------------------------------------------------------------------

SQL_WORD = re.compile(
    r"\b(SELECT|WITH|INSERT|UPDATE|DELETE|COPY|CREATE|ALTER|DROP|GRANT|REVOKE|LOCK|SET|RESET|FROM"
    r"|WHERE|((LEFT|FULL|CROSS) )?JOIN|UNION|AND|OR|(ORDER|GROUP) BY|LIMIT|RETURNING|ON CONFLICT"
    r"|FOR UPDATE)\b"
)
SQL_LINE = re.compile(rf"^\s*{SQL_WORD.pattern}")
# Only what the code puts together: the lists' columns, grants, conditions of filters.
SQL_LINES_MAX = 300


def sql_lines(source: str) -> int:
    """Lines of the string literals that are SQL: those in which any line begins as SQL does."""
    seen, lines = set[ast.AST](), 0
    for node in ast.walk(tree_of(source)):  # parents come before what stands in them
        if isinstance(node, ast.Expr):
            seen.add(node.value)  # a docstring
        if node in seen or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        seen.update(parts)
        texts = [part.value for part in parts if isinstance(part, ast.Constant)]
        if any(SQL_LINE.match(line) for text in texts for line in str(text).splitlines()):
            lines += (node.end_lineno or node.lineno) - node.lineno + 1
    return lines


def test_sql_in_strings_is_counted() -> None:
    assert sql_lines("A = 'SELECT 1'\nB = f\"\"\"\n  WITH {x} AS (\n  {y})\"\"\"\nC = 'a set'") == 4
    assert sql_lines('def f(x):\n    """Sets x.\n\n    AND tells it."""\n    x("AND a", "b UNION")') == 1


def test_statements_stand_in_files_and_not_in_strings(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        file.relative_to(SOURCE).as_posix(): sql_lines(source)
        for file in PYTHON_FILES if "migrations" not in file.parts and SQL_WORD.search(source := file.read_text())
    }  # fmt: skip
    with capsys.disabled():
        print(f" [{sum(found.values())} lines of SQL in strings] ", end="")
    most = sorted(found, key=lambda path: -found[path])[:5]
    assert sum(found.values()) <= SQL_LINES_MAX, f"statements belong into queries.sql; most: {most}"


def test_every_statement_is_asked_for() -> None:
    files = [file for file in SQL_FILES if file.name == QUERIES]
    idle = []
    for file in files:
        code = "".join(path.read_text() for path in file.parent.rglob("*.py")) + file.read_text()
        names = parse(file.as_posix(), file.read_text())
        idle += [
            f"{file.relative_to(ROOT)}: {name}"
            for name in names if f'"{name}"' not in code and f"{{{name}}}" not in code
        ]  # fmt: skip
    assert len(files) > 10
    assert idle == []


# --- the codes ---------------------------------------------------------------------------------


def test_what_a_run_of_everything_leaves_out_is_there() -> None:
    for name in sorted(LONG):
        file, test = name.split("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text(), name


def test_every_code_has_its_own_number_and_both_texts() -> None:
    codes = result_codes().values()
    texts = [(code.meaning.zh.strip(), code.meaning.en.strip()) for code in codes]
    assert all(zh and en for zh, en in texts)
    assert len(set(texts)) == len(texts) == len(set(map(int, codes))) > 150
    assert all(0 <= code <= 9999 for code in codes)


def test_every_code_named_in_sql_exists() -> None:
    named = {
        name for file in SQL_FILES for name in re.findall(r"@([A-Z][A-Z_]+)\b", file.read_text())
    }
    assert named - {"RETRYABLE"} <= set(result_codes())
    assert {"BUSY", "ALREADY_PAID", "PROCESSING"} <= named
    assert not any(re.search(r"@\w", read_sql(file, result_codes())) for file in SQL_FILES)


# --- the database ------------------------------------------------------------------------------

CREATED = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION\s+(\w+)", re.IGNORECASE)
DROPPED = re.compile(r"DROP FUNCTION (?!IF EXISTS)(\w+)")  # for good: not an older signature
VIEW = re.compile(r"CREATE OR REPLACE VIEW\s+(\w+)")


def test_the_migrations_are_complete(database: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        env=database.environment(DJANGO_SETTINGS_MODULE="yifen.project.settings"),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "No changes detected\n"), done.stderr


def test_the_database_has_the_functions_of_the_files_and_no_others(database: Database) -> None:
    written = [name for file in SQL_FILES for name in CREATED.findall(file.read_text())]
    for name in (name for file in SQL_FILES for name in DROPPED.findall(file.read_text())):
        if name in written:  # an older version of what is installed anew stands in no file
            written.remove(name)
    with psycopg.connect(database.app_url) as conn:
        rows = conn.execute(
            "SELECT proname FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND NOT starts_with(proname, 'procrastinate_')"
            " ORDER BY proname"
        ).fetchall()
        theirs = conn.execute(
            "SELECT proname FROM pg_proc WHERE starts_with(proname, 'procrastinate_') AND prosecdef"
        ).fetchall()
    assert theirs == [], "the job runner's functions are its caller's"
    assert [row[0] for row in rows] == sorted(written)


def test_the_database_has_the_views_of_the_files_and_no_others(database: Database) -> None:
    written = [name for _, text in function_files() for name in VIEW.findall(text)]
    with psycopg.connect(database.app_url) as conn:
        rows = conn.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'").fetchall()
    assert sorted(name for (name,) in rows) == sorted(written)


def test_functions_that_are_installed_anew_carry_a_version() -> None:
    names = [name for _, text in function_files() for name in CREATED.findall(text)]
    assert len(names) > 20
    assert [name for name in names if not re.search(r"_v[0-9]+$", name)] == []
