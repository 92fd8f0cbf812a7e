-- What comes back in a later year comes back before its clearing, or behind it, as any other.
ALTER TABLE card_entry DROP CONSTRAINT card_entry_kind_check, ADD CONSTRAINT card_entry_kind_check CHECK (kind IN ('claimed', 'lent',
    'settled', 'repaid', 'returned', 'returned_cleared', 'returned_prior', 'returned_prior_cleared'));
