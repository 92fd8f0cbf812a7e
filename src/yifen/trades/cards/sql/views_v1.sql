-- What others than its holder may read of swipes.

-- Official swipes, each of its unit, with what became of each. `left_fen`: not claimed yet; below zero: its merchant gave back what
-- was claimed already. Rows are those of card_official_swipe, which holds no private one; sums are taken here, for who reads it may call
-- no function about any swipe.
CREATE OR REPLACE VIEW card_official AS
SELECT s.swipe_id, s.bureau_id, s.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount,
    s.merchant, s.mcc, s.marked_at, b.refunded_fen, l.claimed_fen, s.amount_fen - b.refunded_fen - l.claimed_fen AS left_fen
FROM card_official_swipe s
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0)::bigint AS refunded_fen FROM card_swipe x
    WHERE x.of_id = s.swipe_id AND x.kind = 'refund') b
CROSS JOIN LATERAL (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint AS claimed_fen
    FROM card_claim_line n JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.swipe_id = s.swipe_id AND m.state IN ('asked', 'approved')) l;

-- Files that a bureau handed in itself: of words all that pages open.
CREATE OR REPLACE VIEW card_handed WITH (security_barrier) AS
SELECT w.word_id, w.body FROM card_word w WHERE w.kind = 'hand';

-- What a kind of posting moves, by the names of card_bureau's accounts. What an advance lent comes back to what was lent.
CREATE OR REPLACE VIEW card_move AS
SELECT * FROM (VALUES
    ('claimed', 'spending', 'owed'), ('lent', 'lent', 'owed'), ('settled', 'spending', 'lent'), ('repaid', 'owed', 'advanced'),
    ('returned', 'advanced', 'spending'), ('returned_cleared', 'back', 'spending'), ('returned_prior', 'advanced', 'prior'),
    ('returned_prior_cleared', 'back', 'prior'), ('returned_unpaid', 'owed', 'spending'))
    AS m (kind, debit, credit);
