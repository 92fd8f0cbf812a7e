"""`yifen tally`."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--box", default="all")


def run(args: argparse.Namespace) -> int:
    print(f"boxes: {args.box}")
    return 0
