"""The generated references say what the codecs do."""

import json

import pytest

from yifen.core.facts.codes import OF_PAGES, Code
from yifen.core.wire.fields import field_tables
from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.messages import REQUESTS, Charge, Line
from yifen.core.wire.openapi import openapi
from yifen.core.wire.replies import REPLIES, PayableView
from yifen.core.wire.table import fields_of, tag_of
from yifen.core.wire.words import VERBS, WORDS

STRUCTS = {*REQUESTS.values(), *REPLIES.values(), RequestHead, ReplyHead, Line, PayableView}


def test_every_field_has_its_words_and_no_word_is_left_over():
    assert {field.name for struct in STRUCTS for field in fields_of(struct)} == set(WORDS)
    assert set(VERBS) == set(REQUESTS)


@pytest.mark.parametrize(
    ("name", "tag"),
    [("account_no", "AccountNo"), ("amount_fen", "Amount"), ("due_fen", "DueAmount"),
     ("paid_at", "PaidAt"), ("biller", "Biller")],
)  # fmt: skip
def test_the_xml_tag_of_a_name(name, tag):
    assert tag_of(name) == tag


def test_fields_of_charge():
    assert [(field.name, field.optional) for field in fields_of(Charge)] == [
        ("serial", True),
        ("biller", False),
        ("account_no", False),
        ("amount_fen", False),
        ("lines", False),
        ("quote", True),
        ("business_day", True),
        ("paid_at", False),
        ("operator", True),
    ]


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("zh", "| `lines[].amount_fen` | `Amount` | 是 | 整数，单位分，1–10¹⁵−1 | "
               "金额（合计等于明细之和） |"),
        ("en", "| `serial` | `Head/Serial`, `Idempotency-Key` | yes | 1–32 of A-Z a-z 0-9 _ . - | "
               "The partner's serial: same content, same answer; other content is refused. |"),
    ],
)  # fmt: skip
def test_the_field_tables_hold_every_message(language, row):
    text = field_tables(language)
    assert row in text
    assert text.count("\n## ") + 1 == 2 + len(REQUESTS) + len(REPLIES)
    widths = {line.replace("\\|", "").count("|") for line in text.splitlines() if line[:1] == "|"}
    assert widths == {6}


def test_openapi_describes_every_verb_and_every_code():
    description = openapi("1.2.3")
    assert json.loads(json.dumps(description)) == description
    assert list(description["paths"]) == [f"/json/v1/{verb}" for verb in REQUESTS]
    for path in description["paths"].values():
        refusals = json.dumps(path["post"]["responses"], ensure_ascii=False)
        for code in Code:
            told = f"{code:04d} {code.meaning.zh}" in refusals
            assert told == (code.meaning.status >= 400 and code // 100 not in OF_PAGES), code


def test_openapi_references_resolve():
    description = openapi("1.2.3")
    text = json.dumps(description)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names == set(description["components"]["schemas"])


def test_openapi_of_charge():
    schema = openapi("1")["components"]["schemas"]["Charge"]
    assert schema["required"] == ["biller", "account_no", "amount_fen", "lines", "paid_at"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["amount_fen"]["maximum"] == 10**15 - 1
    assert schema["properties"]["quote"]["type"] == ["string", "null"]
    assert schema["properties"]["serial"]["type"] == "string"
    assert schema["properties"]["lines"]["maxItems"] == 20
