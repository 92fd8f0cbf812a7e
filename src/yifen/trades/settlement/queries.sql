-- Statements of settlement: terms, days, the bank's port, and verifying its documents.

-- name: agreement_of_day
-- The one in force, with the day on which the next begins.
SELECT agreement_id, measure, period, min_fen, cap_fen, mode, valid_from, lag_days, make_up_days,
       payout, next_valid_from
FROM agreement_in_force
WHERE biller_id = %(biller)s AND valid_from <= %(day)s
    AND (next_valid_from IS NULL OR next_valid_from > %(day)s)

-- name: tiers
-- From the lowest on.
SELECT from_measure, rate_ppm, each_fen FROM agreement_tier
WHERE agreement_id = %s ORDER BY from_measure

-- name: shares
-- Who gets which part of what the biller is settled.
SELECT beneficiary_id, share_ppm FROM merchant_split WHERE merchant_id = %s

-- name: places_above
-- The biller and all above it; a circle ends where it began.
WITH RECURSIVE up (biller_id, parent_id, pooled, seen) AS (
    SELECT biller_id, parent_id, pooled, ARRAY[biller_id] FROM merchant WHERE biller_id = %s
    UNION ALL
    SELECT m.biller_id, m.parent_id, m.pooled, u.seen || m.biller_id
    FROM up u JOIN merchant m ON m.biller_id = u.parent_id WHERE m.biller_id <> ALL (u.seen)
)
SELECT biller_id, parent_id, pooled FROM up

-- name: calendar_days
-- Only days that are not what their weekday says.
SELECT day, kind FROM calendar_day WHERE day BETWEEN %s AND %s

-- name: bank_port
-- A bank that is asked by machine, with its newest key that counts now.
SELECT b.endpoint, p.code, k.version, k.secret
FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE b.partner_id = %s AND b.endpoint <> '' AND NOT p.suspended AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %s AND (k.valid_until IS NULL OR k.valid_until > %s)
ORDER BY k.version DESC LIMIT 1

-- name: settlements_altered
-- What moved, and what of it went on to others, as posted transfers of the one document.
WITH parts AS (
    SELECT document_id, sum(amount_fen) AS whole,
           sum(amount_fen) FILTER (WHERE reason IN ('pooled', 'split')) AS passed_on
    FROM settlement_part GROUP BY 1
)
SELECT 'settlement ' || s.document_id, CASE
    WHEN s.moved_fen + coalesce(p.passed_on, 0) <> coalesce(t.posted, 0)
        THEN 'moved ' || s.moved_fen || ' and passed on ' || coalesce(p.passed_on, 0)
             || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN coalesce(p.whole, 0) <> s.moved_fen
        THEN 'has parts of ' || coalesce(p.whole, 0) || ' fen, it moved ' || s.moved_fen
    WHEN s.moved_fen > 0 AND NOT EXISTS (
            SELECT FROM document_transfer x JOIN biller b ON b.transit_id = x.debit_id
            WHERE x.reference_id = s.document_id AND b.partner_id = s.biller_id
            HAVING sum(x.amount_fen) = s.moved_fen)
        THEN 'did not take its money from the transit account of biller ' || s.biller_id
    END
FROM settlement s LEFT JOIN parts p USING (document_id)
LEFT JOIN document_transfers t ON t.document_id = s.document_id

-- name: figures_altered
-- The figures of the day, from which commission was worked out; out of the tables, for nothing here
-- trusts what the database keeps as code.
SELECT 'settlement ' || s.document_id, CASE
    WHEN (s.payments, s.amount_fen) IS DISTINCT FROM (coalesce(f.n, 0), coalesce(f.fen, 0))
        THEN 'counts ' || s.payments || ' payments of ' || s.amount_fen || ' fen, the books '
             || coalesce(f.n, 0) || ' of ' || coalesce(f.fen, 0) END
FROM settlement s LEFT JOIN (
    SELECT biller_id, day, sum(n) AS n, sum(fen) AS fen FROM (
        SELECT biller_id, business_day AS day, count(*) AS n, sum(amount_fen) AS fen
        FROM payment WHERE booked_at IS NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT y.biller_id, r.business_day, -count(*) FILTER (WHERE r.left_fen = 0), -sum(r.amount_fen)
        FROM payment_return r JOIN payment y
            ON y.bucket = r.bucket AND y.payment_id = r.payment_id
        WHERE r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL GROUP BY 1, 2) u
    GROUP BY 1, 2) f ON f.biller_id = s.biller_id AND f.day = s.business_day
