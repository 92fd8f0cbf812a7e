"""Others' accounts at banks, sealed: compared, read, sealed anew."""

import json

import pytest

from yifen.core.facts.bank_accounts import (
    CONTEXT,
    GONE,
    again,
    opened_account,
    opened_in,
    sealed_account,
)
from yifen.core.facts.secrets import KeyRing, KeyRingError

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
FIRST, BOTH, ONLY = KeyRing({1: OLD}), KeyRing({2: NEW, 1: OLD}), KeyRing({2: NEW})
ACCOUNT, OTHER = "6222021001116245702", "6222021001116245703"


def test_equal_accounts_are_equal_texts_and_others_are_not():
    assert sealed_account(FIRST, ACCOUNT) == sealed_account(FIRST, ACCOUNT)
    assert sealed_account(FIRST, ACCOUNT) != sealed_account(FIRST, OTHER)
    assert sealed_account(FIRST, ACCOUNT).startswith("~1~")
    assert opened_account(FIRST, sealed_account(FIRST, ACCOUNT)) == ACCOUNT


def test_while_the_ring_changes_an_account_stays_equal_to_what_it_is_compared_with():
    known = [sealed_account(FIRST, OTHER), sealed_account(FIRST, ACCOUNT)]
    assert sealed_account(BOTH, ACCOUNT, known) == known[1]
    assert sealed_account(BOTH, ACCOUNT, known[:1]) == sealed_account(ONLY, ACCOUNT)
    assert sealed_account(ONLY, ACCOUNT, known) == sealed_account(ONLY, ACCOUNT)  # it cannot know


@pytest.mark.parametrize("wrong", ["", ACCOUNT, "~1~AAAAAAAAAAAAAAAAAAAAAAAA", "~9~AAAAAAAAAAAAAAAAAAAAAAAA", "~1~A"],
                         ids=["nothing", "clear", "forged", "no key", "short"])  # fmt: skip
def test_what_was_not_sealed_by_the_ring_does_not_open(wrong):
    with pytest.raises(KeyRingError):
        opened_account(FIRST, wrong)


def test_one_altered_letter_does_not_open():
    sealed = sealed_account(FIRST, ACCOUNT)
    for place in range(3, len(sealed) - 1):
        letter = "A" if sealed[place] != "A" else "B"
        with pytest.raises(KeyRingError):
            opened_account(FIRST, sealed[:place] + letter + sealed[place + 1 :])


def test_in_a_text_each_account_is_opened_and_what_no_key_opens_is_said():
    text = f"{sealed_account(FIRST, ACCOUNT)} 青溪供电 → {sealed_account(ONLY, OTHER)}"
    assert opened_in(BOTH, text) == f"{ACCOUNT} 青溪供电 → {OTHER}"
    assert opened_in(FIRST, text, lambda account: account[-4:]) == f"5702 青溪供电 → {GONE}"
    assert opened_in(FIRST, "A ~ 1~ 青溪") == "A ~ 1~ 青溪"


def test_json_is_sealed_anew_as_json():
    text = json.dumps({"account_no": sealed_account(FIRST, ACCOUNT), "bank_name": "~工行~"})
    assert json.loads(again(BOTH, text, CONTEXT)) == {
        "account_no": sealed_account(ONLY, ACCOUNT), "bank_name": "~工行~"}  # fmt: skip
    with pytest.raises(KeyRingError):
        again(ONLY, text, CONTEXT)
