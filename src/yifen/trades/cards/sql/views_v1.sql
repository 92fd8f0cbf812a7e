-- What others than its holder may read of swipes.

-- Official swipes, each of its unit, as card_official_swipe keeps them: no row of this view is private, disputed or unmarked.
CREATE OR REPLACE VIEW card_plain AS
SELECT s.swipe_id, s.bureau_id, s.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount,
    s.merchant, s.mcc, s.marked_at
FROM card_official_swipe s;

-- Files that a bureau handed in itself: of words all that pages open.
CREATE OR REPLACE VIEW card_handed WITH (security_barrier) AS
SELECT w.word_id, w.body FROM card_word w WHERE w.kind = 'hand';

-- The same with what became of each. `left_fen`: not claimed yet; below zero: its merchant gave back what was claimed already. Sums are
-- taken here, for who reads it may call no function about any swipe; each where it is told, so that who does not ask for it does not
-- pay for it.
CREATE OR REPLACE VIEW card_official AS
SELECT s.*,
    (SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM card_refund_part x WHERE x.swipe_id = s.swipe_id) AS refunded_fen,
    (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint FROM card_claim_line n JOIN card_claim m USING (claim_id)
        LEFT JOIN card_repayment r USING (claim_id, line_no)
        WHERE n.swipe_id = s.swipe_id AND m.state IN ('asked', 'approved')) AS claimed_fen,
    s.amount_fen - (SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM card_refund_part x WHERE x.swipe_id = s.swipe_id)
        - (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint FROM card_claim_line n
            JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
            WHERE n.swipe_id = s.swipe_id AND m.state IN ('asked', 'approved')) AS left_fen,
    (SELECT max(r.swiped_at) FROM card_refund_part x JOIN card_swipe r ON r.swipe_id = x.refund_id WHERE x.swipe_id = s.swipe_id)
        AS refunded_at
FROM card_plain s;

-- What a kind of posting moves, by the names of card_bureau's accounts. What an advance lent comes back to what was lent.
CREATE OR REPLACE VIEW card_move AS
SELECT * FROM (VALUES
    ('claimed', 'spending', 'owed'), ('lent', 'lent', 'owed'), ('settled', 'spending', 'lent'), ('repaid', 'owed', 'advanced'),
    ('returned', 'advanced', 'spending'), ('returned_cleared', 'back', 'spending'), ('returned_prior', 'advanced', 'prior'),
    ('returned_prior_cleared', 'back', 'prior'), ('returned_unpaid', 'owed', 'spending'))
    AS m (kind, debit, credit);

-- What of an official swipe is to be repaid, part by part, and when each step of it was done: what nobody claimed yet, and each line
-- of a claim that stands. Days are those of the bureau's clock.
CREATE OR REPLACE VIEW card_part AS
SELECT o.swipe_id, o.bureau_id, o.posted_on, NULL::bigint AS claim_id, NULL::smallint AS line_no, o.left_fen AS amount_fen,
    NULL::date AS filed_on, NULL::date AS approved_on, NULL::date AS sent_on, NULL::date AS paid_on
FROM card_official o WHERE o.left_fen > 0
UNION ALL
SELECT o.swipe_id, o.bureau_id, o.posted_on, n.claim_id, n.line_no, n.amount_fen - coalesce(r.returned_fen, 0),
    (m.asked_at AT TIME ZONE k.time_zone)::date, (e.at AT TIME ZONE k.time_zone)::date,
    (coalesce(r.sent_at, r.paid_at) AT TIME ZONE k.time_zone)::date, (r.paid_at AT TIME ZONE k.time_zone)::date
FROM card_official o JOIN card_claim_line n USING (swipe_id) JOIN card_claim m ON m.claim_id = n.claim_id AND m.state IN ('asked', 'approved')
JOIN partner p ON p.id = o.bureau_id JOIN ledger_book k ON k.book_id = p.book_id
LEFT JOIN card_repayment r ON r.claim_id = n.claim_id AND r.line_no = n.line_no
LEFT JOIN card_entry e ON e.claim_id = n.claim_id AND e.line_no = n.line_no AND e.kind IN ('claimed', 'lent')
WHERE n.amount_fen > coalesce(r.returned_fen, 0);

-- Hits that may be seen: each of their swipes is official, of their unit, by its newest mark. `is_settled`: all of what was to be repaid
-- is, of one that is about that.
CREATE OR REPLACE VIEW card_hit_seen AS
SELECT h.hit_id, h.bureau_id, h.unit_id, h.person_id, h.card_id, h.kind, h.rule_from, h.swipes, h.claim_id, h.amount_fen, h.on_day,
    h.facts, h.how, h.found_at, h.decision, h.decided_at, h.decided_by, h.note, (h.facts ->> 'due')::date AS due_on,
    h.kind = 'near_due' AND NOT EXISTS (SELECT FROM card_part x WHERE x.swipe_id = h.swipes[1] AND x.paid_on IS NULL) AS is_settled
FROM card_hit h
WHERE NOT EXISTS (SELECT FROM unnest(h.swipes) x (swipe_id) WHERE NOT EXISTS (SELECT FROM card_plain o
    WHERE o.swipe_id = x.swipe_id AND o.unit_id = h.unit_id));

-- What of an overdue hit's swipe was late by a day, or is, and by whom: the first whose own day went by: the holder with his claim, who
-- signs it, the cashier with the voucher, the bank.
CREATE OR REPLACE VIEW card_late AS
SELECT h.hit_id, h.bureau_id, h.unit_id, h.person_id, h.card_id, x.swipe_id, x.claim_id, x.line_no, x.amount_fen, h.due_on, x.filed_on,
    x.approved_on, x.sent_on, x.paid_on, CASE WHEN x.filed_on IS NULL OR x.filed_on > h.due_on - r.claim_days THEN 'holder'
        WHEN x.approved_on IS NULL OR x.approved_on > h.due_on - r.pay_days THEN 'signer'
        WHEN x.sent_on IS NULL OR x.sent_on > h.due_on - r.pay_days THEN 'cashier' ELSE 'bank' END AS late_by, r.rate_ppm
FROM card_hit_seen h JOIN card_part x ON x.swipe_id = h.swipes[1]
JOIN card_watch_rule r ON r.bureau_id = h.bureau_id AND r.valid_from = h.rule_from
WHERE h.kind = 'overdue' AND (x.paid_on IS NULL OR x.paid_on > h.due_on);
