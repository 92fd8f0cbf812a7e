"""Who proves nothing learns nothing: one answer, at one time, whatever is wrong with who he says he is."""

import time
from typing import Any

import pytest
import requests

from tests.journeys.clients import JsonPartner, Partner, XmlPartner, new_pair
from tests.journeys.conftest import JSON_KEYS, SECRET, Hub
from tests.journeys.test_refusals import send

QUERY = {"biller": "WATER", "account_no": "NONE"}
HMAC, GUESS = JSON_KEYS["hmac-sha256"][0], b"a guess of thirty-two bytes, or so"


@pytest.fixture(scope="module")
def ways(hub: Hub) -> dict[str, list[tuple[str, Partner]]]:
    """Callers of each dialect who prove nothing, by what is wrong."""
    hub.world.channel("SHUT")
    hub.world.key("SHUT", 1, "sha1", SECRET)
    hub.world.key("SHUT", 2, "hmac-sha256", HMAC)
    hub.world.run("UPDATE partner SET suspended = true WHERE code = 'SHUT'")
    url = hub.gateway.url
    time.sleep(1.5)  # the gateway follows its roster every second
    other_rsa, other_ed = new_pair("rsa-pss-sha512")[0], new_pair("ed25519")[0]
    return {
        "xml": [
            ("nobody", XmlPartner(url, "NOBODY", GUESS)),
            ("a wrong key", XmlPartner(url, "XML", GUESS)),
            ("no such version", XmlPartner(url, "XML", GUESS, version=44)),
            ("suspended", XmlPartner(url, "SHUT", GUESS)),
            ("another dialect", XmlPartner(url, "RON", GUESS)),
        ],
        "json": [
            ("nobody", JsonPartner(url, "NOBODY", "hmac-sha256", GUESS)),
            ("a wrong key", JsonPartner(url, "JSON", "hmac-sha256", GUESS)),
            ("no such version", JsonPartner(url, "JSON", "hmac-sha256", GUESS, version=44)),
            ("suspended", JsonPartner(url, "SHUT", "hmac-sha256", GUESS, version=2)),
            ("another dialect", JsonPartner(url, "XML", "hmac-sha256", GUESS)),
            ("another algorithm", JsonPartner(url, "RON", "hmac-sha256", GUESS)),
            ("a wrong RSA key", JsonPartner(url, "RON", "rsa-pss-sha512", other_rsa)),
            ("a wrong Ed25519 key", JsonPartner(url, "EDWARD", "ed25519", other_ed)),
        ],
    }


def told(http: requests.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that a caller can see, without the time of day and the digest over it."""
    headers = {name: value for name, value in http.headers.items() if name not in ("date", "x-request-id")}
    content = http.content
    if http.headers["content-type"] == "application/xml":
        content = content[40:].partition(b"<Time>")[0] + content.partition(b"</Time>")[2]
    return http.status_code, content, headers


@pytest.mark.parametrize(("dialect", "code"), [("xml", b"<Code>2005</Code>"), ("json", b'"2005"')])
def test_all_of_them_are_told_the_same(ways, dialect: str, code: bytes):
    answers = {wrong: told(send(partner, "query", **QUERY)) for wrong, partner in ways[dialect]}
    first = answers["nobody"]
    assert answers == dict.fromkeys(answers, first)
    assert code in first[1]


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_all_of_them_are_told_at_the_same_time(ways, dialect: str):
    taken: dict[str, float] = {}
    for wrong, partner in ways[dialect]:
        tries = []
        for _ in range(3):
            started = time.monotonic()
            send(partner, "query", **QUERY)
            tries.append(time.monotonic() - started)
        taken[wrong] = min(tries)
    assert {wrong: 0.1 <= seconds < 0.2 for wrong, seconds in taken.items()} == dict.fromkeys(
        taken, True
    )


def test_who_is_suspended_is_told_so_once_he_proved_who_he_is(ways, hub: Hub):
    url = hub.gateway.url
    for partner in (XmlPartner(url, "SHUT", SECRET),
                    JsonPartner(url, "SHUT", "hmac-sha256", HMAC, version=2)):  # fmt: skip
        assert partner.read(send(partner, "query", **QUERY)).code == "2002"  # and it is signed


def test_a_second_label_does_not_tell_who_is_known(hub: Hub):
    """A signature that covers too little beside a whole one: the words are those for anybody."""

    def answer(code: str) -> Any:
        prepared = JsonPartner(hub.gateway.url, code, "hmac-sha256", GUESS).prepare("query", **QUERY)
        inputs, signed = (prepared.headers[name] for name in ("Signature-Input", "Signature"))
        for first in (False, True):
            short = f'x=("@method");created=1;keyid="{code}:1"'
            value = signed.partition("=")[2]
            pairs = [(inputs, signed), (short, f"x={value}")]
            pairs = pairs[::-1] if first else pairs
            prepared.headers["Signature-Input"] = ", ".join(pair[0] for pair in pairs)
            prepared.headers["Signature"] = ", ".join(pair[1] for pair in pairs)
            yield told(requests.Session().send(prepared, timeout=30))

    assert list(answer("NOBODY")) == list(answer("JSON"))
