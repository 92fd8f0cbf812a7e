"""`yifen serve`: the gateway, in one process or several."""

import argparse
import os

from yifen.core import runtime
from yifen.tools.cli import listening


def arguments(parser: argparse.ArgumentParser) -> None:
    listening.arguments(parser, "YIFEN_PORT")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        os.environ.update(runtime.environment(settings, found))
        if args.port:
            os.environ["YIFEN_PORT"] = str(args.port)
        listening.listen(args, "yifen.hub.doors.asgi:app", settings.host, settings.port)
    return 0
