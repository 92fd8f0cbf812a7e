"""SFTP and mail on the console: what each way asks, what two people see of it, what is never shown again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from lxml import html

from tests.console.pages import Page
from tests.pipes.partner_server import key
from tests.pipes.test_mail import certified
from tests.pipes.test_pages import LIST, county, dev, undone
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from tests.world import the_ring

__all__ = ["county", "dev", "place", "undone"]
AGREED = key("host").export_public_key().decode().strip()
SHOWN = f"ssh-ed25519 {key('host').get_fingerprint()}"
ASKED = {"kind": "sftp", "address": "sftp://yifen@sftp.example.cn/in", "host_key": AGREED, "password": "geheim",
         "fetch": "/out", "after": "move", "wants": ["file.ready"]}  # fmt: skip


@pytest.fixture(autouse=True)
def ready() -> None:
    """Of the other tests here."""


def pipe(place: Province, **fields: Any) -> Any:
    """Of the county's biller, signed in by a password."""
    from yifen.trades.pipes.models import Pipe

    made = Pipe(ref="5ca1ab1e-0000-4000-8000-000000000001", partner_id=place.own.biller, kind="sftp",
                address=ASKED["address"], wants=["file.ready"], made_at=datetime.now(UTC),
                settings={"host_key": AGREED, "fetch": "/out", "after": "move"} | fields)  # fmt: skip
    made.secret = the_ring().seal(json.dumps({"password": "geheim"}).encode(), f"pipe:{made.ref}")
    return made


def agreed(client: Any, shown: str) -> Any:
    seen = Page(client, shown).tree.xpath("//input[@name='seen']/@value")[0]
    return client.post(f"{shown}decide/", {"word": "yes", "seen": seen})


def test_two_people_agree_to_a_server_by_its_fingerprint(place: Province, dev: Any, county: Any, undone: None) -> None:
    from yifen.trades.pipes.models import Pipe

    assert [one.split("?")[1] for one in Page(dev, f"{LIST}new/").tree.xpath("//a[@class='choice']/@href")] == [
        "kind=webhook", "kind=sftp", "kind=mail"]  # fmt: skip
    assert Page(dev, f"{LIST}new/", kind="sftp").tree.xpath("//input[@name='password']/@type") == ["password"]
    shown = dev.post(f"{LIST}new/", ASKED | {"partner": place.own.biller}).url
    page = Page(county, shown)
    rows = {row[0]: row[-1] for row in page.table()}
    said = {"方式": "SFTP", "地址": ASKED["address"], "主机密钥指纹": SHOWN, "取文件的目录": "/out",
            "取走之后": "移到 taken/"}  # fmt: skip
    assert {name: rows[name] for name in said} == said
    assert "geheim" not in page.text
    assert rows["密码或密钥"].startswith("SHA256:")
    agreed(county, shown)
    row = Pipe.objects.get(kind="sftp")
    assert json.loads(the_ring().open(bytes(row.secret), f"pipe:{row.ref}")) == {"password": "geheim"}
    assert row.settings == {"host_key": AGREED, "fetch": "/out", "after": "move"}
    facts = Page(dev, f"{LIST}{row.pk}/").facts()
    assert (facts["主机密钥指纹"], facts["最近一次"]) == (SHOWN, "—")


def test_a_change_without_a_password_leaves_the_one_there_is_where_the_server_stays(
    place: Province, dev: Any, county: Any, undone: None
) -> None:
    row = pipe(place)
    before = row.secret
    row.save()
    other = key("another").export_public_key().decode().strip()
    given = ASKED | {"password": ""}
    for another in ({"address": "sftp://yifen@evil.example.cn/in"}, {"address": "sftp://evil@sftp.example.cn/in"},
                    {"address": "sftp://yifen@sftp.example.cn:2222/in"}, {"host_key": other}):  # fmt: skip
        said = dev.post(f"{LIST}{row.pk}/edit/", given | another).content.decode()
        assert "3307" in said
        assert "须重新填写密码或私钥" in said
    shown = dev.post(f"{LIST}{row.pk}/edit/", given | {"address": "sftp://yifen@sftp.example.cn/new"}).url
    assert [one[0] for one in Page(county, shown).table()] == ["地址"]
    agreed(county, shown)
    row.refresh_from_db()
    assert (bytes(row.secret), row.address) == (before, "sftp://yifen@sftp.example.cn/new")
    private = key("ours").export_private_key().decode().replace("\n", "\r\n")
    given |= {"address": row.address, "host_key": other, "private_key": private}
    shown = dev.post(f"{LIST}{row.pk}/edit/", given).url
    assert [one[0] for one in Page(county, shown).table()] == ["主机密钥指纹", "密码或密钥"]
    agreed(county, shown)
    row.refresh_from_db()
    secret = json.loads(the_ring().open(bytes(row.secret), f"pipe:{row.ref}"))
    assert secret == {"private_key": private.replace("\r\n", "\n")}


