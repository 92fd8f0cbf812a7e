"""A function or view has one home: what one file of SQL defines, no other file defines again behind its back, and it
does so once."""

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src/yifen"
DEFINED = re.compile(r"^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|VIEW)\s+(?:public\.)?\"?(\w+)",
                     re.IGNORECASE | re.MULTILINE)  # fmt: skip

SIGNED = re.compile(DEFINED.pattern + r"\"?\s*(\([^()]*(?:\([^()]*\)[^()]*)*\))", DEFINED.flags)
"""With its arguments, whose types may have a length in brackets."""


def twice(text: str) -> list[str]:
    """Names that a file defines again with the same arguments: the first one is dead."""
    found = [(name.lower(), " ".join(arguments.lower().split())) for name, arguments in SIGNED.findall(text)]
    return sorted({name for name, arguments in found if found.count((name, arguments)) > 1})


def homes(texts: dict[str, str]) -> dict[str, set[str]]:
    """In which files each is defined. Two signatures of one name may stand in one file, where a reader sees both."""
    found: dict[str, set[str]] = {}
    for file, text in texts.items():
        for name in DEFINED.findall(text):
            found.setdefault(name.lower(), set()).add(file)
    return found


def test_nothing_is_defined_in_two_files_of_sql() -> None:
    files = [*SOURCE.rglob("*.sql"), *SOURCE.rglob("migrations/*.py")]
    found = homes({file.relative_to(SOURCE).as_posix(): file.read_text("utf-8") for file in files})
    assert len(found) > 800
    assert {file.name: again for file in files if (again := twice(file.read_text("utf-8")))} == {}
    assert {name: sorted(at) for name, at in found.items() if len(at) > 1} == {}


def test_what_is_defined_is_found_however_it_is_written() -> None:
    text = '''-- CREATE FUNCTION not_this_v1()
CREATE OR REPLACE FUNCTION one_v1(p integer) RETURNS integer
  create function public."two_v1"()
CREATE OR REPLACE VIEW seen AS SELECT 1'''
    assert set(homes({"a": text})) == {"one_v1", "two_v1", "seen"}
    assert homes({"a": text, "b": "CREATE FUNCTION\n    One_v1(p text)"})["one_v1"] == {"a", "b"}
    assert twice(text) == []
    assert twice(text + "\nCREATE FUNCTION One_v1(p  integer) RETURNS text") == ["one_v1"]
    assert twice(text + "\nCREATE FUNCTION one_v1(p numeric(20)) RETURNS text") == []
