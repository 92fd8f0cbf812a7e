"""A month of the demo's finance bureau: its agent bank tells of cards and swipes, holders mark and claim, levels sign;
vouchers are paid, one payment comes back, the treasury clears the day; what quota was used then, to the fen."""

import time
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.core.runtime import EdgeError
from yifen.core.wire.moments import HUB_ZONE
from yifen.tools.demo import bureau_swipes
from yifen.tools.demo.bureau_houses import AGENT, TREASURY, TREASURY_NO, Houses
from yifen.tools.demo.bureau_swipes import SWIPES, number_of
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.traffic import clock
from yifen.trades.budget.sample_bureau import BUREAU, DIVISION, FUNCS, OFFICERS, STAFF

ANSWER_S_MAX = 30
CASHIER = {"101": "edu1", "101001": "sch1", "102": "hea1"}
HEAD = {"101": "edu2", "101001": "sch2", "102": "hea2"}
DEPUTY = ("EDU2", "EDU3")  # who is absent, who stands in
UNIT_OF = {login: unit for login, _name, unit, _duty, _roles in STAFF}
TRAVEL, MEETING, TRAINING, PRINTING = "08", "11", "12", "02"
_SQL = queries(__package__)


def work(found: Stage, network: SampleNetwork, houses: Houses, conn: Conn, screen: DemoScreen) -> None:
    """All of it, through the doors and functions that everybody has to take. Django must be set up, as the owner."""
    from yifen.face.acting import acting

    found.children.wait_for(houses.agent, f"{houses.agent_url}/books")
    found.children.wait_for(houses.treasury, f"{houses.treasury_url}/books")
    with acting((*OFFICERS, *UNIT_OF)) as (_conn, at):
        month = BureauMonth(at, conn, houses, network.day.year)
        month.agree_to_houses(network)
        month.hear(found)
        month.claim()
        month.pay()
    screen.say("the finance bureau's agent bank told of 60 cards and a month of swipes; people claimed them, each level"
               " signed; vouchers were paid, one payment came back, the treasury cleared the day")  # fmt: skip


