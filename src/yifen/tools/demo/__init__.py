"""`yifen demo`: a sample network, payments through the real gateway, a closed and proved day."""

import argparse
import json
import signal
import time
from pathlib import Path
from typing import Any

import msgspec

from yifen.core import runtime
from yifen.hub.gaps import DayGap
from yifen.tools.demo.screen import DemoScreen

PAYMENTS_MAX = 10_000
DAYS, DAYS_MAX = 21, 60


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--once", action="store_true", help="自检后退出，不再运行\nend after the checks instead of staying up")
    add("--json", action="store_true",
        help="以一行 JSON 输出结果；与 --once 同用时是末行\n"
             "the result as one line of JSON; with --once the last")  # fmt: skip
    add("--payments", type=payments, default=3_000, metavar="N",
        help=f"各渠道缴费笔数（默认 3000，最多 {PAYMENTS_MAX}）\n"
             f"how many payments the channels make (default 3000, at most {PAYMENTS_MAX})")  # fmt: skip
    add("--days", type=days, metavar="N",
        help=f"今天之前的小会计日，各由其日终关闭（默认 {DAYS}，与 --once 同用时没有）\n"
             f"small days behind today, each closed by its night (default {DAYS}, with --once none)")  # fmt: skip
    add("--seed", type=int, default=1,
        help="网络、流量和故障的随机种子\n"
             "seed of the network, the traffic and the faults")  # fmt: skip
    add("--replay", type=Path, metavar="FILE",
        help="以银联 ZM 文件作为当日流量\n"
             "a UnionPay ZM file as the day's traffic")  # fmt: skip
    add("--day",
        help="该文件的会计日期，yyyy-MM-dd（默认取自文件名）\n"
             "the file's business day, yyyy-MM-dd (default: the one in its name)")  # fmt: skip


def payments(text: str) -> int:
    number = int(text)
    if not 1 <= number <= PAYMENTS_MAX:
        raise argparse.ArgumentTypeError(f"1 to {PAYMENTS_MAX}")
    return number


def days(text: str) -> int:
    number = int(text)
    if not 0 <= number <= DAYS_MAX:
        raise argparse.ArgumentTypeError(f"0 to {DAYS_MAX}")
    return number


def run(args: argparse.Namespace) -> int:
    screen = DemoScreen(time.monotonic())
    if args.days is None:
        args.days = 0 if args.once else DAYS
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's & has it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    settings = runtime.settings_of()
    if args.replay:
        from yifen.tools.demo import replay as show
    else:
        from yifen.tools.demo import network as show  # type: ignore[no-redef]
    return int(show.run(args, settings, screen))


def finish(args: argparse.Namespace, screen: DemoScreen, result: dict[str, Any]) -> int:
    """Problems first, then the line of JSON; the exit code."""
    result["seconds"] = round(screen.seconds(), 1)
    if screen.parts:
        result["parts"] = screen.parts
    problems = result["problems"]
    for problem in problems[:20]:
        screen.console.print(f"[red]does not agree:[/red] {problem}", soft_wrap=True)
    screen.say("[red]something does not agree[/red]" if problems else outcome(result.get("gaps", [])))
    if args.json:
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return 1 if problems else 0


def outcome(gaps: list[dict[str, Any]]) -> str:
    """"一分不差" only of a day without a gap; else what its night left, a line a reason."""
    if not gaps:
        return "[green]everything agrees, to the fen 一分不差[/green]"
    lines = [msgspec.convert(gap, DayGap).text("en") for gap in gaps]
    return "\n".join(["[yellow]our books add up; with others' there is a gap 有差额:[/yellow]",
                      *(f"          {line}" for line in lines)])  # fmt: skip
