"""`yifen migrate`: tables, functions and grants of this version."""

import argparse

from yifen.core import runtime
from yifen.core.facts.processes import OWNER


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings, OWNER) as found:
        runtime.migrate(settings, found.url)
    print("the database is up to date")
    return 0
