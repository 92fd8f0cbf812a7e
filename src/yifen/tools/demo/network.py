"""The demo with the sample network: load, pay, close the day, prove it, stay up."""

import argparse
import json
from datetime import UTC, datetime, timedelta

import psycopg

from yifen.core.embedded.cluster import write_private
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.facts.settings import Settings
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.sample import Member
from yifen.tools.demo import (
    bureau,
    bureau_houses,
    collected,
    connector,
    court,
    finish,
    history,
    proof,
    reach,
    sample_network,
    till,
    town,
    traffic,
)
from yifen.tools.demo.bureau_houses import Houses
from yifen.tools.demo.children import Child
from yifen.tools.demo.court_payouts import CLOSED_NAME, CLOSED_NO
from yifen.tools.demo.proof import DemoUrls
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import Login
from yifen.tools.demo.sample_rows import REMOTE, SEATS
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.serving import stay
from yifen.tools.demo.stage import Stage, stage
from yifen.tools.demo.town import Card
from yifen.trades.cases.sample_court import MAIN
from yifen.trades.settlement.sample import ACCOUNT

EACH = 4_000  # payers of each biller
FAULTS = (
    "late=0.01,lost=0.015,drop=0.015,twice=0.01,garbage=0.01,forged=0.005,wrong_amount=0.005,"
    "busy=0.01,reject=0.01,reverse.lost=0.1"
)


def run(args: argparse.Namespace, settings: Settings, screen: DemoScreen) -> int:
    """Exit code 0 only if everything agrees."""
    screen.say("starting an embedded PostgreSQL with a fresh demo database")
    with stage(settings) as found:
        screen.ends("database")
        network, urls, cards, door, houses = set_up(found, args, screen)
        screen.ends("servers")
        screen.say(f"the gateway listens on {found.base_url}; {args.payments:,} payments follow")
        channels = traffic.run(network, found.base_url, args.payments, args.seed, screen)
        screen.ends("payments")
        from yifen.tools.demo import debiting, signing, teller  # Django is set up by now

        counter = teller.work(found, network, screen)
        screen.ends("counter")
        counter = counter.and_of(signing.work(found, network, screen))
        counter = counter.and_of(debiting.work(found, network, screen))
        screen.ends("debits")
        with psycopg.connect(found.database.url, autocommit=True) as conn:
            counter = counter.and_of(connector.work(found, network, screen))
            counter = counter.and_of(court.work(found, network, door, conn, screen))
            counter = counter.and_of(collected.work(conn, screen))
            screen.ends("court")
            bureau.work(found, network, houses, conn, screen)
            screen.ends("bureau")
            result = proof.close(found, network, channels, conn, urls, counter, screen)
        found.children.check()
        code = finish(args, screen, result)
        if not args.once:
            stay(found, network, cards, args.seed, screen)
    return code


