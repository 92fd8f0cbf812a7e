"""The caller's side of the XML dialect: channels, simulators, and the hub calling billers."""

from typing import cast

from yifen.core.facts.codes import Code
from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.messages import Request, WireFault
from yifen.core.wire.replies import REPLIES, BillerAnswer, Reply, answer_of
from yifen.core.wire.sealing import DIGEST_LENGTH, fits, markup_of, seal
from yifen.core.wire.table import Unit, body_fields
from yifen.core.wire.xml_document import (
    Document,
    body_texts,
    open_document,
    opening,
    quick_values,
    write_document,
)
from yifen.core.wire.xml_form import form_of
from yifen.core.wire.xml_tree import invalid
from yifen.core.wire.xml_values import from_texts


def request_bytes(
    message: Request,
    *,
    partner: str,
    key_version: int,
    key: bytes,
    sent_at: int,
    unit: Unit = "fen",
    encoding: str = "utf-8",
) -> bytes:
    """A signed request, as a channel sends it or the hub to a biller. `sent_at`: epoch seconds."""
    start = opening(RequestHead, encoding, "1", message.VERB, partner, key_version, sent_at)
    serial = getattr(message, "serial", None)
    if serial is not None:
        start += f"<Serial>{serial}</Serial>"
    return seal(write_document(start, message, "Request", unit, encoding), key)


def read_reply(body: bytes, verb: str, key: bytes, unit: Unit = "fen") -> BillerAnswer:
    """What a partner answered. SIGNATURE_INVALID, MESSAGE_INVALID, ENCODING_INVALID,
    DOCTYPE_REFUSED."""
    digest, text, _ = markup_of(body)
    if not fits(digest, body[DIGEST_LENGTH:], key):
        raise WireFault(Code.SIGNATURE_INVALID, "", "the digest does not fit")
    head, document = open_document(text, ReplyHead)
    if head.verb is not None and head.verb != verb:
        raise invalid("Head/Verb", f"must be {verb} here")
    return answer_of(head.code, reply_of(document, verb, unit), head.message)


def reply_of(document: Document, verb: str, unit: Unit) -> Reply | None:
    """The body of a reply; None when it is empty."""
    struct = REPLIES.get(verb)
    if struct is None:
        body_texts(document, "Reply", ())
        return None
    values = quick_values(document, "Reply", struct, unit)
    if values is None:
        texts = body_texts(document, "Reply", body_fields(struct))
        if not texts:
            return None
        values = from_texts(form_of(struct, unit), texts, "Body")
    return cast(Reply, struct(**values))
