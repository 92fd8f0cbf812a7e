"""What reconciliation brings."""

from yifen.core.plug import Plug

PLUG = Plug(
    name="trades.reconciliation",
    payment_facts=("yifen.trades.reconciliation.pages.payment:facts",),
)
