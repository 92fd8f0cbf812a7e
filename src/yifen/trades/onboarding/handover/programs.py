"""Example programs in Python, Java, Go and PHP: sign, send, verify the answer. One table, and for each
language one file of pieces (`sources/`): the dialects, and of each algorithm how to sign and to verify."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from yifen.core.facts.plug import Text

SOURCES = Path(__file__).parent / "sources"
SECTION = re.compile(r"^=== (.+)\n", re.MULTILINE)
HUB_SIGNS = {"hmac-sha256": "hmac-sha256", "ed25519": "ed25519", "rsa-pss-sha512": "ed25519",
             "sm2-sm3": "sm2-sm3"}  # fmt: skip
"""By which algorithm the gateway answers a request by this one."""


class ProgramLanguage(NamedTuple):
    """`quote`: a text as it writes it; `hub_key`: how it names our public key; `needs`: a library an
    algorithm, beyond its own; `lacks`: algorithms for which it has no library that is well kept."""

    name: str
    title: str
    quote: Callable[[str], str]
    hub_key: str
    needs: dict[str, str]
    lacks: tuple[str, ...] = ()


def _single(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


LANGUAGES = (
    ProgramLanguage("python", "Python", _single, 'HUB_KEY = "{}"  # GET /keys', {
        "ed25519": "cryptography", "rsa-pss-sha512": "cryptography", "sm2-sm3": "gmalg",
    }),
    ProgramLanguage("java", "Java", lambda text: json.dumps(text, ensure_ascii=False),
                    'static final String HUB_KEY = "{}"; // GET /keys',
                    {"sm2-sm3": "BouncyCastle (bcprov)"}),
    ProgramLanguage("go", "Go", lambda text: f"`{text}`", 'const hubKey = "{}" // GET /keys',
                    {"sm2-sm3": "github.com/emmansun/gmsm"}),
    ProgramLanguage("php", "PHP", _single, "const HUB_KEY = '{}'; // GET /keys",
                    {"rsa-pss-sha512": "phpseclib 3"}, ("sm2-sm3",)),
)  # fmt: skip
KEYS = {
    "sha1": Text("共享密钥，原样", "the shared secret as it is"),
    "hmac-sha256": Text("共享密钥，64 位十六进制", "the shared secret, 64 hex digits"),
    "ed25519": Text("私钥文件（PKCS #8，PEM）", "file of the private key (PKCS #8, PEM)"),
    "rsa-pss-sha512": Text("私钥文件（PKCS #8，PEM）", "file of the private key (PKCS #8, PEM)"),
    "sm2-sm3": Text("私钥文件（PKCS #8，PEM）", "file of the private key (PKCS #8, PEM)"),
}
WORDS = {
    "SERIAL": Text("销账、冲正、退款的流水号", "of charge, reverse and refund"),
    "CHECK": Text("应答的摘要、时间和签名", "digest, time and signature of the answer"),
    "REFUSED": Text("拒绝也是应答", "a refusal is an answer too"),
    "UNKNOWN": Text("未能证明身份的请求，网关不签应答", "the gateway signs nothing for who did not prove himself"),
    "ZEROS": Text("保留开头的零", "keeps zeros in front"),
    "ENCODED": Text("GB18030 的中文须先转码", "Chinese in GB18030 must be encoded before"),
}
WRONG, UNSIGNED = "the signature of the answer does not fit", "the answer is not signed, or not of now"


class Filled(NamedTuple):
    """What a program is filled in with. `hub_key`: base64 of our public key (SubjectPublicKeyInfo), for
    partners without a shared secret; `message`: JSON, or what stands in the XML's Body."""

    hub: str
    partner: str
    version: int
    dialect: str
    algorithm: str
    verb: str
    message: str
    encoding: str = "UTF-8"
    hub_key: str = ""


def language_named(name: str) -> ProgramLanguage:
    """The first one where none has that name."""
    return next((found for found in LANGUAGES if found.name == name), LANGUAGES[0])


def program(language: ProgramLanguage, filled: Filled) -> str:
    """The source; KeyError for an algorithm that the language lacks."""
    pieces, algorithm = _pieces(language.name), filled.algorithm
    imports, source = pieces[filled.dialect]
    values = {
        "HUB": filled.hub, "PARTNER": filled.partner, "VERSION": str(filled.version),
        "KEYID": f"{filled.partner}:{filled.version}", "ALGORITHM": algorithm, "VERB": filled.verb,
        "ENCODING": filled.encoding, "MESSAGE": language.quote(filled.message), "HUB_KEY": "", "IMPORTS": "",
        "NEEDS": f", {language.needs[algorithm]}" if algorithm in language.needs else "",
        "TITLE": f"{algorithm}：签名、发送、验签应答 sign, send, verify the answer",
        "KEY": _both(KEYS[algorithm]), "WRONG": WRONG, "UNSIGNED": UNSIGNED,
        **{name: _both(text) for name, text in WORDS.items()},
    }  # fmt: skip
    if filled.dialect == "json":
        answered = HUB_SIGNS[algorithm]
        signing, fitting = pieces[f"sign:{algorithm}"], pieces[f"fits:{answered}"]
        source = source.replace("@SIGN@", signing[1]).replace("@FITS@", fitting[1])
        values["IMPORTS"] = _imports(imports | signing[0] | fitting[0])
        if answered != "hmac-sha256":
            values["HUB_KEY"] = language.hub_key.format(filled.hub_key)
    for name in ("IMPORTS", "HUB_KEY"):
        if not values[name]:
            source = re.sub(rf"[ \t]*@{name}@\n", "", source)
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], source)


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def _imports(lines: frozenset[str]) -> str:
    """In order; a library of others below the language's own."""
    own = sorted((line for line in lines if "github.com" not in line),
                 key=lambda line: (line.startswith("from "), line))  # fmt: skip
    others = sorted(lines - set(own))
    return "\n".join([*own, "", *others] if others else own)


@cache
def _pieces(name: str) -> dict[str, tuple[frozenset[str], str]]:
    """Each section's imports and source."""
    parts = SECTION.split((SOURCES / f"{name}.txt").read_text(encoding="utf-8"))[1:]
    found = {}
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        imports, _, source = text.partition("---\n")
        found[title] = frozenset(imports.splitlines()), source.removesuffix("\n")
    return found
