-- What of its document 128 bits of SHA-256 in the transfer's digest hold; older ones have none.
ALTER TABLE ledger_transfer ADD COLUMN seal uuid;
