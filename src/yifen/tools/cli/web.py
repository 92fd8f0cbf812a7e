"""`yifen web`: the pages for people, in one process or several."""

import argparse
import os

from yifen.core import runtime
from yifen.tools.cli import listening

THREADS = 16  # a page waits for the database or a biller, not for the processor


def arguments(parser: argparse.ArgumentParser) -> None:
    listening.arguments(parser, "YIFEN_WEB_PORT")


def run(args: argparse.Namespace) -> int:
    from granian.constants import Interfaces

    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        os.environ.update(runtime.environment(settings, found))
        os.environ.pop("YIFEN_OWNER_URL", None)  # people work as the restricted role
        if args.port:
            os.environ["YIFEN_WEB_PORT"] = str(args.port)
        listening.listen(args, "yifen.project.wsgi:app", settings.host, settings.web_port,
                         interface=Interfaces.WSGI, blocking_threads=THREADS)  # fmt: skip
    return 0
