"""`yifen web`: the pages for people, in one process or several."""

import argparse
import os
from urllib.parse import urlsplit

from yifen.core import runtime, starting
from yifen.core.facts.processes import WEB
from yifen.core.plugs import plugs
from yifen.core.runtime import EdgeError
from yifen.tools.cli import listening


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


def check_methods() -> None:
    """EdgeError, a sentence, where the method that takes no money would stand among payers."""
    from django.conf import settings

    from yifen.trades.orders.rules import method_refused

    host = urlsplit(settings.YIFEN_WEB_ORIGIN).hostname or ""
    if why := method_refused(settings.YIFEN_PAY_METHODS, host):
        raise EdgeError(why)


def run(args: argparse.Namespace) -> int:
    runtime.forget_owner()
    settings = runtime.settings_of()
    if listening.restarted(args, settings, settings.web_port):
        return 0
    with runtime.database(settings, WEB) as found:
        runtime.await_migrated(settings, found, WEB)
        os.environ.update(runtime.environment(settings, found.url))
        if args.port:
            os.environ["YIFEN_WEB_PORT"] = str(args.port)
        check_plugs()
        check_methods()
        parts = (plug.name for plug in plugs() if plug.name != "yifen.tools")  # some commands need what pages have not
        listening.listen(args, settings, "yifen.project.asgi:app", settings.web_port, parts)
    return 0