WHERE s.business_day > (SELECT until_day FROM ledger_archived)

-- name: commissions_altered
-- What was charged, in the ledger and on the settlement of its day.
SELECT 'commission ' || c.document_id, CASE
    WHEN abs(c.fee_fen) <> coalesce(t.posted, 0)
        THEN 'charges ' || c.fee_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN c.reason = 'day' AND c.fee_fen IS DISTINCT FROM s.commission_fen
        THEN 'charges ' || c.fee_fen || ' fen, its settlement says '
             || coalesce(s.commission_fen::text, 'nothing') END
FROM commission c LEFT JOIN document_transfers t ON t.document_id = c.document_id
LEFT JOIN settlement s ON s.biller_id = c.biller_id AND s.business_day = c.business_day

-- name: payouts_altered
-- Its state follows from its transfers, its accounts and its last event do too.
SELECT 'payout ' || y.document_id, CASE
    WHEN y.amount_fen IS DISTINCT FROM t.pending
        THEN 'pays ' || y.amount_fen || ' fen, its transfers ' || coalesce(t.pending, 0)
    WHEN y.state::text IS DISTINCT FROM CASE
            WHEN t.contra = t.post AND t.post = t.pending THEN 'returned'
            WHEN t.void = t.pending AND t.post IS NULL THEN 'returned'
            WHEN t.post = t.pending AND t.void IS NULL AND t.contra IS NULL THEN 'done'
            WHEN t.post IS NULL AND t.void IS NULL AND y.state NOT IN ('done', 'returned')
                THEN y.state::text END
        THEN 'is ' || y.state || ', its transfers say otherwise'
    WHEN EXISTS (SELECT FROM document_transfer x WHERE x.reference_id = y.document_id
            AND (x.debit_id, x.credit_id) <> (y.debit_id, y.credit_id)
            AND (x.debit_id, x.credit_id) <> (y.credit_id, y.debit_id))
        THEN 'has transfers between other accounts'
    WHEN (SELECT e.state FROM payout_event e WHERE e.document_id = y.document_id
          ORDER BY e.event_id DESC LIMIT 1) IS DISTINCT FROM y.state
        THEN 'is ' || y.state || ', its last event says otherwise' END
FROM payout y LEFT JOIN document_transfers t ON t.document_id = y.document_id

-- name: receipts_altered
-- Nothing has moved before it arrived; then bank and fee.
SELECT 'receipt ' || r.document_id, CASE
    WHEN coalesce(t.posted, 0) <> CASE r.state WHEN 'arrived'
            THEN abs(r.net_fen) + r.fee_fen ELSE 0 END
        THEN 'is ' || r.state || ' with ' || r.net_fen || ' and ' || r.fee_fen
             || ' fen, its transfers ' || coalesce(t.posted, 0) END
FROM receipt r LEFT JOIN document_transfers t ON t.document_id = r.document_id

-- name: partners
-- By id, for what is told of them.
SELECT id, code, institution_id FROM partner WHERE book_id = %s

-- name: time_zone
-- A payout is due by the calendar of the book's place.
SELECT time_zone FROM ledger_book WHERE book_id = %s

-- name: money_to_expect
-- Channels' days that agree and whose money is not expected yet. Whose file is the truth owes what we
-- have and all that differs, as repair reckons it (a sale that a file lists as void is no money).
-- The bank is the one whose account the profile names, else the only one of the book.
SELECT p.partner_id, p.institution_id, f.business_day, b.partner_id, f.fee_fen,
       CASE p.truth WHEN 'theirs' THEN u.ours_fen + coalesce((
           SELECT sum(recon_difference_v1(i)) FROM recon_item i
           WHERE i.partner_id = p.partner_id AND i.business_day = f.business_day
               AND i.closed_by IS DISTINCT FROM 'gone' AND NOT EXISTS (SELECT FROM recon_run v
                   WHERE v.run_id = i.run_id AND v.void_at IS NOT NULL)), 0)
       END::bigint
