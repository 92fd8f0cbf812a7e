"""`yifen pos`: the door of POS terminals, a process beside the gateway, in a role of its own."""

import argparse

from yifen.core.facts.processes import POS
from yifen.hub.pos.door import process
from yifen.tools.cli import framed


def arguments(parser: argparse.ArgumentParser) -> None:
    framed.arguments(parser, "YIFEN_POS_PORT")


def run(args: argparse.Namespace) -> int:
    return framed.run(args, POS, "pos_port", process.serve)
