"""A trade's SQL names its own tables and functions, and those of core, hub and face; never another trade's."""

import re
from pathlib import Path

from yifen.core.facts.plug import Plug
from yifen.core.plugs import plugs

SRC = Path(__file__).resolve().parents[2] / "src"
TRADES = "yifen.trades."
_COMMENT = re.compile(r"--.*")
# A table whose name is a plain word is looked for where tables stand: a column may be called so.
_NAMED = re.compile(r"\w*[a-z]_\w+|(?<=FROM )\w+|(?<=JOIN )\w+|(?<=INTO )\w+|(?<=UPDATE )\w+|(?<=REFERENCES )\w+")
_MADE = re.compile(r"CREATE (?:OR REPLACE )?(?:FUNCTION|VIEW|TABLE|SEQUENCE)\s+(?:IF NOT EXISTS\s+)?(\w+)")


def sql_of(plug: Plug) -> dict[str, str]:
    """Its statements and functions by their files, without comments."""
    folder = SRC / plug.name.replace(".", "/")
    return {str(file.relative_to(folder)): _COMMENT.sub("", file.read_text()) for file in folder.rglob("*.sql")}


def names_of(plug: Plug) -> set[str]:
    """What is its own: its tables, and whatever its SQL makes."""
    made = {name for text in sql_of(plug).values() for name in _MADE.findall(text)}
    return made | {table.name for table in plug.tables} | set(plug.functions)


KNOWN = {
    # Money is settled and received by what was reconciled of its day, and by nothing else.
    ("settlement", "reconciliation"): {
        "recon_compared_v1", "recon_difference_v1", "recon_expected", "recon_file", "recon_file_counting",
        "recon_item", "recon_profile", "recon_profile_in_force", "recon_row", "recon_run"},
    ("reconciliation", "settlement"): {"receipt"},  # a repair of a bank's leg asks whether it was received
    ("counter", "reconciliation"): {"recon_chargeback_shown", "recon_item"},  # which returns at the desk no teller made
}  # fmt: skip
"""Which trade reads what of which other one; whoever needs more finds a lower place for it, as `asked` of a plug."""


def test_no_trade_reads_what_is_another_trades():
    trades = [plug for plug in plugs() if plug.name.startswith(TRADES)]
    own = {plug.name: names_of(plug) for plug in trades}
    found: dict[tuple[str, str], set[str]] = {}
    for plug in trades:
        named = {word for text in sql_of(plug).values() for word in _NAMED.findall(text)} - own[plug.name]
        for other in trades:
            if words := named & own[other.name]:
                found[plug.name.removeprefix(TRADES), other.name.removeprefix(TRADES)] = words
    assert len(trades) > 8
    assert found == KNOWN
