"""Pages that cannot be read."""

from yifen.core.facts.plug import Plug, Urls

PLUG = Plug(name="tests.trade.faulty.pages", urls=(Urls("console/", "tests.trade.faulty.pages.urls"),))
