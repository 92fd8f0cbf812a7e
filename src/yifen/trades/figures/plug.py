"""What figures 统计 bring: what was billed, collected and is owing, by every dimension; reports; what collecting costs."""

from yifen.core.facts.plug import Plug
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.columns import VIEWS

PLUG = Plug(
    name="yifen.trades.figures",
    builds_on=("yifen.trades.billing", "yifen.trades.counter", "yifen.trades.orders"),
    apps=("yifen.trades.figures",),
    readable=tuple(view.name for view in VIEWS),
    codes=(FigureCode,),
)
