"""One mail by a real SMTP server: what arrives, what is refused for ever, what is tried again."""

import socket
import time
from datetime import UTC, datetime
from threading import Thread

import pytest

from tests.mail.serving import Mails, certificate, mail_server
from yifen.core.facts.addresses import networks
from yifen.core.facts.mail_server import MailServer, is_mail_address, sender
from yifen.core.facts.settings import SettingError, read_settings
from yifen.core.mailing import Attached, Mail, MailLater, MailRefused, Postbox, composed, postbox

NOW = datetime(2026, 11, 29, 6, 30, tzinfo=UTC)
FROM = sender("收费通知 <no-reply@pay.example.cn>")
HERE = networks("127.0.0.0/8, ::1")
MAIL = Mail("payer@example.cn", "待缴提醒", "您有一笔费用待缴。\n", "reminder-7")


def box(port: int, way: str = "smtp", host: str = "127.0.0.1", **more: str) -> Postbox:
    server = MailServer(way, host, port, more.get("user", ""), more.get("password", ""))
    return Postbox(server, FROM, HERE, certificate()[1])


def test_a_mail_arrives_with_its_file_as_it_was_written():
    content = bytes(range(256)) * 300
    mail = MAIL._replace(attached=(Attached("对账 20261128.txt", content),),
                         headers=(("List-Unsubscribe", "<https://pay.example.cn/stop/x>"),))  # fmt: skip
    heard = Mails()
    with mail_server(heard) as port:
        box(port).send(mail, NOW)
    (came,) = heard.mails
    assert heard.envelopes == [("no-reply@pay.example.cn", ["payer@example.cn"], False)]
    assert [came[name] for name in ("From", "To", "Subject", "Message-ID", "List-Unsubscribe")] == [
        "收费通知 <no-reply@pay.example.cn>", "payer@example.cn", "待缴提醒",
        "<reminder-7@pay.example.cn>", "<https://pay.example.cn/stop/x>",
    ]  # fmt: skip
    assert came["Date"].datetime == NOW
    assert came.get_body().get_content() == "您有一笔费用待缴。\r\n"
    (file,) = came.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("对账 20261128.txt", content)


@pytest.mark.parametrize("way", ["starttls", "smtps"])
def test_the_password_goes_over_tls_alone(way):
    heard = Mails()
    how = {"tls_context": certificate()[0], "require_starttls": True} if way == "starttls" else {}
    how |= {"ssl_context": certificate()[0], "auth_require_tls": False} if way == "smtps" else {}
    with mail_server(heard, auth_required=True, **how) as port:
        box(port, way, "localhost", user="yifen", password="p@ss:/word").send(MAIL, NOW)
        with pytest.raises(MailLater, match="535"):  # our fault, not the recipient's
            box(port, way, "localhost", user="yifen", password="wrong").send(MAIL, NOW)
        with pytest.raises(MailLater, match="certificate verify failed"):
            box(port, way, "localhost")._replace(tls=None).send(MAIL, NOW)
    assert len(heard.whole) == 1


def test_a_server_without_tls_hears_nothing_of_starttls():
    heard = Mails()
    with mail_server(heard, auth_require_tls=False) as port, pytest.raises(MailLater, match="STARTTLS"):
        box(port, "starttls", user="yifen", password="p@ss:/word").send(MAIL, NOW)
    assert heard.whole == []


@pytest.mark.parametrize(("heard", "error"), [
    (Mails(rcpt="550 5.1.1 no such user"), MailRefused("550 5.1.1 no such user")),
    (Mails(data="554 5.7.1 spam"), MailRefused("554 5.7.1 spam")),
    (Mails(rcpt="450 4.2.1 greylisted"), MailLater("450 4.2.1 greylisted")),
    (Mails(data="452 4.3.1 disk full"), MailLater("452 4.3.1 disk full")),
], ids=["no user", "spam", "greylist", "full"])  # fmt: skip
def test_for_ever_and_for_now_are_told_apart(heard, error):
    with mail_server(heard) as port, pytest.raises(type(error)) as told:
        box(port).send(MAIL, NOW)
    assert str(told.value) == str(error)


def test_a_mail_larger_than_the_server_takes_is_refused_for_ever():
    large = MAIL._replace(attached=(Attached("big", bytes(5000)),))
    with mail_server(Mails(), data_size_limit=4000) as port, pytest.raises(MailRefused, match="552"):
        box(port).send(large, NOW)


