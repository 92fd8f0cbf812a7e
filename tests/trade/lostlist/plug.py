"""Names a list that is not there."""

from yifen.core.facts.plug import Plug

PLUG = Plug(name="tests.trade.lostlist", lists=("yifen.face.today:GONE",))
