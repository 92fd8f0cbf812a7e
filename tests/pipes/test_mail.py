"""Events by mail, and which file goes with them: none with personal data that is not encrypted."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg.types.json import Jsonb

from tests.mail.serving import Mails, mail_server
from tests.pipes.piping import deliver, deliveries, find, later, pipe
from tests.pipes.test_sftp import closed_day, its_own_connection, states
from tests.world import DAY, World

__all__ = ["its_own_connection"]
TO = "accounts@wx.example.cn"


@cache
def certified(kind: str = "rsa", ends: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> tuple[str, bytes]:
    """(certificate, private key), both in PEM."""
    key: Any = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "WX")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ends).sign(key, SHA256())
    )  # fmt: skip
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM).decode(), pem


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mails]:
    mails = Mails()
    with mail_server(mails) as port:
        monkeypatch.setenv("YIFEN_MAIL_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("YIFEN_MAIL_FROM", "no-reply@pay.example.cn")
        yield mails


def mail_pipe(net: World, certificate: str = "", **fields: Any) -> int:
    settings = Jsonb({"certificate": certificate})
    wants = fields.pop("wants", ["file.ready"])
    return pipe(net, "WX", TO, wants, kind="mail", secret=None, settings=settings, **fields)


def attached(mail: Any) -> list[tuple[str, bytes]]:
    return [(one.get_filename(), one.get_content()) for one in mail.iter_attachments()]


def test_a_daily_file_stays_here_and_the_mail_says_where_to_get_it(net: World, heard: Mails):
    mail_pipe(net)
    closed_day(net)
    deliver(net)
    [mail] = heard.mails
    data = net.value("SELECT data FROM pipe_event")
    uid, made = net.rows("SELECT e.uid, p.id FROM pipe_event e, pipe p")[0]
    assert (mail["To"], mail["Message-ID"], attached(mail)) == (TO, f"<{uid}.{made}@pay.example.cn>", [])
    title = "文件已生成（对账文件、对账单） A file is ready: daily file, statement"
    assert mail["Subject"] == f"[Yifen] WX {title} · {data['name']}"
    text = mail.get_body().get_content()
    assert "The file holds personal data and is not attached" in text
    assert "文件含个人信息，未附上" in text
    assert (data["sha256"] in text, "A1" in text) == (True, False)
    assert states(net) == [("delivered", 1, "")]


def test_for_a_certificate_it_goes_encrypted_and_openssl_opens_it(net: World, heard: Mails, tmp_path: Path):
    certificate, key = certified()
    mail_pipe(net, certificate)
    closed_day(net)
    deliver(net)
    [mail] = heard.mails
    [(name, content)] = attached(mail)
    data = net.value("SELECT data FROM pipe_event")
    assert name == f"WX-{DAY:%Y%m%d}-v1.txt.p7m"
    assert b"A1" not in content
    (tmp_path / "in").write_bytes(content)
    (tmp_path / "key").write_bytes(key)
    subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", tmp_path / "in", "-inkey",
                    tmp_path / "key", "-out", tmp_path / "out"], check=True)  # fmt: skip
    assert hashlib.sha256((tmp_path / "out").read_bytes()).hexdigest() == data["sha256"]
    assert f"openssl cms -decrypt -binary -inform DER -in {name} -inkey KEY.pem" in mail.get_body().get_content()
    assert states(net) == [("delivered", 1, name)]


def statement(net: World, body: bytes) -> None:
    """One that the night made, as its event tells of it; no other way is as short."""
    net.run("INSERT INTO daily_statement (partner_id, business_day, form, version, body, sha256, made_at)"
            " VALUES (%s, %s, 'csv', 1, %s, sha256(%s), %s)", net.ids["WX"], DAY, body, body, net.now)
    net.run("SET CONSTRAINTS ALL IMMEDIATE")
    net.run("SET CONSTRAINTS ALL DEFERRED")


def test_a_statement_holds_figures_alone_and_is_attached(net: World, heard: Mails):
    mail_pipe(net)
    find(net)
    statement(net, b"day,paid\r\n2026-11-23,1.00\r\n")
    find(net)
    deliver(net)
    [mail] = heard.mails
    assert attached(mail) == [(f"WX-{DAY:%Y%m%d}-statement-v1.csv", b"day,paid\r\n2026-11-23,1.00\r\n")]
    assert "not attached" not in mail.get_body().get_content()


def test_too_large_or_a_certificate_that_ended_is_said(net: World, heard: Mails, monkeypatch: pytest.MonkeyPatch):
    from yifen.trades.pipes import mail as transport

    mail_pipe(net, certified("rsa", net.now - timedelta(days=1))[0])
    closed_day(net)
    deliver(net)
    monkeypatch.setattr(transport, "ATTACHED_BYTES_MAX", 10)
    net.run("UPDATE pipe_delivery SET state = 'waiting', due_at = %s", net.now)
    deliver(net)
    texts = [mail.get_body().get_content() for mail in heard.mails]
    assert [attached(mail) for mail in heard.mails] == [[], []]
    assert "The certificate of this pipe has ended" in texts[0]
    assert "has more than 15 MB" in texts[1]


def test_refused_for_ever_is_given_up_and_try_again_is_tried_again(net: World, heard: Mails):
    mail_pipe(net, wants=["payment.decided"])
    find(net)
    net.charge("S1", {"O1": 100})
    find(net)
    heard.rcpt = "450 4.2.1 busy"
    deliver(net)
    assert states(net) == [("waiting", 1, "450 4.2.1 busy")]
    heard.rcpt = "550 5.1.1 no such user"
    later(net, 10)
    deliver(net)
    assert states(net) == [("given_up", 2, "550 5.1.1 no such user")]
    assert heard.whole == []
    net.run("UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = %s", net.now)
    heard.rcpt = ""
    deliver(net)
    [mail] = heard.mails
    body = mail.get_body().get_content()
    told = json.loads(body[body.index("{") : body.rindex("}") + 1])
    masked = net.value("SELECT data ->> 'account_no' FROM pipe_event")
    assert (told["serial"], told["amount_fen"], told["account_no"]) == ("S1", 100, masked)
    assert deliveries(net)[0][2:4] == ("delivered", 1)


def test_without_a_mail_server_it_waits_and_says_why(net: World):
    mail_pipe(net)
    closed_day(net)
    deliver(net)
    assert states(net) == [("waiting", 1, "YIFEN_MAIL_URL")]


def test_what_can_be_no_mail_pipe_is_refused_by_its_field(heard: Mails, monkeypatch: pytest.MonkeyPatch):
    from yifen.core.facts.refused import Refused
    from yifen.trades.pipes.mail import check

    found = []
    for address, certificate in ((TO, "x"), (TO, certified("ec")[0]), ("a@b.cn, c@d.cn", ""), ("a@b.cn\n", "")):
        with pytest.raises(Refused) as refused:
            check(address, {"certificate": certificate})
        found.append(refused.value.field)
    assert found == ["certificate", "certificate", "address", "address"]
    check(TO, {"certificate": certified()[0]})
    monkeypatch.delenv("YIFEN_MAIL_URL")
    with pytest.raises(Refused, match="YIFEN_MAIL_URL"):
        check(TO, {})
