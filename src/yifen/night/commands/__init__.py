"""`yifen cut` and `yifen eod`."""
