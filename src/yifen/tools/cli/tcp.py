"""`yifen tcp`: the door of the TCP dialect, a process beside the gateway, in the gateway's role."""

import argparse

from yifen.core.facts.processes import GATEWAY
from yifen.hub.tcp.door import process
from yifen.tools.cli import framed


def arguments(parser: argparse.ArgumentParser) -> None:
    framed.arguments(parser, "YIFEN_TCP_PORT")


def run(args: argparse.Namespace) -> int:
    return framed.run(args, GATEWAY, "tcp_port", process.serve)
