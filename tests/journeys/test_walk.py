"""From `init` on an empty database to a payout file, by pages and commands alone (docs/walk.md)."""

import asyncio
import re
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import NewDatabase, NewGateway
from tests.docs import pages
from tests.jobs.running import work
from tests.journeys.clients import CHINA, JsonPartner
from tests.journeys.walker import SECRET, Walker
from tests.onboarding.trying import WRITTEN_S, a_day_of_trying, clock
from tests.sampling import ALL
from tests.settlement.results import results
from tests.web import site
from tests.world import Database
from yifen.core.facts.processes import NIGHT, WEB
from yifen.core.wire.keys import Key
from yifen.hub.payments.hub import ROSTER_EVERY_S
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.identity import Identity

BILLS = 10_000 if ALL else 1_000
PAGE, SEAT = "docs/walk.md", "96"
PASSWORD = re.compile(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b")
PROPOSAL = re.compile(r"/console/proposals/\d+/")
PEOPLE = {"finance": "finance", "finance2": "finance", "super": "supervisor", "inst": "institution_admin"}


class Walk:
    """Who walks, on which database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.people = database, folder, {}
        pages.checkout(folder, PAGE)

    def command(self, line: str) -> str:
        """As the page prints it, as a process."""
        assert line in pages.text_of(PAGE).splitlines()
        env = self.database.environment(YIFEN_DATA=str(self.folder))
        return pages.run(line.replace("./yifen", "python -m yifen"), self.folder, env)

    def __getattr__(self, login: str) -> Walker:
        return self.people[login]


@pytest.fixture(scope="module")
def walk(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The pages with no rights but their own."""
    walk = Walk(new_database(), tmp_path_factory.mktemp("walk"))
    with site.on(walk.database), site.as_process(WEB):
        yield walk


def test_from_an_empty_database_to_a_payout_file(walk: Walk, new_gateway: NewGateway) -> None:
    began(walk)
    staff(walk)
    biller(walk)
    bills(walk)
    gateway = new_gateway(walk.database)
    paying = channel(walk, gateway.url)
    payers_pages(walk)
    bank(walk)
    paid(walk, paying)
    night(walk)
    payout_file(walk)
    said = walk.command("./yifen verify")
    assert "the books are as they were sealed" in said


def began(walk: Walk) -> None:
    """Two administrators, each with a password of their own."""
    said = walk.command("./yifen init --code 96 --name 云川省农村信用社联合社 --cut-off 23:00")
    found = dict(line.removeprefix("login ").split(", first password ")
                 for line in said.splitlines() if line.startswith("login "))  # fmt: skip
    assert sorted(found) == ["admin", "admin2"]
    walk.people |= {login: Walker(login, password) for login, password in found.items()}


def staff(walk: Walk) -> None:
    """One administrator proposes, the other agrees."""
    form = walk.admin.page("/console/users/new/")
    seat = next(option.get("value") for option in form.tree.xpath("//select[@name='institution']/option")
                if option.text.startswith(SEAT))  # fmt: skip
    for number, (login, role) in enumerate(PEOPLE.items()):
        said = walk.admin.shown("/console/users/new/", login=login, name=f"员工{number}", person=f"P{number}",
                                institution=seat, roles=[role])  # fmt: skip
        password = PASSWORD.search(said)
        proposal = PROPOSAL.search(said)
        assert password
        assert proposal
        walk.admin2.agrees(proposal.group())
        walk.people[login] = Walker(login, password.group())


def opens(walk: Walk, code: str) -> None:
    """The last step of a partner's way in."""
    walk.admin2.agrees(walk.admin.done(f"/console/partners/{code}/go-live/ask/"))
    assert walk.admin.page("/console/partners/", text=code, state="live").column("代码") == [code]


def keyed(walk: Walk, code: str) -> bytes:
    """A key from the page, which shows it once."""
    found = SECRET.search(walk.admin.shown(f"/console/partners/{code}/keys/", algorithm="hmac-sha256", public=""))
    assert found
    return bytes.fromhex(found.group())


def registered(walk: Walk, code: str, name: str, **fields: str) -> None:
    form = walk.admin.page("/console/partners/new/", kind=fields["kind"])
    seat = next(option.get("value") for option in form.tree.xpath("//select[@name='institution']/option")
                if option.text.startswith(SEAT))  # fmt: skip
    walk.admin.done("/console/partners/new/", code=code, name=name, institution=seat, book="1", dialect="json",
                    encoding="UTF-8", unit="fen", **fields)  # fmt: skip


def biller(walk: Walk) -> None:
    """Its bills are hosted here, so there is nothing to certify."""
    registered(walk, "WATER", "青溪自来水公司", kind="hosted", category="water", city="青溪县")
    opens(walk, "WATER")


def bills(walk: Walk) -> None:
    """A file of ten thousand rows (in a run of everything of one thousand), looked at, agreed to, imported."""
    lines = [f"3299{number:06d},户主{number % 97},2026-11,2026年11月水费,{number % 900 + 1}.{number % 100:02d},"
             for number in range(1, BILLS + 1)]  # fmt: skip
    body = "\r\n".join(("户号,户名,账单号,名称,应缴金额,到期日", *lines, "")).encode()
    choice = walk.finance.page("/console/bill-imports/").tree.xpath("//select[@name='biller']/option[@value!='']")
    file = SimpleUploadedFile("十一月水费.csv", body)
    url = walk.finance.done("/console/bill-imports/upload/", biller=choice[-1].get("value"), file=file)
    walk.finance2.agrees(walk.finance.done(f"{url}propose/", reason="十一月"))
    work(walk.database)
    found = walk.finance.page("/console/bill-imports/")
    assert [found.column(title) for title in ("状态", "写入", "未写入")] == [["已导入"], [f"{BILLS:,}"], ["0"]]


def channel(walk: Walk, url: str) -> JsonPartner:
    """Tried in its sandbox, certified, let in, admitted."""
    registered(walk, "APP", "云川手机银行", kind="channel")
    secret = keyed(walk, "APP-T")
    key = Key(partner="APP-T", version=1, algorithm="hmac-sha256", secret=secret)
    real = keyed(walk, "APP")
    time.sleep(ROSTER_EVERY_S + 0.7)  # the gateway looks every second
    asyncio.run(tried(walk, url, Identity(partner="APP-T", dialect="json", key=key, reply_key=key)))
    time.sleep(WRITTEN_S)
    walk.admin.done("/console/partners/APP-T/certify/")
    work(walk.database)
    opens(walk, "APP")
    walk.admin2.agrees(walk.admin.done("/console/partners/WATER/admit/", other="APP"))
    time.sleep(ROSTER_EVERY_S + 0.7)
    return JsonPartner(url, "APP", "hmac-sha256", real)


async def tried(walk: Walk, url: str, identity: Identity) -> None:
    """What its developers do; the night's process gives the sandbox a day that is over."""
    from yifen.night.sandbox import cut_sandbox

    door = HubDoor(url, identity, clock)
    await a_day_of_trying(door, "T")
    day = datetime.now(CHINA).date()
    with pytest.raises(Lost, match="FILE_NOT_READY"):
        await door.fetch(day)
    await asyncio.sleep(WRITTEN_S)
    with psycopg.connect(walk.database.url(NIGHT), autocommit=True) as conn:
        assert cut_sandbox(conn, clock()) == 1
    assert b"TRIAL" in await door.fetch(day)
    await door.close()


def payers_pages(walk: Walk) -> None:
    """A channel of our own, through which the payer's pages collect."""
    registered(walk, "PAGE", "一分缴费页", kind="payer")
    opens(walk, "PAGE")
    walk.admin2.agrees(walk.admin.done("/console/partners/WATER/admit/", other="PAGE"))
    assert "青溪自来水公司" in site.browser().get("/q/WATER/").content.decode()


def bank(walk: Walk) -> None:
    """Where the money goes, and what is kept of it. Today is a day on which banks work."""
    today = datetime.now(CHINA).date()
    walk.inst.done("/console/calendar/day/", day=today.isoformat(), kind="make_up", name="演练")
    made = walk.finance.done("/console/agreements/banks/new/", code="ABC", name="农业银行", book_id="1",
                             account_no="9551000000000001", account_name="云川清算", endpoint="")  # fmt: skip
    walk.super.agrees(made)
    ours = walk.finance.page("/console/agreements/payees/WATER/").tree.xpath(
        "//select[@name='bank_id']/option[@value!='']/@value")  # fmt: skip
    assert len(ours) == 1
    walk.super.agrees(walk.finance.done(
        "/console/agreements/payees/WATER/", bank_id=ours[0], account_no="6222000000000001",
        account_name="青溪自来水公司", bank_code="102100099996", bank_name="工商银行青溪支行",
    ))  # fmt: skip
    walk.super.agrees(walk.finance.done("/console/agreements/new/WATER/", **agreement(today)))


def agreement(today: date) -> dict[str, str]:
    """0.3 %, netted, paid out the same day."""
    return {
        "valid_from": today.isoformat(), "mode": "net", "period": "day", "measure": "amount", "lag_days": "0",
        "make_up_days": "on", "payout": "on", "refunds": "account", "tiers-TOTAL_FORMS": "1",
        "tiers-INITIAL_FORMS": "0", "tiers-0-beginning": "0", "tiers-0-rate_ppm": "0.3",
    }  # fmt: skip


def paid(walk: Walk, paying: JsonPartner) -> None:
    """Two bills, by the certified channel, in its own words."""
    for number in (1, 2):
        amount_fen = (number % 900 + 1) * 100 + number
        said = paying.call("charge", f"S{number}", biller="WATER", account_no=f"3299{number:06d}",
                           amount_fen=amount_fen, lines=[("2026-11", amount_fen)],
                           paid_at=datetime.now(CHINA))  # fmt: skip
        assert (said.code, said.body["biller_state"]) == ("0000", "booked")


def night(walk: Walk) -> None:
    """The first one; the day is not over yet, so the owner says so."""
    said = walk.command("./yifen eod --early")
    assert "已关闭 closed" in said, said


def payout_file(walk: Walk) -> None:
    """5.03 less 0.02, in a file that the bank answers."""
    rows = walk.finance.page("/console/payouts/")
    assert (rows.column("金额（元）"), rows.column("状态")) == (["5.01"], ["已指令"])
    offered = walk.finance.page("/console/payouts/files/new/")
    assert offered.table() == [["ABC 农业银行", "1", "5.01"]]
    bank = offered.tree.xpath("//select[@name='bank']/option/@value")[0]
    walk.finance.done("/console/payouts/files/new/", bank=bank, form="pain001")
    work(walk.database)
    files = walk.finance.page("/console/payouts/files/")
    (name,) = files.column("文件")
    url = files.link("//table//tbody//a")
    body = walk.finance.browser.get(f"{url}body/").content
    with psycopg.connect(walk.database.app_url) as conn:
        told = conn.execute("SELECT actor, action FROM audit_entry WHERE subject = 'payout_file'"
                            " AND action <> 'insert' ORDER BY entry_no").fetchall()  # fmt: skip
    assert told == [("finance", "ask"), ("finance", "download")]
    (reference,) = re.findall(rb"<EndToEndId>(PO\d{8}-\d+)</EndToEndId>", body)
    said = results(name.rsplit("-", 1)[0], [(reference.decode(), "ACSC", "5.01")])
    file = SimpleUploadedFile("回执.xml", said)
    result = walk.finance.done("/console/payouts/results/new/", file=file)
    walk.super.agrees(walk.finance.done(f"{result}propose/", reason="回执"))
    assert walk.finance.page("/console/payouts/").column("状态") == ["已到账"]
    assert walk.finance.page("/console/payouts/files/").column("已到账") == ["1"]
