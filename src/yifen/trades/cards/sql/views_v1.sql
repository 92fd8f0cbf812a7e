-- What others than its holder may read of swipes.

-- Official swipes, each of its unit: no row of this view is private, disputed or unmarked. `left_fen`: not claimed yet; below zero:
-- its merchant gave back what was claimed already. Sums are taken here, for who reads it may call no function about any swipe; each
-- where it is told, so that who does not ask for it does not pay for it.
CREATE OR REPLACE VIEW card_official AS
SELECT s.swipe_id, s.bureau_id, k.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount,
    s.merchant, s.mcc, k.at AS marked_at,
    (SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM card_swipe x WHERE x.of_id = s.swipe_id AND x.kind = 'refund') AS refunded_fen,
    (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint FROM card_claim_line n JOIN card_claim m USING (claim_id)
        LEFT JOIN card_repayment r USING (claim_id, line_no)
        WHERE n.swipe_id = s.swipe_id AND m.state IN ('asked', 'approved')) AS claimed_fen,
    s.amount_fen - (SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM card_swipe x WHERE x.of_id = s.swipe_id AND x.kind = 'refund')
        - (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint FROM card_claim_line n
            JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
            WHERE n.swipe_id = s.swipe_id AND m.state IN ('asked', 'approved')) AS left_fen
FROM card_swipe s
JOIN card_mark k ON k.swipe_id = s.swipe_id AND k.mark = 'official'
    AND NOT EXISTS (SELECT FROM card_mark n WHERE n.swipe_id = k.swipe_id AND n.turn > k.turn)
WHERE s.kind = 'cleared';

-- What a kind of posting moves, by the names of card_bureau's accounts. What an advance lent comes back to what was lent.
CREATE OR REPLACE VIEW card_move AS
SELECT * FROM (VALUES
    ('claimed', 'spending', 'owed'), ('lent', 'lent', 'owed'), ('settled', 'spending', 'lent'), ('repaid', 'owed', 'advanced'),
    ('returned', 'advanced', 'spending'), ('returned_cleared', 'back', 'spending'), ('returned_prior', 'advanced', 'prior'),
    ('returned_prior_cleared', 'back', 'prior'))
    AS m (kind, debit, credit);
