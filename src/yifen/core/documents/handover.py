"""The hand-over sheet 交接单: what a partner needs to speak with the gateway, on paper."""

from datetime import datetime

import msgspec

from yifen.core.documents.figures import shown_at
from yifen.core.documents.render import Form, render
from yifen.core.documents.statement import Fact


class HandedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a key, never the key: `print`: of a public key the whole SHA-256, of a secret its
    first digits; `sandbox`: it counts there alone."""

    sandbox: bool
    keyid: str
    algorithm: str
    print: str
    since: datetime
    until: datetime | None


class HandedExample(msgspec.Struct, frozen=True, kw_only=True):
    """A signed message: its pieces in order, each to be copied as it stands; `notes`: what to know of it."""

    title: str
    pieces: tuple[Fact, ...]
    notes: tuple[Fact, ...] = ()


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One partner's sheet. `secret`: a key in clear, only in the moment in which it was made."""

    issuer: str
    name: str
    code: str
    facts: tuple[Fact, ...]
    keys: tuple[HandedKey, ...]
    trials: tuple[Fact, ...]
    examples: tuple[HandedExample, ...]
    made_at: datetime
    secret: Fact | None = None


def handover(data: Handover, form: Form = "pdf") -> bytes:
    """The sheet on A4, both languages beside each other."""
    shown = msgspec.to_builtins(data) | {
        "keys": [[
            ("沙箱 Sandbox" if key.sandbox else "正式 Real"), key.keyid, key.algorithm, key.print,
            shown_at(key.since)[:16], shown_at(key.until)[:16] if key.until else "—",
        ] for key in data.keys],
        "examples": [
            {"title": one.title, "notes": [[note.zh, note.en] for note in one.notes],
             "pieces": [{"zh": piece.zh, "en": piece.en, "lines": piece.value.split("\n")}
                        for piece in one.pieces]}
            for one in data.examples
        ],
        "made_at": shown_at(data.made_at),
    }  # fmt: skip
    return render("handover", shown, data.made_at, form)
