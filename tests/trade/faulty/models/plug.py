"""A Django app whose tables cannot be read."""

from yifen.core.facts.plug import Plug

PLUG = Plug(name="tests.trade.faulty.models", apps=("tests.trade.faulty.models",))
