"""`yifen migrate`: tables, functions and grants of this version."""

import argparse

from yifen.core import runtime


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.migrate(settings, found)
    print("the database is up to date")
    return 0
