"""Mail, the poor man's pipe 邮件通道: an event as a mail, with its file where that may be (decision 0026).

A mail lies readable in mailboxes for years. So a file goes with it as it is only where it holds no personal data: a
statement, which is figures a day. Every other one (a daily file holds account numbers) goes encrypted for the partner's
certificate (CMS, AES-256), or stays here and the mail says where to get it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.mail_server import is_mail_address
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.mailing import Attached, Mail, MailLater, MailRefused, postbox
from yifen.trades.pipes import finding
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.files import has_file
from yifen.trades.pipes.port import (
    Outcome,
    PipeEnd,
    PipeTransport,
    SaidSetting,
    ToldEvent,
    TryResult,
)
from yifen.trades.pipes.sftp import laid_of

WAIT_S = 60.0
PLACES = 4
ATTACHED_BYTES_MAX = 15 << 20  # a third more on its way; many servers take 20 to 25 MB
WITHOUT_PERSONAL_DATA = frozenset({"statement"})  # `file` of an event; whatever is not named here has some
TOO_LARGE = Text(
    "文件超过 15 MB，未附上；请经接口或 SFTP 领取。",
    "The file has more than 15 MB and is not attached: get it by the API or by SFTP.",
)
UNSEALED = Text(
    "文件含个人信息，未附上；请经接口或 SFTP 领取，或为本通道登记证书以接收加密附件。",
    "The file holds personal data and is not attached: get it by the API or by SFTP, or register a certificate for "
    "this pipe to have it encrypted.",
)
ENDED = Text(
    "本通道登记的证书已到期，文件未附上。", "The certificate of this pipe has ended: the file is not attached.",
)  # fmt: skip
SEALED = Text(
    "附件已用贵方证书加密：openssl cms -decrypt -binary -inform DER -in {0}.p7m -inkey KEY.pem -out {0}",
    "The attachment is encrypted for your certificate: openssl cms -decrypt -binary -inform DER -in {0}.p7m "
    "-inkey KEY.pem -out {0}",
)


def deliver(pipe: PipeEnd, event: ToldEvent, now: datetime) -> Outcome:
    """One mail; the same event has the same Message-ID whenever it is sent again."""
    box = postbox(read_settings())
    if box is None:
        return Outcome(TryResult.FAILED, "YIFEN_MAIL_URL")
    try:
        mail = mail_of(pipe, event, now)
        box.send(mail, now, WAIT_S)
    except MailRefused as error:
        return Outcome(TryResult.REFUSED, str(error))
    except MailLater as error:
        return Outcome(TryResult.FAILED, str(error))
    with_it = ", ".join(one.name for one in mail.attached)
    return Outcome(TryResult.DELIVERED, with_it)


def mail_of(pipe: PipeEnd, event: ToldEvent, now: datetime) -> Mail:
    """What is sent: the event in words and as data, and its file or why it is not there."""
    kind = finding.event_kinds().get(event.kind, finding.PING)
    attached, note = _attached(pipe, event, now)
    about = f" · {event.data['name']}" if has_file(event) else ""
    data = json.dumps(event.data, ensure_ascii=False, indent=2, sort_keys=True)
    lines = [f"{kind.title.zh} {kind.title.en}", "", *([note.zh, note.en, ""] if note else []), data, "", event.uid]
    return Mail(pipe.address, f"[Yifen] {pipe.partner} {kind.title.zh} {kind.title.en}{about}",
                "\n".join(lines) + "\n", f"{event.uid}.{pipe.pipe_id}", attached)  # fmt: skip


def _attached(pipe: PipeEnd, event: ToldEvent, now: datetime) -> tuple[tuple[Attached, ...], Text | None]:
    if not has_file(event):
        return (), None
    if event.data["size"] > ATTACHED_BYTES_MAX:
        return (), TOO_LARGE
    certificate = pipe.settings.get("certificate", "")
    is_plain = event.data.get("file") in WITHOUT_PERSONAL_DATA
    if not certificate and not is_plain:
        return (), UNSEALED
    if certificate and certificate_of(certificate).not_valid_after_utc < now:
        return (), ENDED
    laid = laid_of(pipe, event)
    content = b"".join(laid.parts)
    if sha256(content).digest() != laid.sha256:
        raise MailLater("the file here is not what its event says")
    if not certificate:
        return (Attached(laid.name, content),), None
    sealed = (
        PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate_of(certificate))
        .set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [PKCS7Options.Binary])
    )  # fmt: skip
    note = Text(SEALED.zh.format(laid.name), SEALED.en.format(laid.name))
    return (Attached(f"{laid.name}.p7m", sealed, "application/pkcs7-mime"),), note


def certificate_of(text: str) -> x509.Certificate:
    """Of an RSA key, in PEM. Refused PIPE_SETTING_INVALID."""
    refused = Refused(PipeCode.PIPE_SETTING_INVALID, "certificate", Bilingual(
        "加密证书：-----BEGIN CERTIFICATE----- (RSA)", "certificate: -----BEGIN CERTIFICATE----- (RSA)"))  # fmt: skip
    try:
        found = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise refused from None
    if not isinstance(found.public_key(), RSAPublicKey):
        raise refused
    return found


def check(address: str, settings: Mapping[str, Any]) -> None:
    """One address; `certificate`: what files are encrypted for, or "". Refused: PIPE_ADDRESS_INVALID,
    PIPE_SETTING_INVALID."""
    if not is_mail_address(address):
        raise Refused(PipeCode.PIPE_ADDRESS_INVALID, "address",
                      Bilingual("邮箱：name@example.cn", "mail address: name@example.cn"))  # fmt: skip
    if text := settings.get("certificate", ""):
        certificate_of(text)
    if postbox(read_settings()) is None:
        raise Refused(PipeCode.PIPE_ADDRESS_INVALID, "address", Bilingual(
            "本系统未设发信服务器（YIFEN_MAIL_URL）", "this installation sends no mail (YIFEN_MAIL_URL)"))  # fmt: skip


def words(settings: Mapping[str, Any]) -> dict[str, SaidSetting]:
    """The certificate by its fingerprint and its end."""
    if not (text := settings.get("certificate")):
        return {}
    found = certificate_of(text)
    digest = found.fingerprint(SHA256()).hex().upper()
    value = f"SHA256:{digest[:32]}… – {found.not_valid_after_utc:%Y-%m-%d}"
    return {"certificate": SaidSetting(Text("加密证书", "Certificate"), value)}


TRANSPORT = PipeTransport("mail", deliver, WAIT_S, check, PLACES, words)