class BureauMonth:
    """Who acts, at this moment."""

    def __init__(self, at: dict[str, Any], conn: Conn, houses: Houses, year: int) -> None:
        self.at, self.conn, self.houses, self.year, self.now = at, conn, houses, year, clock()
        self.units = dict(conn.execute(_SQL["bureau_units"], {"bureau": BUREAU}).fetchall())
        self.indicators = dict(conn.execute(_SQL["bureau_indicators"], {"bureau": BUREAU}).fetchall())
        self.swipes: dict[str, int] = {}

    def agree_to_houses(self, network: SampleNetwork) -> None:
        """Whose word about cards counts, who pays and who clears, what is watched, who stands in for a head: two
        officers."""
        from yifen.core.partners.models import Partner
        from yifen.trades.cards import deputies, issuers
        from yifen.trades.cards.watch import rules as watching
        from yifen.trades.cards.watch.kinds import WatchRule
        from yifen.trades.cases.sample import agreed
        from yifen.trades.treasury import rules

        ids = {one.code: one.pk for one in Partner.objects.filter(code__in=(BUREAU, AGENT[0], TREASURY[0]))}
        rule = rules.TreasuryRule(network.day, ids[AGENT[0]], ids[TREASURY[0]], TREASURY_NO)
        first, second = (self.at[login] for login in OFFICERS)
        agreed(second, issuers.propose(first, ids[BUREAU], ids[AGENT[0]], self.now), self.now)
        agreed(second, rules.propose(first, ids[BUREAU], rule, self.now), self.now)
        agreed(second, watching.propose(first, ids[BUREAU], WatchRule(network.day), self.now), self.now)
        deputy = deputies.NewDeputy(self.units["101"], "head", *DEPUTY, network.day, network.day + timedelta(7), "出差")
        agreed(second, deputies.propose(first, ids[BUREAU], deputy, self.now), self.now)

    def hear(self, found: Stage) -> None:
        """The bank's signed word comes to the door; cashiers confirm all cards but one in each unit, holders mark."""
        from yifen.trades.cards.doors import taking
        from yifen.trades.cards.reading import said
        from yifen.trades.cards.words import xml_words

        _post(f"{self.houses.agent_url}/tell?to=/cards/push/", xml_words.written(bureau_swipes.told(self.now)))
        taking.take_all(self.conn, key_ring(), clock)
        for unit, login in CASHIER.items():
            asked = {"session": self.at[login].session, "unit": self.units[unit], "now": self.now}
            self.conn.execute(_SQL["bureau_confirm"], asked)
        self.swipes = dict(self.conn.execute(_SQL["bureau_swipes"]).fetchall())
        for one in SWIPES:
            if one.mark:
                unit_id = self.units[UNIT_OF[one.login]] if one.mark == "official" else None
                said("mark", self.at[one.login].session, self.swipes[number_of(one.key)], one.mark, unit_id, self.now)

    def claim(self) -> None:
        """A claim in each state; one is refused, for its quota is short."""
        self.ask("stay", "flight", levels=2)
        self.ask("meeting", item=MEETING, indicator="02", levels=3)
        self.ask("asked")
        self.ask("at head", levels=1)
        self.ask("at bureau", item=TRAINING, indicator="03", levels=2)
        self.ask("refused", levels=1, no=True)
        self.ask("goes back", "train", levels=2)
        self.ask("lent", kind="advance", levels=2)
        self.cash("sch4", 18_000)
        for key in ("paid", "vouched", "due"):
            self.ask(key, levels=2)
        try:
            self.ask("short", "short too", item=MEETING, indicator="02")
        except Refused as refused:
            if refused.code.name not in ("BUDGET_SHORT", "BUDGET_NOT_ARRIVED"):
                raise

    def ask(self, *keys: str, item: str = TRAVEL, indicator: str = "", kind: str = "claim", levels: int = 0,
            no: bool = False) -> None:  # fmt: skip
        """By their holder; so many levels say yes, and (`no`) the next one does not."""
        from yifen.trades.cards import claiming

        wanted = [next(one for one in SWIPES if one.key == key) for key in keys]
        unit = UNIT_OF[wanted[0].login]
        paying = self.indicators[f"{self.year}-{unit}-{indicator}"] if indicator else None
        lines = [claiming.ClaimLine(one.fen, item, self.swipes[number_of(one.key)], indicator=paying) for one in wanted]
        self.signed(wanted[0].login, claiming.NewClaim(self.units[unit], kind, f"{wanted[0].merchant}等", lines),
                    levels, no)  # fmt: skip

    def cash(self, login: str, fen: int) -> None:
        """Cash to card: where no card is taken."""
        from yifen.trades.cards import claiming
        from yifen.trades.cards.reading import rows

        unit_id = self.units[UNIT_OF[login]]
        card = rows("my_cards", (self.at[login].session, unit_id))[0][0]
        line = claiming.ClaimLine(fen, PRINTING, card=card, exemption="01", words="乡镇打印店无 POS 机")
        self.signed(login, claiming.NewClaim(unit_id, "cash", "打印试卷", [line]), 2)

    def signed(self, login: str, new: Any, levels: int, no: bool = False) -> None:
        from yifen.trades.cards import claiming

        unit = UNIT_OF[login]
        who = (CASHIER[unit], HEAD[unit], OFFICERS[0])
        claim = claiming.ask(self.at[login], new, self.now)
        for level, signer in enumerate(who[: levels + no]):
            ((seen,),) = self.conn.execute(_SQL["bureau_shown"], (claim,)).fetchall()
            yes, shown = level < levels, bytes(seen).hex()
            claiming.sign(self.at[signer], claim, seen=shown, yes=yes, note="" if yes else "不属公务", now=self.now)

    def pay(self) -> None:
        """Vouchers to the bank and its answers; its day is claimed from the treasury, once what came back was taken."""
        from yifen.trades.treasury import clearing, sending, vouchers

        ring = key_ring()
        for keys in (("goes back", "train"), ("lent", ""), ("stay", "flight", "meeting"), ("paid",)):
            self.vouch(*keys)
        self.vouch("vouched", agree=False)
        until = time.monotonic() + ANSWER_S_MAX

        def port(house: int) -> Any:
            return sending.port_of(self.conn, ring, house, clock)

        while self.conn.execute(_SQL["bureau_unpaid"]).fetchall()[0][0]:
            sending.work(self.conn, ring, port, clock)  # the worker does the same: a voucher leaves once
            if time.monotonic() > until:
                raise EdgeError("vouchers of the finance bureau are not answered")
        clearing.work(self.conn, ring, port, clock)
        for told, fen, unit in self.conn.execute(_SQL["bureau_told"]).fetchall():
            vouchers.take_return(self.at[CASHIER[unit]], told, self.now)
            vouchers.decide_return(self.at[HEAD[unit]], told, seen_fen=fen, yes=True, now=self.now)
        _post(f"{self.houses.agent_url}/close?day={_day(self.now)}", b"")
        for eco, fen in (("50201", 20_000_00), ("", 5_000_00)):  # of one indicator, for two people; of several
            _post(f"{self.houses.treasury_url}/grant?bureau={DIVISION}&unit=101001&func={FUNCS['101001']}&eco={eco}"
                  f"&fen={fen}", b"")  # fmt: skip
        clearing.work(self.conn, ring, port, clock)

    def vouch(self, *keys: str, agree: bool = True) -> None:
        """Of the swipes of one unit what is due; the empty key: what is due without a swipe."""
        from yifen.trades.treasury import vouchers

        unit = UNIT_OF[next(one.login for one in SWIPES if one.key == keys[0])]
        asked = {"swipes": [self.swipes[number_of(key)] for key in keys if key], "cash": "" in keys}
        due = [row[0] for row in self.conn.execute(_SQL["bureau_due"], asked).fetchall()]
        for voucher in vouchers.make(self.at[CASHIER[unit]], due, self.now):
            if agree:
                ((seen,),) = self.conn.execute(_SQL["bureau_voucher"], (voucher,)).fetchall()
                vouchers.agree(self.at[HEAD[unit]], voucher, seen=bytes(seen).hex(), yes=True, note="", now=self.now)


