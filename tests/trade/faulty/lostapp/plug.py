"""A Django app that is not there."""

from yifen.core.facts.plug import Plug

PLUG = Plug(name="tests.trade.faulty.lostapp", apps=("tests.trade.faulty.lostapp.gone",))
