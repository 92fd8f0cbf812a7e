"""Treasury 国库集中支付: vouchers to the agent bank, results, clearing, checks with the treasury, returns."""
