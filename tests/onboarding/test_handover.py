"""The hand-over sheet: its example is what the gateway takes, its programs run, its secrets stay secret."""

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.conftest import NewGateway
from tests.documents.reading import joined, outside
from tests.onboarding.test_way_in import register, row
from tests.sampling import sampled
from tests.web import site
from tests.web.province import Province
from tests.wire.test_sm2_pem import PRIVATE, PUBLIC
from yifen.trades.onboarding.handover.programs import (
    HUB_SIGNS,
    KEYS,
    LANGUAGES,
    Filled,
    language_named,
    program,
)

SHOWN = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b")
RUN = {"java": ("Ask.java", ["java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "Ask.java"]),
       "go": ("ask.go", ["go", "run", "ask.go"]), "php": ("ask.php", ["php", "ask.php"])}  # fmt: skip


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture(scope="module")
def keys(place: Province, admin: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Algorithm → what PARTNER_KEY is. The sandbox SHEET-T speaks both dialects by shared secrets, PAIRS-T
    JSON by its own pairs; who has a shared secret is answered by it."""
    from yifen.core.partners.models import Partner

    for code in ("SHEET", "PAIRS"):
        register(admin, place, code=code)
    Partner.objects.filter(code="SHEET-T").update(xml=True)
    found = {name: issued(admin, "SHEET-T", name) for name in ("sha1", "hmac-sha256")}
    folder, pem = tmp_path_factory.mktemp("keys"), (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pairs = {"ed25519": Ed25519PrivateKey.generate(), "rsa-pss-sha512": generate_private_key(65537, 2048)}
    halves = {
        name: (key.private_bytes(*pem).decode(),
               key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
        for name, key in pairs.items()
    }  # fmt: skip
    for name, (private, public) in {**halves, "sm2-sm3": (PRIVATE, PUBLIC)}.items():
        (folder / f"{name}.pem").write_text(private)
        issued(admin, "PAIRS-T", name, public)
        found[name] = str(folder / f"{name}.pem")
    return found


def issued(admin: Any, code: str, algorithm: str, public: str = "") -> str:
    data = {"algorithm": algorithm, "public": public}
    text = admin.post(f"/console/partners/{code}/keys/", data).content.decode()
    secret = SHOWN.search(text)
    return secret.group() if secret and not public else ""


@pytest.fixture(scope="module")
def hub_url(place: Province, keys: dict[str, str], new_gateway: NewGateway) -> str:
    return new_gateway(place.database).url


@pytest.fixture
def gateway(hub_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sheets carry its address."""
    from django.conf import settings

    monkeypatch.setattr(settings, "YIFEN_GATEWAY_ORIGIN", hub_url)
    return hub_url


def source(language: str, algorithm: str, **changes: Any) -> str:
    """The program as the page fills it in, for this one of the sandbox's keys."""
    from yifen.core.ring import key_ring
    from yifen.trades.onboarding.handover import examples

    dialect, now = "xml" if algorithm == "sha1" else "json", datetime.now(UTC)
    code = "SHEET-T" if algorithm in ("sha1", "hmac-sha256") else "PAIRS-T"
    values = examples.filled(row(code), dialect, key_ring(), now)._replace(
        algorithm=algorithm, version=row(code).partnerkey_set.get(algorithm=algorithm).version,
        hub_key=examples._hub_key(key_ring(), algorithm) if dialect == "json" else "",
    )  # fmt: skip
    return program(language_named(language), values._replace(**changes))


def run_python(text: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "ask.py", "exec"), {"__name__": "__main__"})  # noqa: S102
    return out.getvalue()


def check_answer(algorithm: str, said: str) -> None:
    """What the sheet says is to be expected, and the real answer."""
    from yifen.trades.onboarding.handover.examples import TOPUP

    if algorithm == "sha1":
        assert said.startswith('<?xml version="1.0" encoding="UTF-8"?><Reply><Head><Version>1</Version>')
        assert "<Code>0000</Code>" in said
        assert "<PayerName>*三</PayerName>" in said
    else:
        answer = json.loads(said)
        assert (answer["code"], answer["biller"], answer["account_no"]) == ("0000", "TRIAL", "1001")
        assert (answer["payer_name"], len(answer["payables"])) == ("*三", 100)
        assert msgspec.to_builtins(TOPUP) in answer["payables"]


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_python_program_is_answered_and_verifies(algorithm, keys, gateway, monkeypatch):
    monkeypatch.setenv("PARTNER_KEY", keys[algorithm])
    check_answer(algorithm, run_python(source("python", algorithm)))


def test_a_program_believes_no_answer_that_is_not_the_gateways(keys, gateway, monkeypatch):
    monkeypatch.setenv("PARTNER_KEY", "0" * 64)
    with pytest.raises(SystemExit, match=r"^refused: 2005 SIGNATURE_INVALID$"):
        run_python(source("python", "hmac-sha256"))
    with pytest.raises(SystemExit, match="not signed, or not of now: 404"):
        run_python(source("python", "hmac-sha256").replace("/json/v1", "/json/v2"))
    with pytest.raises(SystemExit, match="does not fit"):
        run_python(source("python", "sha1"))
    monkeypatch.setenv("PARTNER_KEY", keys["ed25519"])
    public = Ed25519PrivateKey.generate().public_key()
    other = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(SystemExit, match="the signature of the answer does not fit"):
        run_python(source("python", "ed25519", hub_key=base64.b64encode(other).decode()))


def test_a_serial_is_signed_too(keys, gateway, monkeypatch):
    monkeypatch.setenv("PARTNER_KEY", keys["hmac-sha256"])
    text = source("python", "hmac-sha256", verb="reverse", message='{"original_serial":"NONE","amount_fen":1}')
    said = run_python(text.replace("').decode())", "', 'R-1').decode())"))
    assert json.loads(said)["name"] == "ORIGINAL_UNKNOWN_BLOCKED"


def test_who_keeps_a_shared_secret_beside_a_pair_is_answered_by_it(keys):
    from yifen.trades.onboarding.handover.examples import answered_by_secret

    now = datetime.now(UTC)
    asked = [(code, name) for code in ("SHEET-T", "PAIRS-T") for name in ("ed25519", "sm2-sm3")]
    assert [answered_by_secret(row(code), name, now) for code, name in asked] == [True, False, False, False]


@pytest.mark.parametrize("language", RUN)
def test_programs_of_other_languages_run_where_they_are_at_hand(language, keys, gateway, tmp_path):
    if shutil.which(language) is None:
        pytest.skip(f"no {language} on this machine")
    chosen, (name, command) = language_named(language), RUN[language]
    own = [each for each in KEYS if each not in chosen.needs and each not in chosen.lacks]  # without a library
    for algorithm in sampled(own[1:] + own[:1], 4):  # of JSON first
        (tmp_path / name).write_text(source(language, algorithm))
        env = os.environ | {"PARTNER_KEY": keys[algorithm]}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        check_answer(algorithm, done.stdout)
    (tmp_path / name).write_text(source(language, "hmac-sha256"))
    env = os.environ | {"PARTNER_KEY": "0" * 64}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.returncode != 0, "refused: 2005 SIGNATURE_INVALID" in done.stderr) == (True, True)


def test_every_program_can_be_written_and_has_nothing_left_open():
    for language in LANGUAGES:
        for algorithm in (name for name in KEYS if name not in language.lacks):
            dialect = "xml" if algorithm == "sha1" else "json"
            text = program(language, Filled("http://x", "A-T", 1, dialect, algorithm, "query", "{}", hub_key="OURS"))
            assert not re.search(r"@[A-Z]", text)
            assert ("OURS" in text) is (HUB_SIGNS.get(algorithm, "") in ("ed25519", "sm2-sm3"))


def handed(code: str) -> dict[str, Any]:
    """The examples of the sheet by dialect, each its pieces by their English names."""
    from yifen.core.ring import key_ring
    from yifen.trades.onboarding.handover.examples import handed

    found = handed(row(code), key_ring(), datetime.now(UTC))
    return {one.title.split()[0]: {piece.en: piece.value for piece in one.pieces} for one in found}


def sent(curl: str) -> requests.Response:
    """What the command sends, without a shell."""
    words = shlex.split(curl.replace("\\\n", " "))
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    return requests.post(words[words.index("POST") + 1], words[-1].encode(), headers=headers, timeout=10)


def test_the_signed_example_is_what_the_gateway_takes(keys, gateway, admin):
    found = handed("SHEET-T")
    xml, letter = found["XML"], found["JSON"]
    text, mark = xml["String to sign"].removesuffix("‹key›"), xml["String to sign"][-5:]
    assert (mark, keys["sha1"] in str(found), keys["hmac-sha256"] in str(found)) == ("‹key›", False, False)
    assert xml["Digest (SHA-1)"] == hashlib.sha1((text + keys["sha1"]).encode()).hexdigest().upper()
    answer = sent(xml["Send"]).content.decode()
    assert answer[40:].split("<Payables>")[0].split("<Time>")[0] == xml["Body of the answer"].split("<Time>")[0]
    assert xml["Body of the answer"].split("<Item>")[1].split("</Item>")[0] in answer
    base = letter["String to sign"].encode()
    signature = hmac.digest(bytes.fromhex(keys["hmac-sha256"]), base, "sha256")
    assert letter["Signature"] == f"yifen=:{base64.b64encode(signature).decode()}:"
    assert letter["SHA-256 of the string to sign"] == hashlib.sha256(base).hexdigest()
    answer = sent(letter["Send"])
    assert answer.status_code == 200
    expected, got = json.loads(letter["Body of the answer"]), answer.json()
    assert {**got, "payables": [got["payables"][-1]]} == expected


def test_of_a_pair_the_example_is_what_the_holder_of_the_private_key_signs(keys, gateway):
    from yifen.core.wire.keys import Key, sm2_sign

    found = handed("PAIRS-T")["JSON"]  # SM2 is the newest
    assert "Signature" not in found
    assert found["To sign, and to check"].startswith("openssl pkeyutl -sign -inkey private.pem -rawin -digest sm3")
    assert found["SHA-256 of the string to sign"] == hashlib.sha256(found["String to sign"].encode()).hexdigest()
    key = Key(partner="PAIRS-T", version=3, algorithm="sm2-sm3", secret=PRIVATE.encode())
    signature = base64.b64encode(sm2_sign(key, found["String to sign"].encode())).decode()
    answer = sent(found["Send"].replace("BASE64_OF_YOUR_SIGNATURE", signature))
    assert (answer.status_code, answer.json()["code"]) == (200, "0000")


def test_nothing_is_signed_for_a_real_partner(place, keys):
    from yifen.core.wire.keys import Key
    from yifen.core.wire.messages import Query
    from yifen.trades.onboarding.handover.example import example

    key = Key(partner="SHEET", version=1, algorithm="hmac-sha256", secret=b"s")
    with pytest.raises(ValueError, match="SHEET is not of the sandbox"):
        example(Query(biller="TRIAL", account_no="1001"), "http://x", row("SHEET"), "json", key,
                datetime.now(UTC), None)  # fmt: skip


def test_page_and_paper_name_both_halves_and_no_secret(place, admin, keys):
    for code in ("SHEET", "SHEET-T"):
        said = admin.get(f"/console/partners/{code}/handover/?language=go&dialect=xml").content.decode()
        assert "SHEET-T:2" in said
        assert hashlib.sha256(bytes.fromhex(keys["hmac-sha256"])).hexdigest()[:8] in said
        assert "package main" in said
        assert keys["hmac-sha256"] not in said
    pdf = admin.get("/console/partners/SHEET/handover.pdf")
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    text = joined(pdf.content)
    assert "SHEET-T:1sha1#" in text
    assert "B001…B099" in text
    assert "销账迟答的户号（25秒，答9002，已入账）" in text
    assert keys["sha1"] not in text
    assert outside(pdf.content) == []


def test_a_secret_is_printed_by_who_has_it_on_his_screen_and_by_nobody_else(place, admin, keys):
    page = "/console/partners/SHEET-T/handover.pdf"
    pdf = admin.post(page, {"version": "2", "secret": keys["hmac-sha256"]})
    assert keys["hmac-sha256"] in joined(pdf.content)
    for version, secret in (("2", "0" * 64), ("1", keys["hmac-sha256"]), ("9", ""), ("3", ""), ("²", ""),
                            ("9" * 5000, "")):  # fmt: skip
        refused = admin.post(page, {"version": version, "secret": secret})
        assert (refused.status_code, refused.get("Location")) == (302, "/console/partners/SHEET-T/handover/")
    assert admin.get("/console/partners/SHEET-T/handover/").content.decode().count("3205 ") == 6


def test_what_may_not_be_seen_and_what_speaks_with_nobody_is_not_found(place, admin, keys):
    stranger = site.client_of(place.users["developer"])  # of the biller POWER01
    for end in ("handover/", "handover.pdf"):
        assert stranger.get(f"/console/partners/SHEET-T/{end}").status_code == 404
        assert stranger.post(f"/console/partners/SHEET-T/{end}", {"version": "2"}).status_code == 404
        assert stranger.get(f"/console/partners/POWER01/{end}").status_code == 200
        assert admin.get(f"/console/partners/NOBODY/{end}").status_code == 404


def test_a_biller_is_shown_what_the_gateway_sends_it(place, admin, keys):
    from yifen.core.partners.models import Biller

    register(admin, place, code="OWNSYS", kind="hosted", category="gas", city="青溪")
    data = {"algorithm": "hmac-sha256", "public": ""}
    admin.post("/console/partners/OWNSYS-T/keys/", data)
    assert "/json/v1/file" in handed("OWNSYS-T")["JSON"]["Send"]  # its bills are here
    assert json.loads(handed("OWNSYS-T")["JSON"]["Body of the answer"])["name"] == "FILE_NOT_READY"
    Biller.objects.filter(pk=row("OWNSYS-T").pk).update(endpoint="https://gas.example.cn/pay")
    found = handed("OWNSYS-T")["JSON"]
    assert found["String to sign"].splitlines()[1] == '"@path": /pay/json/v1/query'
    assert "https://gas.example.cn/pay/json/v1/query" in found["Send"]
    said = admin.get("/console/partners/OWNSYS/handover/").content.decode()
    assert "OWNSYS-T → https://gas.example.cn/pay" in said
