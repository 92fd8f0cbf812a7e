"""Sending one mail 发邮件, with files attached, through the operator's server (YIFEN_MAIL_URL, YIFEN_MAIL_FROM).

Never inside a database transaction. Connects behind the wall of `core/wire/outbound.py`, one deadline for
all. A mail whose answer was lost may arrive twice: sent again under the same `ref` it has the same
Message-ID, by which mail programs know it.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

import aiosmtplib

from yifen.core.facts.addresses import Network
from yifen.core.facts.mail_server import MailServer, is_mail_address, mail_server, sender
from yifen.core.facts.settings import Settings
from yifen.core.wire import outbound

WAIT_S = 30.0
GOODBYE_S = 2.0
FOR_EVER = range(500, 600)
TOO_LARGE = 552


class MailRefused(Exception):
    """This mail will never be taken: its recipient, its content, or nothing that is one mail."""


class MailLater(Exception):
    """Not taken now, or not known to be: server away, busy, or our account at it refused. Try again."""


class Attached(NamedTuple):
    """A file that goes with a mail; `kind` its media type."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


class Mail(NamedTuple):
    """One mail to one address. `ref` tells it from all others (letters, digits, dots, hyphens)."""

    to: str
    subject: str
    text: str
    ref: str
    attached: Sequence[Attached] = ()
    headers: Sequence[tuple[str, str]] = ()  # List-Unsubscribe and the like


class Postbox(NamedTuple):
    """Where our mail is handed in, and whose it is. `allowed`, `tls`: for tests; None as the operator has it."""

    server: MailServer
    sender: Address
    allowed: Sequence[Network] | None = None
    tls: ssl.SSLContext | None = None

    def send(self, mail: Mail, now: datetime, wait_s: float = WAIT_S) -> None:
        """Returns once the server took it. Raises MailRefused, MailLater."""
        whole = composed(mail, self.sender, now)
        asyncio.run(self._send(mail.to, whole, wait_s))

    async def _send(self, to: str, whole: bytes, wait_s: float) -> None:
        server, way = self.server, None
        client = aiosmtplib.SMTP(
            hostname=server.host, local_hostname=self.sender.domain, timeout=wait_s,
            username=server.user or None, password=server.password or None,
            use_tls=server.way == "smtps", start_tls=server.way == "starttls",
            tls_context=self.tls or outbound.trust(),
        )  # fmt: skip
        try:
            async with asyncio.timeout(wait_s):
                way = await outbound.connected(server.host, server.port, self.allowed)
                await client.connect(sock=way)
                await client.sendmail(self.sender.addr_spec, [to], whole)
            await _goodbye(client)  # taken already, whatever happens now
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _told(error.recipients[0].code, error.recipients[0].message) from None
        except aiosmtplib.SMTPDataError as error:
            raise _told(error.code, error.message) from None
        except aiosmtplib.SMTPSenderRefused as error:  # too large, or our own account is at fault
            raise _told(error.code if error.code == TOO_LARGE else 0, error.message) from None
        except TimeoutError:
            raise MailLater(f"{server.host}: no answer within {wait_s:g} s") from None
        except (aiosmtplib.SMTPException, outbound.Unsent, OSError, ValueError) as error:
            raise MailLater(f"{server.host}: {type(error).__name__}: {error}"[:300]) from None
        finally:
            client.close()
            if way is not None:
                await _hung_up(way)


def postbox(settings: Settings) -> Postbox | None:
    """What the operator set; None: this installation sends no mail."""
    server = mail_server(settings.mail_url)
    return Postbox(server, sender(settings.mail_from)) if server else None


def composed(mail: Mail, sender: Address, now: datetime) -> bytes:
    """The mail as bytes. MailRefused: an address that is none, or a control character where a header
    could begin."""
    if not is_mail_address(mail.to):
        raise MailRefused("not a mail address")
    lines = (mail.subject, mail.ref, *(part for pair in mail.headers for part in pair),
             *(part for one in mail.attached for part in (one.name, one.kind)))  # fmt: skip
    if not all(line.isprintable() for line in lines):
        raise MailRefused("a line break or control character in a header")
    whole = EmailMessage(policy=SMTP)
    whole["From"], whole["To"], whole["Subject"] = sender, mail.to, mail.subject
    whole["Date"], whole["Message-ID"] = now, f"<{mail.ref}@{sender.domain}>"
    whole["Auto-Submitted"] = "auto-generated"  # no out-of-office note comes back
    for name, value in mail.headers:
        whole[name] = value
    whole.set_content(mail.text, cte="base64")
    for one in mail.attached:
        main, _, sub = one.kind.partition("/")
        whole.add_attachment(one.content, maintype=main, subtype=sub or "octet-stream", filename=one.name)
    return whole.as_bytes()


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            await client.quit()


async def _hung_up(way: socket.socket) -> None:
    """At once: TLS would wait for the other's farewell, longer than the loop lives."""
    with suppress(OSError):
        way.shutdown(socket.SHUT_RDWR)
    for _turn in range(3):  # of the loop: the end is read, told, the socket closed
        await asyncio.sleep(0)
    way.close()


def _told(code: int, words: str) -> MailRefused | MailLater:
    text = f"{code} {words}"[:300]
    return MailRefused(text) if code in FOR_EVER else MailLater(text)
