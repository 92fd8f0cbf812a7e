"""A small utility's tables and their whole mapping: the page begins with it, the demo's cable TV has it."""

from pathlib import Path

from yifen.core.facts.sqlfiles import queries

TABLES = queries(__package__)["example_tables"]
MAPPING = Path(__file__).with_name("example.toml").read_text(encoding="utf-8")
# The demo's.
BILLER, NAME, CODE, FILE = "CATV01", "青溪有线电视", "qingxi-tv", "qingxi-tv.db"
ACCOUNT, CHANNELS = "8806000018", ("PHONE", "WXPAY")
