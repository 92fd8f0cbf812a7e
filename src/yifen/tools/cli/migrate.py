"""`yifen migrate`: tables, functions and grants of this version."""

import argparse
import sys

from yifen.core import runtime
from yifen.core.facts.processes import OWNER


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-it-stands", action="store_true",
                        help="把他人安装的对象写入审计轨迹，`verify` 不再指出\n"
                             "tell the audit trail what others installed: `verify` names it no more")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings, OWNER, makes=True) as found:
        print("bringing tables, functions and rights up to this version: up to a minute", file=sys.stderr, flush=True)
        runtime.migrate(settings, found.url, args.as_it_stands)
    print("the database is up to date")
    return 0
