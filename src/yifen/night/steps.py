"""The steps of the end of day 日终, in order.

Each takes a connection in autocommit and the night, works in small transactions of its own, may be
repeated whatever interrupted it, and answers a small result, or raises `night.Waits`.
"""

from yifen.night.closing import close, prove_day, tell_partners
from yifen.night.cutting import cut
from yifen.night.files_in import take_files
from yifen.night.night import Step
from yifen.night.paying import pay_out, settle_days, true_up
from yifen.night.squaring import reconcile, work_off

STEPS: tuple[tuple[str, Step], ...] = (
    ("cut", cut),
    ("files", take_files),
    ("reconcile", reconcile),
    ("repair", work_off),
    ("settle", settle_days),
    ("commission", true_up),
    ("payout", pay_out),
    ("statements", tell_partners),
    ("proof", prove_day),
    ("close", close),
)
AFTER_SIGNATURE = ("settle", "commission", "statements", "proof", "close")
"""What a signature lets go on: no call outside is among them, so it is done where one signs."""
