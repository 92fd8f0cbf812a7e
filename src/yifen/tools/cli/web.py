"""`yifen web`: the pages for people, in one process or several."""

import argparse
import os

from yifen.core import runtime, starting
from yifen.core.facts.processes import WEB
from yifen.tools.cli import listening

THREADS = 16  # a page waits for the database or a biller, not for the processor


def arguments(parser: argparse.ArgumentParser) -> None:
    listening.arguments(parser, "YIFEN_WEB_PORT")


def check_plugs() -> None:
    """All that pages read of the plugs, before anything is served. PlugError, a sentence."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
    starting.set_up()
    with starting.naming("pages"):
        from django.urls import get_resolver

        from yifen.face.desk.transaction import transactions
        from yifen.face.lists.registry import lists_by_name
        from yifen.face.shell.navigation import menu

        lists_by_name(), menu(), transactions(), get_resolver().url_patterns


def run(args: argparse.Namespace) -> int:
    from granian.constants import Interfaces

    runtime.forget_owner()
    settings = runtime.settings_of()
    with runtime.database(settings, WEB) as found:
        runtime.require_migrated(settings, found, WEB)
        os.environ.update(runtime.environment(settings, found.url))
        if args.port:
            os.environ["YIFEN_WEB_PORT"] = str(args.port)
        check_plugs()
        listening.listen(args, "yifen.project.wsgi:app", settings.host, settings.web_port,
                         interface=Interfaces.WSGI, blocking_threads=THREADS)  # fmt: skip
    return 0
