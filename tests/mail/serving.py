"""A real mail server on this machine, and a certificate made for it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Mails:
    """What came, and what to answer instead where it is set: `rcpt`, `data`."""

    def __init__(self, rcpt: str = "", data: str = "") -> None:
        self.rcpt, self.data = rcpt, data
        self.whole: list[bytes] = []
        self.envelopes: list[tuple[str, list[str], bool]] = []

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=default) for one in self.whole]  # type: ignore[misc]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data
        self.whole.append(envelope.content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos, session.ssl is not None))
        return "250 taken"


def _who(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"yifen", b"p@ss:/word"), handled=False)


class _Controller(Controller):
    """At once over TLS it asks for a password although TLS is nothing it began itself."""

    def factory(self):
        with catch_warnings():
            simplefilter("ignore", UserWarning)
            return super().factory()


@contextmanager
def mail_server(answers: Mails, **how: object) -> Iterator[int]:
    """Its port. `how`: what aiosmtpd takes (tls_context, auth_required, ssl_context)."""
    with socket.socket() as free:  # aiosmtpd asks its own port whether it stands, so it is told which
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = _Controller(answers, "127.0.0.1", port, authenticator=_who, **how)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@cache
def certificate() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's side, the client's that believes it) for `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    pem = made.public_bytes(Encoding.PEM)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
