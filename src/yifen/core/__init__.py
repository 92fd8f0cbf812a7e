"""What everything stands on: facts, codecs, ledger, audit, people, partners. No word of any trade."""
