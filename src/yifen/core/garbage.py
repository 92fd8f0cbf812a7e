"""The garbage collector 垃圾回收 of a process that serves: what it has when it begins stays as long as it does.

Nearly all that a request makes goes by its count of references; walking through code and tables again and
again, twice a second and longer each time, frees nothing.
"""

import gc

THRESHOLDS = (50_000, 20, 50)
"""Containers that came and did not go before a look at the young ones; of those looks, at the older ones."""


def settle() -> None:
    """What there is now is never walked through again; what comes is looked at seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