def set_up(
    found: Stage, args: argparse.Namespace, screen: DemoScreen
) -> tuple[SampleNetwork, DemoUrls, list[Card], Child, Houses]:
    """The network in the database, the machines of others, gateway and worker; which cards the banks know; the POS
    door; who pays for the finance bureau."""
    port = remembered_or_free(found.folder / "biller.port")
    url = f"http://127.0.0.1:{port}"
    bank_port = remembered_or_free(found.folder / "bank.port")
    bank_url = f"http://127.0.0.1:{bank_port}"
    core, core_url, core_key = till.start_core(found)
    found.children.wait_for(core, f"{core_url}/balances")
    tax, tax_url, tax_key = till.start_tax(found)
    _acquirer, acquirer_at, pos_keys = court.start_acquirer(found)
    found.children.wait_for(tax, f"{tax_url}/issued")
    now, seed = datetime.now(UTC), args.seed
    today = now.astimezone(HUB_ZONE).date()
    network = sample_network.load(
        found.ring(),
        found.database.url,
        now=now,
        day=today,
        first_day=today - timedelta(days=args.days),
        buckets=found.settings.buckets,
        endpoint=url,
        urls={"bank": bank_url, "core": core_url, "tax": tax_url, "acquirer": acquirer_at},
        keys={"core": core_key, "tax": tax_key, **pos_keys},
        each=EACH,
        seed=seed,
    )
    screen.ends("network")
    screen.say(
        f"loaded {len(SEATS)} institutions, {len(network.billers)} billers, "
        f"{len(network.channels)} channels, {len(network.orders):,} payers, "
        f"{network.payables:,} payables"
    )
    simulator = start_biller(found, network, seed, port)
    cards = [] if args.once else town.cards(found, network)
    bank = start_bank(found, network, bank_port, cards)
    if not args.once:
        town.start_vending(found)
        town.agree(found, network, now)
    if args.days:
        found.children.wait_for(simulator, f"{url}/books")
        found.children.wait_for(bank, f"{bank_url}/books")
        with psycopg.connect(found.database.url, autocommit=True) as conn:
            history.run(found, network, conn, args.days, seed, screen)
        screen.ends("history")
    sandbox = None if args.once else reach.add(found, network, datetime.now(UTC))
    found.start_worker()
    found.start_gateway()
    door = court.start_door(found)
    found.start_web()
    houses = bureau_houses.start(found, datetime.now(UTC))
    found.wait()
    found.children.wait_for(simulator, f"{url}/books")
    hub_key = found.hub_key()
    network = network._replace(channels=[one.knowing(hub_key) for one in network.channels])
    keep_keys(found, [*network.channels, *network.quiet, *network.billers, *([sandbox] if sandbox else [])])
    for one in network.quiet:  # for `./yifen sim phone --key @…`
        write_private(found.folder / f"{one.code.lower()}.key", one.identity.key.secret.decode())
    if sandbox:
        reach.try_out(found, sandbox)
    keep_logins(found, network.logins)
    return network, DemoUrls(url, core_url, tax_url), cards, door, houses


def keep_keys(found: Stage, members: list[Member]) -> None:
    """The partners' own sides of their keys, for who wants to call the gateway himself."""
    keys = {member.code: member.identity.key for member in members}
    rows = [
        {
            "partner": member.code,
            "name": member.name,
            "keyid": key.keyid,
            "algorithm": key.algorithm,
            "secret": key.secret.decode() if key.algorithm == "sha1" else key.secret.hex(),
        }
        for member in members
        for key in (keys[member.code],)
    ]
    write_private(found.folder / "keys.json", json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def keep_logins(found: Stage, logins: list[Login]) -> None:
    """For `./yifen sim authenticator`, and for who wants to look them up again."""
    rows = [login._asdict() for login in logins]
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    write_private(found.folder / "logins.json", text)


def start_bank(found: Stage, network: SampleNetwork, port: int, cards: list[Card]) -> Child:
    """The bank at which the union has its account: pays what it is told by its port. With cards the town's banks stand
    in its process too."""
    key_file = found.folder / "bank.key"
    write_private(key_file, network.bank.identity.key.secret.decode())
    words = ["--port", str(port), "--code", network.bank.code, "--key", f"@{key_file}",
             "--account", ACCOUNT, "--keeps", MAIN, "--customer", f"{CLOSED_NO}:{CLOSED_NAME}:closed",
             *(town.bank_words(found, network, cards) if cards else [])]  # fmt: skip
    return found.children.start("bank", ["sim", "bank", *words], found.env())


def start_biller(found: Stage, network: SampleNetwork, seed: int, port: int) -> Child:
    """The gas company's own system; it makes its payers from the same seed."""
    gas = next(member for member in network.billers if member.code == REMOTE)
    key_file = found.folder / "biller.key"
    write_private(key_file, gas.identity.key.secret.decode())
    options = {
        "--port": port,
        "--code": REMOTE,
        "--key": f"@{key_file}",
        "--payers": EACH,
        "--seed": seed,
        "--day": network.day.isoformat(),
        "--faults": FAULTS,
    }
    words = [str(word) for option in options.items() for word in option]
    return found.children.start("biller", ["sim", "biller", *words], found.env())
