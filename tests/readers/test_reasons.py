"""What is wrong with a file is said in both languages, with its place (H7)."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trees import tree_of
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import reasons
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.rows import FileError

FOLDER = Path(reasons.__file__).parent
ROOM = re.compile(r"\{[^}]*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def literals(node: ast.AST) -> Iterator[str]:
    """The texts that a reader may say, of the expression it says it with."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def spoken() -> set[str]:
    """Every reason in the sources: what is given to `told`, a breach, or kept in `reason` for one."""
    found: set[str] = set()
    for path in [*FOLDER.glob("readers/*.py"), FOLDER / "proving.py"]:
        for node in ast.walk(tree_of(path.read_text())):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in ("told", "reading.note") and isinstance(node, ast.Call):
                found |= set(literals(node.args[0]))
            elif name in ("FileError", "RecordError", "_refuse", "_refused") and isinstance(node, ast.Call):
                place = {"FileError": 2, "_refused": 0}.get(name, 1)
                found |= set(literals(node.args[place]))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
                found |= set(literals(node.value))
    return found


def test_every_reason_of_a_reader_has_its_chinese_with_the_same_values_and_none_is_left_over() -> None:
    said = spoken()
    assert len(said) > 100
    assert said - set(reasons.ZH) == set()
    made = {"the head is missing", "the header is missing", "the end of the list is missing",
            "the totals are missing", "the time of export is missing"}  # fmt: skip
    typed = {f"not {kind}: {{}}" for kind in ("fen", "signed_fen", "digits", "digits_or_blank")}
    assert set(reasons.ZH) - said - made - typed - {
        "an amount and income", "an amount and expense", "not UTF-8: its text is read as Latin-1",
    } == set()  # fmt: skip
    for en, zh in reasons.ZH.items():
        assert CHINESE.search(zh), en
        assert len(ROOM.findall(zh)) <= len(ROOM.findall(en)), en


def breach(format_code: str, data: bytes, hints: Hints | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        list(open_file(format_code, io.BytesIO(data), hints or Hints()))
    return caught.value


def test_a_wrong_cell_is_told_with_line_and_column_by_their_names() -> None:
    head = b"H|1|POWER01|20261128|1|100|0|0|" + b"0" * 32 + b"\n"
    line = b"D|charge|S-1||1000000001|POWER01|3200000001|1,5|20261128120000|20261128120001|\n"
    error = breach("hub", head + line)
    assert str(error) == "line 2, column amount_fen: not a valid number: '1,5'"
    assert error.told.zh == "第 2 行 金额：不是有效的数字：“1,5”"
    refused = Refused(error.code, error.column, reasons.of_file("a.txt", error.told))
    assert refused.text("zh-hans") == "8214 文件中的金额无法识别 (a.txt：第 2 行 金额：不是有效的数字：“1,5”)"
    assert refused.text("en") == ("8214 An amount in the file cannot be read exactly."
                                  " (a.txt: line 2, column amount_fen: not a valid number: '1,5')")  # fmt: skip


def test_what_is_of_the_whole_file_or_line_names_no_place_twice() -> None:
    assert breach("ums", b"").told.zh == "第 1 行：文件是空的"
    assert FileError(0, "archive", "cut off", FileCode.FILE_CUT_OFF).told.zh == "在中途截断"
    assert FileError(3, "62F", "{odd}").told.zh == "第 3 行 62F：{odd}"  # what no reader says stands as it is
