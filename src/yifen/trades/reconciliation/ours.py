"""Our side of a leg as one SELECT: payments and returns of a day, or what we expect at a bank.

Columns: kind, serial (the key of the leg, unique), amount_fen, at (local), payment_id,
expected_id, undecided, original, account_no, batch. Parameters: partner, day.
An undecided payment is one whose end the biller still owes us (H4): only its file can decide it.
"""

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
OF_PARTY = {
    "channel": _SQL["ours_channel"], "biller": _SQL["ours_biller"], "bank": _SQL["ours_bank"],
}  # fmt: skip
