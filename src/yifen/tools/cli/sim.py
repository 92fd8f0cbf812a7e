"""`yifen sim`: a biller's own system, a bank or an SMS company on this machine, or the phone of a demo login."""

import argparse
import asyncio
from datetime import datetime

from yifen.core.facts.days import DayError, parse_day
from yifen.core.runtime import EdgeError
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.simulators import people
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.faults import KINDS, FaultError, Faults, read_rates, read_script
from yifen.hub.simulators.identity import Identity
from yifen.tools.cli import given_keys, sim_authenticator, sim_bank, sim_sms


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    sim_authenticator.arguments(
        kinds.add_parser("authenticator", help="the six digits of a login of the running demo")
    )
    sim_bank.arguments(
        kinds.add_parser("bank", help="a bank's port: payments, questions, statements")
    )
    sim_sms.arguments(kinds.add_parser("sms", help="an SMS company: Alibaba Cloud's and Tencent Cloud's interface"))
    biller = kinds.add_parser("biller", help="a biller's own system, in both dialects")
    add = biller.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8470, help="port to listen on (default 8470; 0: any)")
    add("--code", default="GAS01", help="the biller's partner code (default GAS01)")
    given_keys.arguments(biller, "the hub's")
    add("--unit", choices=["fen", "yuan"], default="fen", help="of amounts in XML (default fen)")
    add("--payers", type=int, default=4000, help="how many payers it has (default 4000)")
    add("--category", default="gas", help="heat, power, water, gas or property (default gas)")
    add("--prefix", default="34", help="first digits of its account numbers (default 34)")
    add("--day", help="the day its bills hang on, yyyy-MM-dd (default today)")
    add("--seed", type=int, default=1, help="seed of payers and faults (default 1)")
    add("--faults", default="", help="VERB.FAULT=PROBABILITY,… for example late=0.02,drop=0.02; "
        f"faults: {' '.join(sorted(KINDS))}")  # fmt: skip
    add("--script", default="", help="faults of the first charges in turn: ok,late,drop,…")
    add("--late-s", type=float, default=2.5, help="how late a late answer is (default 2.5 s)")
    add("--down-s", type=float, default=2.0, help="how long it refuses connections (default 2 s)")


def run(args: argparse.Namespace) -> int:
    if args.kind == "authenticator":
        return sim_authenticator.run(args)
    if args.kind == "bank":
        bank = sim_bank.made(args, given_keys.secret_of(args.key), clock)
        serving = sim_bank.serve(bank, args.host, args.port, args.code)
    elif args.kind == "sms":
        company = sim_sms.made(args, given_keys.secret_of(args.key), clock)
        serving = sim_sms.serve(company, args.host, args.port)
    else:
        serving = serve(made(args), args.host, args.port, args.code)
    try:
        asyncio.run(serving)
    except OSError as error:
        raise EdgeError(f"{args.host}:{args.port}: {error.strerror}") from None
    except KeyboardInterrupt:
        pass
    return 0


def clock() -> datetime:
    """The one place where the simulator reads the time."""
    return datetime.now(HUB_ZONE)


def made(args: argparse.Namespace) -> SimulatedBiller:
    """The biller that the arguments describe. EdgeError."""
    key, hub_key = given_keys.pair_of(args, args.code)
    dialect = "xml" if key is hub_key else "json"
    identity = Identity(partner=args.code, dialect=dialect, key=key, reply_key=hub_key,
                        unit=args.unit)  # fmt: skip
    try:
        day = parse_day(args.day) if args.day else clock().date()
        faults = Faults(read_rates(args.faults), read_script(args.script), args.seed)
    except (DayError, FaultError) as error:
        raise EdgeError(str(error)) from None
    payers = people.payers(args.category, args.prefix, args.payers, args.seed, day)
    return SimulatedBiller(identity, BillerBooks(args.code, payers), faults, clock,
                  late_s=args.late_s, down_s=args.down_s)  # fmt: skip


async def serve(biller: SimulatedBiller, host: str, port: int, code: str) -> None:
    """Until it is stopped."""
    found = await biller.open(host, port)
    print(f"{code} listens on http://{host}:{found}", flush=True)
    await asyncio.Event().wait()
