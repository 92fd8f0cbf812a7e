"""`yifen anchor`: where the chains stand, to a file or an address that the application cannot alter."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from yifen.core import runtime
from yifen.core.facts.processes import OWNER
from yifen.hub.payments.proof import anchors


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="FILE|URL",
                        help="追加到文件，或发送到地址；不给则打印\n"
                             "append to a file, or post to an address; none: print it")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings, OWNER) as found:
        runtime.require_migrated(settings, found, OWNER)
        with psycopg.connect(found.url, options="-c default_transaction_read_only=on") as conn:
            anchor = anchors.take(conn, datetime.now(UTC))
    try:
        keep(args.to, anchor)
    except anchors.AnchorLost as lost:
        raise runtime.EdgeError(f"anchor: {lost}") from None
    return 0


def keep(to: str | None, anchor: anchors.Anchor) -> None:
    """Where it was asked for. AnchorLost."""
    if to is None:
        sys.stdout.write(anchors.line(anchor).decode())
    elif to.startswith(("http://", "https://")):
        anchors.post(to, anchor)
    else:
        anchors.append(Path(to), anchor)
