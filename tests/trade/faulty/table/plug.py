"""A table that no migration makes."""

from yifen.core.facts.plug import Plug, Table

PLUG = Plug(name="tests.trade.faulty.table", tables=(Table("odd_table"),))
