"""The hand-over sheet: what is written comes out as it was, whatever it is, and nothing beyond the edge."""

from typing import Any

from tests.documents.reading import fonts, joined, lines, outside, page_count, size_mm
from tests.documents.world import AT, HOSTILE, LONG, UNBROKEN
from yifen.core.documents.handover import HandedExample, HandedKey, Handover, handover
from yifen.core.documents.statement import Fact

KEY = HandedKey(sandbox=True, keyid="WX01-T:1", algorithm="ed25519", print="ab" * 32, since=AT, until=None)


def sheet_of(**changes: Any) -> Handover:
    said: dict[str, Any] = {
        "issuer": "云川省联社", "name": "微信生活缴费", "code": "WX01", "made_at": AT, "keys": (KEY,),
        "facts": (Fact(zh="网关地址", en="Gateway", value="https://gateway.example.cn"),), "trials": (),
        "examples": (HandedExample(title="JSON", pieces=(Fact(zh="发送", en="Send", value="curl \\\n  -H 'a: b'"),)),),
    }  # fmt: skip
    return Handover(**(said | changes))


def test_it_says_what_it_was_given_line_by_line_and_the_same_data_give_the_same_bytes() -> None:
    made = handover(sheet_of())
    said = lines(made)
    assert "网关地址 Gateway https://gateway.example.cn" in said
    assert said[said.index("发送 Send") + 1 :][:2] == ["curl \\", "-H 'a: b'"]
    assert "ab" * 32 in joined(made)
    assert "2026-11-2410:43" in joined(made)
    assert (size_mm(made), page_count(made), all(fonts(made).values())) == ((210, 297), 1, True)
    assert handover(sheet_of()) == made


def test_any_text_stays_text_and_on_the_page_and_a_secret_only_where_one_was_given() -> None:
    texts = [*HOSTILE, LONG, UNBROKEN]
    facts = tuple(Fact(zh="事实", en="Fact", value=text) for text in texts)
    made = handover(sheet_of(name=LONG, issuer=LONG, facts=facts, trials=facts,
                             examples=(HandedExample(title=UNBROKEN, pieces=facts, notes=facts),),
                             secret=Fact(zh="密钥", en="Key", value="5ec2e7" * 11)))  # fmt: skip
    assert outside(made) == []
    assert joined(made).count("".join(['#import("x")'])) == 3
    assert "5ec2e7" * 11 in joined(made)
    assert "5ec2e7" not in joined(handover(sheet_of()))