def _day(now: datetime) -> str:
    """As the simulators count days, by their own clock."""
    return now.astimezone(HUB_ZONE).date().isoformat()


def _post(url: str, body: bytes) -> None:
    """EdgeError: it was not taken."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("POST", f"{parts.path}?{parts.query}", body)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise EdgeError(f"{url} answers {answer.status} {said[:200]!r}")


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """Quota used against what the bank paid less what came back, and what clearing left open; apart is a problem."""
    names = ("cards", "swipes", "claims", "used_fen", "posted_fen", "returned_fen", "cleared_fen", "differences")
    row: Any = conn.execute(_SQL["bureau_figures"], {"bureau": BUREAU}).fetchone()
    told = dict(zip(names, row, strict=True))
    told["gap_fen"] = told["used_fen"] - told["posted_fen"] + told["returned_fen"]
    wrong = [f"the finance bureau's {name} is {told[name]}, not 0" for name in ("gap_fen", "differences") if told[name]]
    return {"bureau": told}, wrong


def told(result: Result) -> str:
    """The same for people."""
    bureau = result["bureau"]
    used, posted, back, cleared, gap = (format_yuan(bureau[f"{name}_fen"])
                                        for name in ("used", "posted", "returned", "cleared", "gap"))  # fmt: skip
    return (f"official cards 公务卡: {bureau['cards']} cards, {bureau['swipes']} swipes, {bureau['claims']} claims;"
            f" quota used 额度已用 {used}, posted 已支付 {posted}, returned 退票 {back}, cleared 清算 {cleared};"
            f" difference 差额 {gap}")  # fmt: skip