def test_nobody_there_a_dumb_one_and_an_address_that_may_not_be_called():
    with socket.create_server(("127.0.0.1", 0)) as dumb:
        port = dumb.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(MailLater, match=r"no answer within 0\.2 s"):
            box(port).send(MAIL, NOW, wait_s=0.2)
        assert time.monotonic() - began < 2
        with pytest.raises(MailLater, match="YIFEN_OUTBOUND_ALLOW"):
            box(port)._replace(allowed=()).send(MAIL, NOW)
    with pytest.raises(MailLater, match="ConnectionRefused"):
        box(port).send(MAIL, NOW)


def test_taken_is_taken_although_the_server_dies_at_good_bye():
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_dies_after_data, args=(server,), daemon=True).start()
        box(server.getsockname()[1]).send(MAIL, NOW)


def _dies_after_data(server: socket.socket) -> None:
    way, _ = server.accept()
    with way, way.makefile("rwb") as stream:
        for answer in (b"220 x", b"250 x", b"250 x", b"250 x", b"354 go"):
            stream.write(answer + b"\r\n")
            stream.flush()
            stream.readline()
        while stream.readline() != b".\r\n":
            pass
        stream.write(b"250 taken\r\n")


@pytest.mark.parametrize("mail", [
    MAIL._replace(to="a@example.cn, b@example.cn"), MAIL._replace(to="a@example.cn\r\nRCPT TO:<b@example.cn>"),
    MAIL._replace(to="<a@example.cn>"), MAIL._replace(to="a@localhost"),
    MAIL._replace(subject="x\r\nBcc: b@example.cn"), MAIL._replace(subject="x\nBcc: b@example.cn"),
    MAIL._replace(ref="x\r\nBcc: b@example.cn"), MAIL._replace(headers=(("X\r\nBcc", "y"),)),
    MAIL._replace(headers=(("X", "y\r\nBcc: b@example.cn"),)),
    MAIL._replace(attached=(Attached("a\r\nBcc: b@example.cn", b""),)),
    MAIL._replace(attached=(Attached("a", b"", "text/plain\r\nBcc: b"),)),
], ids=str)  # fmt: skip
def test_no_header_is_smuggled_in(mail):
    with pytest.raises(MailRefused):
        composed(mail, FROM, NOW)


def test_what_is_a_mail_address():
    assert [text for text in ("a@b.cn", "a.b+c@b-c.example.cn", "a@b", "a..b@c.cn", ".a@c.cn", "中@c.cn", "a@c.cn\n",
                              "a b@c.cn", "a@-c.cn", "@c.cn", f"{'a' * 65}@c.cn")
            if is_mail_address(text)] == ["a@b.cn", "a.b+c@b-c.example.cn"]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), [
    ({"MAIL_URL": "http://x"}, "YIFEN_MAIL_URL: not smtps"),
    ({"MAIL_URL": "smtp://a:secret@mail.example.cn", "MAIL_FROM": "a@example.cn"}, "YIFEN_MAIL_URL: a password"),
    ({"MAIL_URL": "smtps://a@mail.example.cn", "MAIL_FROM": "a@example.cn"}, "YIFEN_MAIL_URL: user and"),
    ({"MAIL_URL": "smtps://mail.example.cn"}, "YIFEN_MAIL_FROM: not an address"),
    ({"MAIL_FROM": "nobody"}, "YIFEN_MAIL_FROM: not an address"),
], ids=str)  # fmt: skip
def test_a_setting_that_names_no_postbox_stops_the_start(given, words):
    with pytest.raises(SettingError, match=words) as told:
        read_settings({f"YIFEN_{name}": text for name, text in given.items()})
    assert "secret" not in str(told.value)


def test_the_postbox_of_the_settings():
    url = "starttls://yifen:p%40ss%3A%2Fword@mail.example.cn"
    settings = read_settings({"YIFEN_MAIL_URL": url, "YIFEN_MAIL_FROM": "收费 <a@example.cn>"})
    server = MailServer("starttls", "mail.example.cn", 587, "yifen", "p@ss:/word")
    assert postbox(settings) == Postbox(server, sender("收费 <a@example.cn>"))
    assert postbox(read_settings({})) is None
