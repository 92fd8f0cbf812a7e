"""The simulated cashier's page: plays the payer's bank app, where YIFEN_PAY_METHODS allows it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.facts.refused import Refused
from yifen.trades.orders import operations
from yifen.trades.orders.methods import Trade, registry, simulated
from yifen.trades.orders.pages.shell import link, show


@allow(Door.PUBLIC)
def cashier(request: HttpRequest, order_no: str) -> HttpResponse:
    """GET shows the amount; POST answer=pay | refuse | silent (pay, but never tell us)."""
    trade = simulated.trade_of(order_no) if registry.simulated_on() else None
    if trade is None or not trade.title:
        raise Http404
    if request.method != "POST":
        return show(request, "cashier", {"trade": trade}, False)
    answer = request.POST.get("answer", "")
    if trade.state == "waiting" and answer in ("pay", "refuse", "silent"):
        found = simulated.decide(order_no, answer != "refuse")
        if answer == "pay" and found.state == "paid":
            _tell(order_no, found)
    return HttpResponseRedirect(link(False, "order", order_no))


def _tell(order_no: str, found: Trade) -> None:
    """The cashier's notice. Refused means that it came too late: the job gives the money back."""
    try:
        operations.money_came(operations.find(order_no), found, edge.now())
    except Refused:
        return
