"""What the treasury 国库集中支付 brings: vouchers to the agent bank, results, clearing, checks, returns."""

from yifen.core.facts.plug import Plug
from yifen.trades.treasury.codes import TreasuryCode

PLUG = Plug(
    name="yifen.trades.treasury",
    builds_on=("yifen.trades.budget",),
    codes=(TreasuryCode,),
)
