"""Keep the WAL beside the backups as it is written: what came after the last base is then restored too."""

import signal
import subprocess
from pathlib import Path

from yifen.core.facts.private import make_private
from yifen.core.incoming.leaving import end_with_parent
from yifen.core.runtime import EdgeError
from yifen.tools.backup.manifest import WAL
from yifen.tools.backup.programs import CopySource, Programs

SLOT = "yifen_backup"
"""The server keeps what this one has not read yet, up to its `max_slot_wal_keep_size`."""


def follow(source: CopySource, folder: Path, tools: Programs) -> int:
    """Until SIGTERM; a server that goes away is waited for. The exit code. EdgeError."""
    wal = make_private(folder / WAL)
    words = (f"--directory={wal}", f"--slot={SLOT}", "--status-interval=1")
    program = tools.path("pg_receivewal")
    command, env = source.command(program, *words, "--create-slot", "--if-not-exists")
    made = subprocess.run(command, env=env, capture_output=True, text=True)
    if made.returncode:
        raise EdgeError(f"pg_receivewal: {made.stderr.strip()[-600:]}")
    command, env = source.command(program, *words)
    child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, preexec_fn=end_with_parent)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: child.terminate())
    return child.wait()