@pytest.mark.parametrize(("given", "number", "field"), [
    ({"password": ""}, "3307", ""), ({"private_key": "-----BEGIN", "password": ""}, "3307", ""),
    ({"private_key": "x"}, "3307", ""), ({"host_key": "ssh-ed25519 AAAA"}, "3310", "host_key"),
    ({"fetch": "/out/../etc"}, "3310", "fetch"), ({"address": "sftp://yifen@10.0.0.1/in"}, "2111", "address"),
    ({"address": "sftp://yifen:geheim@sftp.example.cn/in"}, "3301", "address"),
], ids=str)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_no_secret_comes_back(
    place: Province, dev: Any, given: dict[str, str], number: str, field: str, undone: None
) -> None:
    from yifen.trades.pipes.models import Pipe

    answer = dev.post(f"{LIST}new/", ASKED | {"partner": place.own.biller} | given)
    page = answer.content.decode()
    assert (answer.status_code, number in page) == (200, True)
    assert not field or number in page.split(f'id="id_{field}_error"')[1].split("</")[0] + page.split(
        f'id="id_{field}_error"')[1][:400]  # fmt: skip
    assert "geheim" not in page.replace(str(given.get("address")), "")
    assert "-----BEGIN" not in page.replace("BEGIN OPENSSH", "")
    assert not Pipe.objects.filter(kind="sftp").exists()


def test_a_form_that_is_shown_again_says_which_secret_it_lost_and_keeps_the_rest(place: Province, dev: Any) -> None:
    private = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc"
    wrong = ASKED | {"partner": place.own.biller, "password": "", "private_key": private, "wants": []}
    page = html.fromstring(dev.post(f"{LIST}new/", wrong).content.decode())
    said = {name: page.xpath(f"//*[@id='id_{name}_error']//text()[normalize-space()]")
            for name in ("wants", "private_key", "password")}  # fmt: skip
    assert [bool(found) for found in said.values()] == [True, True, False]
    assert "为安全起见不再显示，请重新填写" in said["private_key"][0]
    assert (AGREED in page.xpath("//textarea[@name='host_key']")[0].text, "abc" in page.text_content()) == (True, False)


