"""`yifen bench pos-fuzz`: hostile frames through the codec of the POS door, so many a second on each processor: each a
frame that is written as it was read, or a defined error in bounded time."""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import msgspec
from rich.console import Console

from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_frames import PosFrame, frame_bytes
from yifen.hub.simulators.pos_fuzz import fuzzed
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.report import row, table

RATE_GOAL, SLOWEST_S = 1_000.0, 0.5
PART = 50_000
WHO = {"41": "10000001", "42": "898450180620001", "11": "000001"}
SEEDS = tuple(frame_bytes(PosFrame(WHO | fields)) for fields in (
    {"t": "0800", "60": "00000001003", "63": "303120"},
    {"t": "0100", "3": "360000", "25": "92", "60": "01000001000", "62": "3230313830333034303030303031", "64": "0" * 16},
    {"t": "0200", "2": "6224242300000069", "3": "000000", "4": "000000000500", "14": "2903", "22": "021", "23": "001",
     "25": "00", "26": "12",
     "35": "6224242300000069D29032200000", "49": "156", "52": "0" * 16, "53": "2600000000000000",
     "55": "9F2608", "60": "22000001000", "62": "3230313830333034303030303031", "64": "0" * 16},
    {"t": "0200", "2": "6224242300000069", "3": "000000", "4": "000000000500", "49": "156", "52": "0" * 32,
     "53": "2700000000000000", "55": "9F2608", "60": "22000001000", "62": "3230", "64": "0" * 16},
    {"t": "0400", "3": "000000", "4": "000000000500", "25": "00", "39": "98", "49": "156", "60": "22000001000",
     "61": "0000010000020000", "64": "0" * 16},
    {"t": "0320", "48": "01" + "0" * 40, "60": "00000001201", "64": "0" * 16},
    {"t": "0500", "48": "0" * 62, "49": "156", "60": "00000001201", "63": "303120", "64": "0" * 16},
    {"t": "0210", "4": "000000000500", "37": "000000000001", "38": "AUTH01", "39": "00", "43": "法" * 20, "44": "银行",
     "49": "156", "54": "00", "56": "0000 OK", "60": "22000001000", "64": "0" * 16},
))  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--frames", type=stored_count, default=200_000, metavar="N", help="报文数（默认 200k）\nframes (default 200k)")
    add("--seed", type=int, default=1, help="随机种子（默认 1）\nof the random numbers (default 1)")
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    parts = [PART] * (args.frames // PART) + [args.frames % PART] * (args.frames % PART > 0)
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        found = list(pool.map(partial(fuzzed, SEEDS), parts, range(args.seed, args.seed + len(parts))))
    rate = args.frames / (sum(one.seconds for one in found) / min(cores, len(found)))
    slowest, read = max(one.slowest_s for one in found), sum(one.read for one in found)
    rows = [row("pos frames fuzzed", rate, RATE_GOAL, 1.0, "frames/s"),
            row("slowest frame", 1_000 * slowest, 1_000 * SLOWEST_S, 0.0, "ms")]  # fmt: skip
    Console().print(table(rows))
    print(f"{args.frames:,} frames: {read:,} could be read, {args.frames - read:,} were a defined error")
    if args.json:
        print(json.dumps(msgspec.to_builtins(rows[0]) | {"rows": msgspec.to_builtins(rows)}))
    if slowest > SLOWEST_S:
        raise EdgeError(f"a frame took {slowest:.2f} s")
    return 0