FROM recon_profile_in_force p
JOIN LATERAL (SELECT x.business_day, array_agg(x.file_id ORDER BY x.file_id) AS files,
        sum(x.fee_fen)::bigint AS fee_fen
    FROM recon_file_counting x WHERE x.partner_id = p.partner_id AND x.business_day <= %(day)s
    GROUP BY x.business_day) f ON true
JOIN LATERAL (SELECT x.ours_fen FROM recon_run x WHERE x.business_day = f.business_day
    AND x.partner_id = p.partner_id AND x.files = f.files AND x.ended_at IS NOT NULL AND x.void_at IS NULL
    ORDER BY x.run_id DESC LIMIT 1) u ON true
JOIN LATERAL (SELECT k.partner_id, count(*) OVER () AS banks, k.account_id
    FROM bank k JOIN ledger_account a USING (account_id) WHERE a.book_id = p.book_id) b
    ON b.account_id = p.bank_account_id OR p.bank_account_id IS NULL AND b.banks = 1
WHERE p.described AND p.book_id = %(book)s AND p.party = 'channel'
    AND NOT EXISTS (SELECT FROM receipt c
        WHERE c.channel_id = p.partner_id AND c.business_day = f.business_day)
    AND (%(signed)s OR recon_compared_v1(p.partner_id, f.business_day) AND NOT EXISTS (SELECT FROM recon_item i WHERE i.partner_id = p.partner_id
        AND i.business_day = f.business_day AND i.state IN ('open', 'proposed', 'doing')))
ORDER BY f.business_day, p.partner_id

-- name: banks
-- Of the book, by its accounts.
SELECT b.partner_id, p.code, p.institution_id FROM bank b
JOIN partner p ON p.id = b.partner_id JOIN ledger_account a USING (account_id)
WHERE a.book_id = %s ORDER BY b.partner_id

-- name: rested
-- What a partner's file of a day let happen: settlements that nobody signed, of the partner or of a biller that the
-- channel collects for; the channel's money of the day; what a bank's file showed and no other has since.
SELECT 'settlement', p.code, s.moved_fen, -s.document_id
FROM settlement s JOIN partner p ON p.id = s.biller_id
WHERE s.business_day = %(day)s AND s.signed_by IS NULL
    AND EXISTS (SELECT FROM recon_profile f WHERE f.partner_id = %(partner)s)
    AND (s.biller_id = %(partner)s OR EXISTS (SELECT FROM admission a
        WHERE a.biller_id = s.biller_id AND a.channel_id = %(partner)s))
UNION ALL
SELECT 'receipt', p.code, r.net_fen, -r.document_id FROM receipt r JOIN partner p ON p.id = r.channel_id
WHERE r.channel_id = %(partner)s AND r.business_day = %(day)s OR r.state = 'arrived' AND EXISTS (
    SELECT FROM recon_expected e WHERE e.document_id = r.document_id AND e.file_id = %(file)s)
UNION ALL
SELECT 'payout', y.reference, y.amount_fen, -y.document_id FROM payout y
WHERE y.state IN ('done', 'returned') AND EXISTS (
    SELECT FROM recon_expected e WHERE e.document_id = y.document_id AND e.file_id = %(file)s)
ORDER BY 1, 4

-- name: told_settled
-- A settled day as its biller is told of it.
SELECT s.biller_id, to_char(s.business_day, 'YYYYMMDD'), jsonb_build_object('biller', p.code, 'business_day',
    s.business_day, 'payments', s.payments, 'amount_fen', s.amount_fen, 'due_fen', s.due_fen, 'moved_fen', s.moved_fen,
    'commission_fen', s.commission_fen, 'mode', s.mode, 'payout_on', s.payout_on)
FROM settlement s JOIN partner p ON p.id = s.biller_id WHERE s.document_id = %s AND s.biller_id = ANY (%s)

-- name: told_payout
-- A payout as its biller is told of it: the account is his own, and not said.
SELECT y.biller_id, y.reference, jsonb_build_object('biller', p.code, 'reference', y.reference, 'amount_fen',
    y.amount_fen, 'due_on', y.due_on, 'bank_serial', y.bank_serial)
FROM payout y JOIN partner p ON p.id = y.biller_id WHERE y.document_id = %s AND y.biller_id = ANY (%s)
