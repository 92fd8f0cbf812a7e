"""The counter 柜面: what tellers do with money by hand. Operations only; the pages are in `desk`."""
