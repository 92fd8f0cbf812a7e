"""Mail through the operator's server (YIFEN_MAIL_URL). Its address to end such messages stands in the heads that
mail programs know (RFC 2369, RFC 8058). One that was tried again after a lost answer has the same Message-ID."""

from datetime import datetime

from yifen.core.facts.settings import read_settings
from yifen.core.mailing import Mail, MailLater, MailRefused, postbox
from yifen.core.notifications.carriers import (
    WAIT_S,
    Medium,
    Outgoing,
    SendOutcome,
    SendVerdict,
    said,
)


class MailCarrier:
    """Ours needs no keys but those of the settings."""

    code, channel, repeatable = "mail", Medium.MAIL, False

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        box = postbox(read_settings())
        if box is None:
            return SendOutcome(SendVerdict.LATER, said="no mail server is set")
        ends = ((("List-Unsubscribe", f"<{message.stop_url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
                if message.stop_url else ())  # fmt: skip
        try:
            box.send(Mail(message.to, message.title, message.text, message.ref, headers=ends), now, WAIT_S)
        except MailRefused as refused:
            return SendOutcome(SendVerdict.NEVER, said=said(refused))
        except MailLater as later:
            return SendOutcome(SendVerdict.LATER, said=said(later))
        return SendOutcome(SendVerdict.TAKEN)

