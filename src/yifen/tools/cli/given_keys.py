"""Keys that a command is given: a shared secret, or our private and the other side's public key."""

import argparse
from pathlib import Path

from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.keys import SIGN, Key, check_public

SHARED = "hmac-sha256"  # serves XML too: there the secret alone counts
TRIED = b"a text to try the key with"


def arguments(parser: argparse.ArgumentParser, theirs: Text) -> None:
    """`theirs`: whose public key `--their-key` is."""
    add = parser.add_argument
    add("--algorithm", choices=list(SIGN), default=SHARED,
        help=f"密钥的算法（默认 {SHARED}；其余只用于 JSON）\n"
             f"of the key (default {SHARED}; JSON only: the others)")  # fmt: skip
    add("--key", required=True,
        help="双方共享的密钥，或存有它的 @FILE；否则是我方私钥的 @FILE，PEM\n"
             "the secret that both share, or @FILE that holds it; else @FILE of our private key, PEM")  # fmt: skip
    add("--their-key", default="",
        help=f"{theirs.zh}公钥的 @FILE，PEM；共享密钥时不用\n"
             f"@FILE of {theirs.en} public key, PEM; not with a shared secret")  # fmt: skip
    add("--key-version", type=int, default=1, help="该密钥的版本（默认 1）\nthat key's version (default 1)")


def pair_of(args: argparse.Namespace, partner: str) -> tuple[Key, Key]:
    """(with which we sign, which proves what the other side sends). EdgeError names the option."""
    if args.algorithm == SHARED:
        if args.their_key:
            raise EdgeError("--their-key goes with a key pair, not with a shared secret")
        key = _key(args, partner, secret=secret_of(args.key))
        return key, key
    if getattr(args, "dialect", "json") == "xml":
        raise EdgeError(f"--algorithm {args.algorithm} is for JSON; XML has a shared secret")
    ours = _key(args, partner, secret=secret_of(args.key))
    theirs = _key(args, partner, public=secret_of(args.their_key, "--their-key"))
    try:
        SIGN[args.algorithm](ours, TRIED)
    except Exception as error:  # whatever its library makes of it
        raise EdgeError(f"--key is no {args.algorithm} private key: {error}"[:200]) from None
    try:
        check_public(args.algorithm, theirs.public)
    except ValueError as error:
        raise EdgeError(f"--their-key is no {args.algorithm} public key: {error}"[:200]) from None
    return ours, theirs


def secret_of(text: str, option: str = "--key") -> bytes:
    """The text, or what stands in the file that @ names: a line without its end, or bytes as they are. EdgeError."""
    if not text.startswith("@"):
        return text.encode()
    try:
        found = Path(text[1:]).read_bytes()
        return found.strip() if found.isascii() else found
    except OSError as error:
        raise EdgeError(f"{option} {text}: {error.strerror}") from None


def _key(args: argparse.Namespace, partner: str, **parts: bytes) -> Key:
    return Key(partner=partner, version=args.key_version, algorithm=args.algorithm, **parts)
