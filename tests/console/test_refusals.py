"""What a refusal says where the form does not show its field: of what it speaks, in words of the reader's language."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django import forms
from django.test import RequestFactory
from django.utils import translation

import yifen
from tests.trees import tree_of
from yifen.core.access.telling import _terms, put, told
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_codes

OWN_FORM = {  # fields of one form, which always shows them
    "account_kind", "act", "after", "agree", "apiv3_key", "app_id", "certificate", "channels", "consent_note",
    "dialects", "evidence", "host_key", "hours", "latitude", "law", "new", "old", "outage", "private_key", "public",
    "public_key_id", "signed", "since", "soon_days", "take_0", "to", "until", "who", "word",
}  # fmt: skip
KEY = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]")  # a word of one language, or a name of ours
MACHINES = ("night/commands/cut.py", "trades/treasury/wire/")  # said to who types a command; to a bank's system


@cache
def refusals() -> list[tuple[str, ast.Call]]:
    """All that the sources make, with the file."""
    top = Path(yifen.__file__).parent
    sources = {str(path.relative_to(top)): path.read_text() for path in sorted(top.rglob("*.py"))}
    return [(file, node) for file, source in sources.items() if "Refused(" in source
            for node in ast.walk(tree_of(source))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"]  # fmt: skip


def fields() -> set[tuple[str, str]]:
    """Each code's name with the field that it is refused with; what a terminal sends has numbers for names, what a
    treasury sends the capitals of its elements."""
    found = [node.args[:2] for _file, node in refusals() if len(node.args) > 1]
    return {(code.attr, field.value) for code, field in found if isinstance(code, ast.Attribute)
            and code.attr.isupper() and isinstance(field, ast.Constant) and field.value
            and not field.value[0].isupper() and not field.value.isdigit()}  # fmt: skip


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_code_that_has_a_field_says_what_the_field_is_called(language: str) -> None:
    known, request = result_codes(), RequestFactory().get("/")
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    wrong = []
    with translation.override(language):
        for name, field in sorted(fields()):
            form = forms.Form({})
            put(request, form, Refused(known[name], field))
            (said,) = form.non_field_errors()
            term = _terms().get(field)
            if (term is None and field not in OWN_FORM) or (term and not said.endswith(f"({told(term)})")):
                wrong.append((name, field, said))
    assert wrong == []


def test_details_are_no_words_of_ours() -> None:
    wrong = []
    for file, node in refusals():
        given = [*node.args[2:3], *(one.value for one in node.keywords if one.arg == "detail"), None]
        detail = given[0]
        parts = detail.values if isinstance(detail, ast.JoinedStr) else [detail]
        said = " ".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
        if KEY.search(said) and not file.startswith(MACHINES):
            wrong.append((file, node.lineno, said))
    assert wrong == []
