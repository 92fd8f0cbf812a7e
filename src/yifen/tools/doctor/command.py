"""`yifen doctor`: settings, folders, key ring, certificate, database, clock, workers: each with what to do."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from yifen.core import runtime
from yifen.core.facts.plug import Text
from yifen.core.facts.processes import EVERYONE, OWNER
from yifen.core.facts.secrets import KeyRingError
from yifen.core.facts.settings import SETTINGS as SETTINGS_TABLE
from yifen.core.facts.settings import Settings
from yifen.tools.doctor import here, saved, there
from yifen.tools.doctor.symptom import Level, Symptom, care, fault

SETTINGS = Text("设置", "settings")
OTHERS = {"YIFEN_VENV", "YIFEN_TESTS"}  # the launcher's and the tests'
SHORT = {name.removeprefix("yifen_"): name for name in (*EVERYONE, OWNER)}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="role", choices=SHORT, default="owner",
                        help="所用地址是谁的（owner：YIFEN_OWNER_URL，能看到的最多）\n"
                             "whose address this is (owner: YIFEN_OWNER_URL, which sees most)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    found = []
    for one in findings(SHORT[args.role]):
        found.append(one)
        level = one.level.value
        print(f"{level.zh} {level.en:5}  {one.what.zh} · {one.what.en}: {one.found}")
        if one.cure:
            print(f"    → {one.cure.zh}\n    → {one.cure.en}")
    faults = [one for one in found if one.level is Level.FAULT]
    if args.json:
        rows = [{"level": one.level.value.en, "what": one.what.en, "found": one.found,
                 "cure": one.cure.en if one.cure else None} for one in found]  # fmt: skip
        print(json.dumps({"ok": not faults, "findings": rows}, ensure_ascii=False))
    return 1 if faults else 0


def findings(role: str) -> Iterator[Symptom]:
    """Of this machine, then of the database as this role comes there."""
    try:
        settings = runtime.settings_of()
    except runtime.EdgeError as error:
        yield fault(SETTINGS, str(error), Text("改正该变量（docs/reference/settings.md）",
                                               "correct it (docs/reference/settings.md)"))  # fmt: skip
        return
    yield from _unknown(os.environ)
    folder = runtime.data_folder(settings)
    yield from here.looked_at(settings, folder, datetime.now(UTC))
    yield from saved.looked_at(settings.backups, datetime.now(UTC))
    yield from _database(settings, folder, role)


def _unknown(env: Mapping[str, str]) -> Iterator[Symptom]:
    """Names that look like settings and are none: mistyped, they count for nothing."""
    known = {row.name for row in SETTINGS_TABLE} | OTHERS
    for name in sorted(name for name in env if name.startswith("YIFEN_") and name not in known):
        yield care(SETTINGS, name, Text("没有这个设置，不起作用", "there is no such setting: it counts for nothing"))


def _database(settings: Settings, folder: Path, role: str) -> Iterator[Symptom]:
    try:
        ring = here.ring_of(settings, folder / "key-ring")
    except (KeyRingError, OSError, UnicodeError):
        ring = None  # said already
    if not (settings.database_url or settings.owner_url):
        try:
            runtime.require_database(settings)
        except runtime.EdgeError as error:
            yield fault(there.DATABASE, str(error), Text(
                "设置 YIFEN_OWNER_URL，或以 ./yifen migrate 建内嵌库；数据丢失时以 ./yifen restore 恢复",
                "set YIFEN_OWNER_URL, or make the embedded one by ./yifen migrate; was there one, ./yifen restore it",
            ))  # fmt: skip
            return
    try:
        with runtime.database(settings, role) as found:
            yield from there.looked_at(settings, found.url, role, ring, datetime.now(UTC))
    except runtime.EdgeError as error:
        yield fault(there.DATABASE, str(error), there.SEE)