def test_a_mail_pipe_shows_its_certificate_by_its_fingerprint(
    place: Province, dev: Any, county: Any, undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIFEN_MAIL_URL", "smtp://127.0.0.1")
    monkeypatch.setenv("YIFEN_MAIL_FROM", "no-reply@pay.example.cn")
    pem = certified()[0]
    given = {"partner": place.own.biller, "kind": "mail", "address": "a@example.cn", "wants": ["file.ready"]}
    assert "3310" in dev.post(f"{LIST}new/", given | {"certificate": "x"}).content.decode()
    shown = dev.post(f"{LIST}new/", given | {"certificate": pem.replace("\n", "\r\n")}).url
    rows = {row[0]: row[-1] for row in Page(county, shown).table()}
    assert rows["加密证书"].startswith("SHA256:")
    assert rows["加密证书"].endswith("2030-01-01")
    agreed(county, shown)
    from yifen.trades.pipes.models import Pipe

    assert Pipe.objects.get(kind="mail").settings["certificate"].strip() == pem.strip()


@pytest.fixture
def looked(place: Province) -> Iterator[datetime]:
    """The county's pipe as if files were fetched from it, in vain for two hours."""
    now = datetime.now(UTC)
    with psycopg.connect(place.database.owner_url, autocommit=True) as owner:
        left = '{"large.csv": {"zh": "超过 512 MB", "en": "x"}, "b.csv": "not yours"}'
        row = (place.own.more["pipe"], now, left, now - timedelta(hours=2), now)
        owner.execute('INSERT INTO pipe_look (pipe_id, looked_at, took_ms, fetched, "left", fault, failing_since,'
                      " due_at) VALUES (%s, %s, 3, 1, %s, 'no answer within 30 s', %s, %s)", row)  # fmt: skip
        yield now
        owner.execute("DELETE FROM pipe_look")


def test_its_page_tells_of_the_last_look_and_today_of_one_that_fails_for_long(
    place: Province, dev: Any, looked: datetime
) -> None:
    page = Page(dev, f"{LIST}{place.own.more['pipe']}/")
    facts = page.facts()
    assert (facts["取得"], facts["中断于"]) == ("1", "no answer within 30 s")
    assert page.table(0)[0][1:] == ["bills.csv", "100", "inbox/X/bills.csv"]
    assert page.table(1) == [["b.csv", "not yours"], ["large.csv", "超过 512 MB"]]
    assert page.tree.xpath("//main//span[contains(@class, 'badge')]/text()")[0] == "失败逾一小时"
    assert "推送通道失败逾一小时" in Page(dev, "/console/today/").text
    assert Page(dev, f"{LIST}fetched/", pipe=str(place.own.more["pipe"])).column("文件名") == ["bills.csv"]
    assert "bills.csv" not in Page(dev, f"{LIST}fetched/", pipe=str(place.foreign.more["pipe"])).text


def test_below_the_pages_a_server_without_a_secret_or_with_a_foreign_hand_is_refused(
    place: Province, undone: None
) -> None:
    from yifen.core.facts.refused import Refused
    from yifen.core.partners.models import Partner
    from yifen.trades.pipes.operations import keeping

    terms = keeping.PipeTerms(ASKED["address"], ("file.ready",), {"host_key": AGREED})
    own = Partner.objects.get(pk=place.own.biller)
    foreign = Partner.objects.get(pk=place.foreign.biller)
    found = []
    for user, partner, given in (
        ("developer", own, terms), ("developer", own, terms._replace(secret=b'{"password": ""}')),
        ("developer", own, terms._replace(settings={}, secret=b'{"password": "x"}')),
        ("developer", foreign, terms._replace(secret=b'{"password": "x"}')),
        ("auditor", own, terms._replace(secret=b'{"password": "x"}')),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            keeping.make(site.access(place.users[user]), partner, "sftp", given, datetime.now(UTC))
        found.append(refused.value.code.name)
    assert found == ["PIPE_SECRET_INVALID", "PIPE_SECRET_INVALID", "PIPE_SETTING_INVALID", "OUT_OF_SCOPE",
                     "PERMISSION_MISSING"]  # fmt: skip


STEALING = (
    "address = 'sftp://yifen@evil.example.cn/in'", "address = 'sftp://evil@sftp.example.cn/in'",
    "address = 'sftp://yifen@sftp.example.cn:2222/in'", "settings = settings || '{\"host_key\": \"another\"}'",
    "settings = settings - 'host_key'",
)  # fmt: skip


def test_no_statement_shows_the_password_there_is_to_another_server(place: Province, undone: None) -> None:
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    from tests.access.proposals import arriving
    from tests.access.test_second import as_the_pages
    from yifen.core.facts.refused import Refused
    from yifen.trades.pipes.operations import keeping, opening

    row = pipe(place)
    row.partner = arriving(place)
    row.save()
    (line,) = opening.opened(row.partner.pk)
    assert (line.title.en, line.after) == ("Pipe 5ca1ab1e", (
        f"SFTP · {row.address} · file.ready 文件已生成（对账文件、对账单） · 主机密钥指纹 {SHOWN} · 取文件的目录 /out"
        " · 取走之后 移到 taken/ · 启用 · 有密钥",
        f"SFTP · {row.address} · file.ready A file is ready: daily file, statement · Host key {SHOWN}"
        " · Files fetched from /out · Afterwards Moved to taken/ · on · has a secret"))  # fmt: skip
    with as_the_pages(), connection.cursor() as cursor:
        for change in STEALING:
            with pytest.raises(ProgrammingError, match="another server needs another secret"), transaction.atomic():
                cursor.execute(f"UPDATE pipe SET {change} WHERE id = %s", [row.pk])
        cursor.execute("UPDATE pipe SET address = 'sftp://yifen@sftp.example.cn/new' WHERE id = %s", [row.pk])
        cursor.execute("UPDATE pipe SET address = 'sftp://a@b.cn/', secret = 'x' WHERE id = %s", [row.pk])
    live = pipe(place)
    live.ref = "5ca1ab1e-0000-4000-8000-000000000002"
    live.save()
    content = {"ref": live.ref, "partner_id": live.partner_id, "kind": "sftp", "wants": ["file.ready"],
               "address": "sftp://yifen@evil.example.cn/in", "settings": live.settings}  # fmt: skip
    with pytest.raises(Refused) as refused:
        keeping.view({"rows": {"pipe": content | {"enabled": True}}})
    assert (refused.value.code.name, refused.value.field) == ("PIPE_SECRET_INVALID", "secret")


def test_mail_goes_to_whom_two_people_said_of_a_sandbox_too(
    place: Province, dev: Any, county: Any, undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    from tests.access.test_second import as_the_pages
    from tests.pipes.test_pages import sandbox
    from yifen.trades.pipes.models import Pipe

    monkeypatch.setenv("YIFEN_MAIL_URL", "smtp://127.0.0.1")
    monkeypatch.setenv("YIFEN_MAIL_FROM", "no-reply@pay.example.cn")
    trial = sandbox(place)
    given = {"partner": trial.pk, "kind": "mail", "address": "a@example.cn", "wants": ["file.ready"]}
    shown = dev.post(f"{LIST}new/", given).url
    assert (shown.startswith("/console/proposals/"), Pipe.objects.filter(kind="mail").count()) == (True, 0)
    agreed(county, shown)
    row = Pipe.objects.get(kind="mail")
    assert (row.partner_id, row.address) == (trial.pk, "a@example.cn")
    with as_the_pages(), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="changed by two people"), transaction.atomic():
            cursor.execute("UPDATE pipe SET address = 'b@example.cn' WHERE id = %s", [row.pk])
        cursor.execute("UPDATE pipe SET enabled = false, off_why = 'x' WHERE id = %s", [row.pk])
