"""The houses around the demo's finance bureau: an agent bank that issues its cards and repays them, a treasury."""

from datetime import datetime
from typing import NamedTuple

from yifen.core.embedded.cluster import write_private
from yifen.core.embedded.ports import remembered_or_free
from yifen.hub.sample import Registry
from yifen.tools.demo.children import Child
from yifen.tools.demo.sample_rows import BOOK_ID
from yifen.tools.demo.stage import Stage

HOST = "127.0.0.1"
AGENT, TREASURY, TREASURY_NO = ("CARDBK", "青溪农商银行公务卡中心"), ("TRE01", "国家金库青溪县支库"), "1710000000"
_ACCOUNTS = {AGENT[0]: "1610020100000001", TREASURY[0]: "2710000000000001"}


class Houses(NamedTuple):
    """Both, and where they listen."""

    agent: Child
    agent_url: str
    treasury: Child
    treasury_url: str


def start(found: Stage, now: datetime) -> Houses:
    """`./yifen sim agent-bank`, of whose vouchers the first one meets a closed card, and `./yifen sim treasury`. The
    pages must be started; Django must be set up, as the owner."""
    ports = {code: remembered_or_free(found.folder / f"{code.lower()}.port") for code, _name in (AGENT, TREASURY)}
    agent_url, treasury_url = (f"http://{HOST}:{ports[code]}" for code, _name in (AGENT, TREASURY))
    keys = {code: f"@{found.folder / f'{code.lower()}.key'}" for code in ports}
    for (code, name), url in ((AGENT, agent_url), (TREASURY, treasury_url)):
        write_private(found.folder / f"{code.lower()}.key", _enrol(found, code, name, url, now))
    words = {
        code: ["--port", str(port), "--code", code, "--key", keys[code], "--treasury-no", TREASURY_NO]
        for code, port in ports.items()
    }
    treasury = found.children.start("treasury", ["sim", "treasury", *words[TREASURY[0]]], found.env())
    more = ["--script", "back", "--hub", found.web_url, "--treasury", treasury_url, "--treasury-code", TREASURY[0],
            "--treasury-key", keys[TREASURY[0]]]  # fmt: skip
    agent = found.children.start("agent-bank", ["sim", "agent-bank", *words[AGENT[0]], *more], found.env())
    return Houses(agent, agent_url, treasury, treasury_url)


def _enrol(found: Stage, code: str, name: str, url: str, now: datetime) -> str:
    """A partner that is a bank with a port; the secret of its key."""
    from yifen.core.directory.models import Institution
    from yifen.core.partners.operations import open_account
    from yifen.trades.settlement.models import Bank

    seat = Institution.objects.get(code="960101")
    partner, member = Registry(found.ring(), BOOK_ID, now).enrol(seat, code, name, "hmac-sha256", typed=True, json=True)
    Bank.objects.create(partner=partner, account_no=_ACCOUNTS[code], account_name=name,
                        account_id=open_account("bank", BOOK_ID, code, name), endpoint=url)  # fmt: skip
    return member.identity.key.secret.decode()
