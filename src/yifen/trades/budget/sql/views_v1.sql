-- What entries move.

-- What a kind of entry moves: from which account of the bureau to which, and what of the indicator falls and rises.
CREATE OR REPLACE VIEW budget_move AS
SELECT * FROM (VALUES
    ('granted', 'granted', 'free'), ('carried', 'granted', 'free'), ('cut', 'free', 'granted'), ('lapsed', 'free', 'granted'),
    ('arrived', 'free', 'quota'), ('withdrawn', 'quota', 'free'), ('held', 'quota', 'held'), ('released', 'held', 'quota'),
    ('posted', 'held', 'used'), ('restored', 'used', 'quota')) AS m (kind, debit, credit);
