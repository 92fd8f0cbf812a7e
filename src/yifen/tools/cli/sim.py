"""`yifen sim`: others' systems on this machine, a biller's, a bank's or a company's; or the phone of a demo login."""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import datetime

from yifen.core.facts.days import DayError, parse_day
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.simulators import people
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.faults import KINDS, FaultError, Faults, read_rates, read_script
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.signed_door import SignedDoor
from yifen.tools.cli import (
    given_keys,
    sim_acquirer,
    sim_agent_bank,
    sim_authenticator,
    sim_bank,
    sim_core,
    sim_phone,
    sim_pos,
    sim_scripted,
    sim_sms,
    sim_tax,
    sim_tcp,
    sim_treasury,
    sim_vending,
)

SCRIPTED = {"agent-bank": sim_agent_bank, "bank": sim_bank, "core": sim_core, "tax": sim_tax,
            "treasury": sim_treasury, "vending": sim_vending}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for name, part, meaning in (
        ("acquirer", sim_acquirer, "收单机构：卡的消费、撤销、冲正\nan acquirer: decides on cards, keeps its books"),
        ("agent-bank", sim_agent_bank, "代理银行：公务卡还款、退票\nan agent bank: repays official cards"),
        ("authenticator", sim_authenticator, "试用中某账号的动态码\nthe six digits of a login of the running demo"),
        ("bank", sim_bank, "银行端口：付款、查询、对账单\na bank's port: payments, questions, statements"),
        ("core", sim_core, "核心系统：账户、支票、记账\na bank's core: accounts, cheques, postings"),
        ("phone", sim_phone, "电话银行：按键查欠费、缴费\na phone bank: keys look up and pay bills"),
        ("pos", sim_pos, "POS 终端：按脚本签到、查询、消费、结算\na POS terminal, by a script"),
        ("sms", sim_sms, "短信公司：阿里云和腾讯云的接口\nan SMS company: Alibaba Cloud's and Tencent's interface"),
        ("tax", sim_tax, "数电票平台：开票、红字确认单\na tax platform: electronic invoices, red sheets"),
        ("treasury", sim_treasury, "国库：额度、清算、对账\na treasury: quota, clearing, checks"),
        ("vending", sim_vending, "售电系统：预付费表的卡密\na vending system: tokens of prepaid meters"),
    ):
        part.arguments(kinds.add_parser(name, help=meaning))
    sim_tcp.bank_arguments(kinds.add_parser(
        "tcp-bank", help="按 TCP 报文缴费的银行，按脚本\na bank that pays by the TCP dialect, by a script"))
    sim_tcp.biller_arguments(kinds.add_parser(
        "tcp-biller", help="按 TCP 报文的收费单位\na biller that speaks the TCP dialect"))
    biller = kinds.add_parser("biller", help="收费单位自有系统，两种报文方式\na biller's own system, in both dialects")
    add = biller.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8470,
        help="监听的端口（默认 8470；0：任意）\n"
             "port to listen on (default 8470; 0: any)")  # fmt: skip
    add("--code", default="GAS01", help="收费单位的合作方代码（默认 GAS01）\nthe biller's partner code (default GAS01)")
    given_keys.arguments(biller, Text("本系统", "the hub's"))
    add("--unit", choices=["fen", "yuan"], default="fen",
        help="XML 中金额的单位（默认 fen，分）\n"
             "of amounts in XML (default fen)")  # fmt: skip
    add("--payers", type=int, default=4000, help="缴费人数（默认 4000）\nhow many payers it has (default 4000)")
    add("--category", default="gas",
        help="heat、power、water、gas 或 property（默认 gas）\n"
             "heat, power, water, gas or property (default gas)")  # fmt: skip
    add("--prefix", default="34", help="账号的前几位（默认 34）\nfirst digits of its account numbers (default 34)")
    add("--day", help="账单所依据的日期，yyyy-MM-dd（默认今天）\nthe day its bills hang on, yyyy-MM-dd (default today)")
    add("--seed", type=int, default=1, help="缴费人和故障的随机种子（默认 1）\nseed of payers and faults (default 1)")
    add("--faults", default="",
        help=f"VERB.FAULT=概率,…，例如 late=0.02,drop=0.02；故障：{' '.join(sorted(KINDS))}\n"
             "VERB.FAULT=PROBABILITY,… for example late=0.02,drop=0.02; "
        f"faults: {' '.join(sorted(KINDS))}")  # fmt: skip
    add("--script", default="",
        help="前几笔销账依次遇到的故障：ok,late,drop,…\n"
             "faults of the first charges in turn: ok,late,drop,…")  # fmt: skip
    add("--late-s", type=float, default=2.5,
        help="迟答迟多久（默认 2.5 秒）\n"
             "how late a late answer is (default 2.5 s)")  # fmt: skip
    add("--down-s", type=float, default=2.0,
        help="拒绝连接多久（默认 2 秒）\n"
             "how long it refuses connections (default 2 s)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    if args.kind == "authenticator":
        return sim_authenticator.run(args)
    if args.kind in SCRIPTED:
        doors = SCRIPTED[args.kind].made(args, given_keys.secret_of(args.key), clock)
        serving = serve_scripted(doors, args.host)
    elif args.kind == "sms":
        company = sim_sms.made(args, given_keys.secret_of(args.key), clock)
        serving = sim_sms.serve(company, args.host, args.port)
    elif args.kind in ("acquirer", "pos"):
        serving = {"acquirer": sim_acquirer, "pos": sim_pos}[args.kind].serve(args)
    elif args.kind in ("tcp-bank", "tcp-biller"):
        serving = {"tcp-bank": sim_tcp.serve_bank, "tcp-biller": sim_tcp.serve_biller}[args.kind](args)
    elif args.kind == "phone":
        serving = sim_phone.serve(args, clock)
    else:
        serving = serve(made(args), args.host, args.port, args.code)
    try:
        asyncio.run(serving)
    except OSError as error:
        raise EdgeError(f"{args.host}:{args.port}: {error.strerror or error}") from None
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


async def serve_scripted(doors: Mapping[int, SignedDoor], host: str) -> None:
    """Likewise, each on its port."""
    await sim_scripted.opened(doors, host)
    await asyncio.Event().wait()
