"""`yifen serve`: the gateway, in one process or several."""

import argparse
import os

from yifen.core import runtime, starting
from yifen.core.facts.processes import GATEWAY
from yifen.tools.cli import listening


def arguments(parser: argparse.ArgumentParser) -> None:
    listening.arguments(parser, "YIFEN_PORT")


def run(args: argparse.Namespace) -> int:
    runtime.forget_owner()
    settings = runtime.settings_of()
    if listening.restarted(args, settings, settings.port):
        return 0
    with runtime.database(settings, GATEWAY) as found:
        runtime.checked_when_there(settings, found, GATEWAY)
        os.environ.update(runtime.environment(settings, found.url))
        os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
        starting.set_up()  # not for the gateway's own processes: a list of trades is whole or not used
        if args.port:
            os.environ["YIFEN_PORT"] = str(args.port)
        listening.listen(args, settings, "yifen.hub.doors.asgi:app", settings.port, ("yifen.core", "yifen.hub"),
                         settings.front)  # fmt: skip
    return 0
