-- Statements of runs of bills and their books.

-- name: begin
-- A run of a fee and a period, of one service or of all.
SELECT code, run_id FROM billing_begin_v1(%(session)s, %(fee)s, %(service)s, %(from_on)s, %(to_on)s, %(due_on)s,
    %(now)s)

-- name: past
-- The run just begun only says what was billed, and paid, before the company came here.
SELECT billing_past_v1(%s, %s)

-- name: cancel
-- A run of the one bill that takes another back.
SELECT code, run_id FROM billing_cancel_v1(%(session)s, %(bill)s, %(reason)s, %(now)s)

-- name: correct
-- A run of the one bill that corrects a use.
SELECT code, run_id FROM billing_correct_v1(%(session)s, %(service)s, %(qty_milli)s, %(on)s, %(due_on)s, %(bill)s,
    %(reason)s, %(now)s)

-- name: adjust
-- A run of the one bill that corrects another to an area, or by amounts.
SELECT code, run_id FROM billing_adjust_v1(%(session)s, %(bill)s, %(area)s, %(fens)s::bigint[], %(about)s, %(due_on)s,
    %(reason)s, %(now)s)

-- name: anew
-- A run that takes a bill back, with one that makes it anew.
SELECT code, run_id FROM billing_anew_v1(%(session)s, %(bill)s, %(due_on)s, %(reason)s, %(now)s)

-- name: heated
-- A bill's days, and what it asks for with its corrections to an area that stand.
SELECT b.from_on, b.to_on, (SELECT sum(l.amount_fen)::bigint FROM billing_line l WHERE l.bucket = b.bucket AND l.bill_id IN (
    SELECT b.bill_id UNION ALL
    SELECT c.bill_id FROM billing_bill_counting c JOIN billing_run r ON r.run_id = c.run_id
    WHERE c.bucket = b.bucket AND c.service_id = b.service_id AND c.kind = 'correction' AND r.subject ? 'area_milli'
        AND (r.subject ->> 'bill')::bigint = b.bill_id AND NOT EXISTS (
            SELECT FROM billing_bill_counting x WHERE x.bucket = c.bucket AND x.service_id = c.service_id
                AND x.kind = 'cancel' AND x.corrects_id = c.bill_id)))
FROM billing_bill b WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: lines_of_run
-- Of a run of one bill, in order, times %(sign)s.
SELECT coalesce(t.name, ''), l.part_no, coalesce(t.tier, 0), l.qty_milli * %(sign)s, t.price, l.amount_fen * %(sign)s
FROM billing_bill b JOIN billing_line l ON l.bucket = b.bucket AND l.bill_id = b.bill_id
LEFT JOIN billing_part t ON t.price_id = l.price_id AND t.part_no = l.part_no
WHERE b.run_id = %(run)s ORDER BY b.bill_id, l.line_no

-- name: drop
-- A run that nobody wants.
SELECT billing_drop_v1(%s, %s, %s)

-- name: fee
-- Whose it is.
SELECT f.biller_id FROM billing_fee f WHERE f.fee_id = %s

-- name: service_fee
-- Of one service.
SELECT s.fee_id FROM billing_service s WHERE s.bucket = %(service)s %% 1000 AND s.service_id = %(service)s

-- name: bill_fee
-- Of one bill.
SELECT s.fee_id FROM billing_bill b JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: run
-- One run, with its fee and how far it is.
SELECT s.run_id, s.biller_id, p.name, s.fee_id, f.name, s.kind, s.from_on, s.to_on, s.due_on, s.subject, s.begun_at,
    s.begun_by, s.pieces, s.made, s.booked, s.bills, s.asked_fen, s.given_fen, s.missing, s.proposal_id, s.state, s.unbilled
FROM billing_run_state s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id
WHERE s.run_id = %s

-- name: one_bill
-- Of a run of one bill: whose it is, and how much it is of.
SELECT b.account_no, b.qty_milli, f.unit FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id WHERE b.run_id = %s

-- name: to_make
-- Pieces that are not made, so that a worker that was killed goes on.
SELECT k.piece FROM billing_piece k JOIN billing_run r ON r.run_id = k.run_id
WHERE k.run_id = %s AND k.made_at IS NULL AND r.dropped_at IS NULL ORDER BY k.piece

-- name: counted
-- So that a first run is planned by what there is.
SELECT billing_counted_v1()

-- name: make
-- One piece, in a transaction of its own.
SELECT billing_make_v1(%s, %s, %s)

-- name: to_publish
-- Pieces of an agreed run that are not payables yet: side by side those of different buckets, for a bucket's head is locked.
SELECT k.piece FROM access_authorisation a JOIN billing_piece k ON k.run_id::text = a.subject_key
WHERE a.id = %(proposal)s AND a.action = 'billing.publish' AND a.granted
    AND k.dropped_at IS NULL
    AND NOT EXISTS (SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece)
    AND NOT EXISTS (SELECT FROM billing_run r WHERE r.run_id = k.run_id AND r.dropped_at IS NOT NULL)
ORDER BY row_number() OVER (PARTITION BY k.bucket ORDER BY k.piece), k.bucket

-- name: publish
-- One piece, in a transaction of its own.
SELECT billing_publish_v1(%s, %s, %s)

-- name: figures
-- The digest that two people agree to.
SELECT billing_figures_v1(%s)

-- name: before
-- Periods of the fee that were published before, all runs of one together: the last one, and that of a year ago.
SELECT s.from_on, s.to_on, sum(s.bills)::bigint, sum(s.asked_fen - s.given_fen)::bigint,
    abs(s.to_on - (%(to_on)s::date - interval '1 year')::date) <= 20 AS year_ago
FROM billing_run_state s
WHERE s.fee_id = %(fee)s AND s.kind IN ('period', 'past') AND s.state = 'published' AND s.to_on < %(from_on)s
GROUP BY s.from_on, s.to_on ORDER BY s.to_on DESC LIMIT 15

-- name: keep_outliers
-- Those of a run whose last piece is made.
SELECT billing_outliers_v1(%s)

-- name: outliers_kept
-- As they were found when the run was made.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, o.qty_milli, o.amount_fen
FROM billing_outlier k JOIN billing_bill b ON b.bucket = k.bill_id %% 1000 AND b.bill_id = k.bill_id
LEFT JOIN LATERAL (SELECT x.qty_milli, x.amount_fen FROM billing_bill_counting x
    WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.bill_id < b.bill_id
        AND x.kind IN ('period', 'single', 'past')
    ORDER BY x.bill_id DESC LIMIT 1) o ON true
WHERE k.run_id = %(run)s ORDER BY k.place LIMIT %(most)s

-- name: outliers
-- Of a run for which none were kept: bills that differ most from the one before of the same service; a first one by all that
-- it asks for.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, o.qty_milli, o.amount_fen
FROM billing_bill b
LEFT JOIN LATERAL (SELECT x.qty_milli, x.amount_fen FROM billing_bill_counting x
    WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.bill_id < b.bill_id
        AND x.kind IN ('period', 'single', 'past')
    ORDER BY x.bill_id DESC LIMIT 1) o ON true
WHERE b.run_id = %(run)s
ORDER BY abs(b.amount_fen - coalesce(o.amount_fen, 0)) DESC, b.bill_id LIMIT %(most)s

-- name: missing
-- Services of the period that the run left out, and why: it failed by its data (as the database said it), its piece was
-- given up, its reading is in doubt, no use, no price.
SELECT m.service_id, c.account_no, CASE WHEN x.reason IS NOT NULL THEN 'failed' WHEN k.dropped_at IS NOT NULL THEN 'given'
    WHEN EXISTS (
        SELECT FROM billing_doubt o WHERE o.bucket = k.bucket AND o.service_id = m.service_id AND o.accepted_at IS NULL
            AND o.since_on <= r.to_on AND o.until_on >= r.from_on) THEN 'doubt' WHEN f.metered AND NOT EXISTS (
        SELECT FROM billing_usage u WHERE u.bucket = k.bucket AND u.service_id = m.service_id
            AND u.to_on BETWEEN r.from_on AND r.to_on) THEN 'use' ELSE 'price' END, x.reason
FROM billing_run r
JOIN billing_fee f ON f.fee_id = r.fee_id
JOIN billing_piece k ON k.run_id = r.run_id
CROSS JOIN LATERAL billing_missing_v1(r, k.bucket, k.first_id, k.last_id) m
JOIN billing_customer c ON c.bucket = k.bucket AND c.customer_id = m.customer_id
LEFT JOIN billing_failed x ON x.run_id = r.run_id AND x.service_id = m.service_id
WHERE r.run_id = %(run)s AND (k.missing > 0 OR k.dropped_at IS NOT NULL)
ORDER BY x.reason IS NULL, c.account_no LIMIT %(most)s

-- name: buckets
-- Each is booked in a transaction of its own.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: book
-- What was paid since.
SELECT billing_book_v1(%s::smallint, %s)

-- name: open_biller
-- A company begins to bill here; two people said so.
SELECT billing_open_v1(%s)

-- name: bookings_altered
-- Each document against its transfers, and against what it stands for: bills, balances, payments.
SELECT 'billing document ' || k.document_id, CASE
    WHEN (k.due_fen, k.spent_fen, k.paid_fen, k.kept_fen, k.sold_fen, k.written_fen)
        <> (t.due, t.spent, t.paid, t.kept, t.sold, t.written)
        THEN concat('says ', k.due_fen, ', ', k.spent_fen, ', ', k.paid_fen, ', ', k.kept_fen, ', ', k.sold_fen, ', ',
                    k.written_fen, ' fen, its transfers ', t.due, ', ', t.spent, ', ', t.paid, ', ', t.kept, ', ', t.sold,
                    ', ', t.written)
    WHEN k.kind = 'sold' AND k.sold_fen IS DISTINCT FROM e.amount_fen
        THEN concat('booked ', k.sold_fen, ' fen, its sale is ', coalesce(e.amount_fen::text, 'missing'))
    WHEN k.kind = 'returned' AND k.spent_fen IS DISTINCT FROM n.amount_fen
        THEN concat('booked ', k.spent_fen, ' fen, what went back is ', coalesce(n.amount_fen::text, 'missing'))
    WHEN k.kind = 'published' AND (k.due_fen, k.spent_fen) <> (b.due, b.spent)
        THEN concat('booked ', k.due_fen, ' and ', k.spent_fen, ' fen, its bills are ', b.due, ' and ', b.spent)
    WHEN k.kind = 'paid' AND (k.paid_fen, k.kept_fen) <> (p.paid, p.kept)
        THEN concat('booked ', k.paid_fen, ' and ', k.kept_fen, ' fen, payments are ', p.paid, ' and ', p.kept)
    WHEN k.kind = 'paid' AND k.first_no <> coalesce(p.before, 0) + 1 THEN 'does not follow the one before it'
    END
FROM billing_booking k
CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 1), 0)::bigint AS due,
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 2), 0)::bigint AS spent,
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 3), 0)::bigint AS paid,
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 4), 0)::bigint AS kept,
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 5), 0)::bigint AS sold,
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 6), 0)::bigint AS written
    FROM (SELECT m.detail_id, CASE
              WHEN m.debit_id = c.debit AND m.credit_id = c.credit THEN m.amount_fen
              WHEN m.debit_id = c.credit AND m.credit_id = c.debit THEN -m.amount_fen END AS fen
          FROM document_transfer m
          JOIN billing_biller y ON y.biller_id = k.biller_id
          CROSS JOIN LATERAL (VALUES (1, y.receivable_id, y.billed_id), (2, y.prepaid_id, y.receivable_id),
              (3, y.collected_id, y.receivable_id), (4, y.collected_id, y.prepaid_id),
              (5, y.prepaid_id, y.billed_id), (6, y.bad_debt_id, y.receivable_id)) AS c (line, debit, credit)
          WHERE m.bucket = k.bucket AND m.reference_id = k.document_id AND c.line = m.detail_id) x) t
LEFT JOIN LATERAL (
    SELECT coalesce(sum(g.amount_fen), 0)::bigint AS due, coalesce(sum(s.amount_fen), 0)::bigint AS spent
    FROM billing_bill g LEFT JOIN billing_spent s ON s.bucket = g.bucket AND s.bill_id = g.bill_id
    WHERE k.kind = 'published' AND g.run_id = k.run_id AND g.piece = k.piece
        AND NOT EXISTS (SELECT FROM billing_run r WHERE r.run_id = k.run_id AND r.kind = 'past')) b ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(q.fen) FILTER (WHERE NOT q.kept), 0)::bigint AS paid,
        coalesce(sum(q.fen) FILTER (WHERE q.kept), 0)::bigint AS kept,
        (SELECT max(o.last_no) FROM billing_booking o WHERE o.bucket = k.bucket AND o.biller_id = k.biller_id
            AND o.kind = 'paid' AND o.last_no < k.first_no) AS before
    FROM billing_payment q
    WHERE k.kind = 'paid' AND q.bucket = k.bucket AND q.biller_id = k.biller_id
        AND q.transfer_no BETWEEN k.first_no AND k.last_no) p ON true
LEFT JOIN billing_sale e ON k.kind = 'sold' AND e.sale_id = k.sale_id AND e.bucket = k.bucket
LEFT JOIN billing_returned n ON k.kind = 'returned' AND n.document_id = k.document_id

-- name: returned_altered
-- What went back off a balance is no more than was moved off the bill, and than the payment's returns took from it.
SELECT 'bill payable ' || r.owed_id, CASE
    WHEN r.fen > m.fen THEN concat('gave ', r.fen, ' fen back off a balance, ', m.fen, ' were moved')
    WHEN r.fen > t.fen THEN concat('gave ', r.fen, ' fen back off a balance, its returns are ', t.fen) END
FROM (SELECT bucket, owed_id, sum(amount_fen)::bigint AS fen, array_agg(DISTINCT payment_id) AS payments
      FROM billing_returned GROUP BY 1, 2) r
CROSS JOIN LATERAL (
    SELECT coalesce(-sum(s.amount_fen), 0)::bigint AS fen FROM payable y
    JOIN billing_bill c ON c.bucket = r.bucket AND 'B' || c.corrects_id = y.ref
    JOIN billing_spent s ON s.bucket = r.bucket AND s.bill_id = c.bill_id AND s.amount_fen < 0
    WHERE y.bucket = r.bucket AND y.payable_id = r.owed_id) m
CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.amount_fen), 0)::bigint AS fen FROM ledger_transfer x
    WHERE x.bucket = r.bucket AND x.reference_id = ANY (r.payments) AND x.detail_id = r.owed_id
        AND x.reverses_no IS NOT NULL) t

-- name: bills_altered
-- A bill is its lines and what it carries, a line of what was used its quantity times its price; a piece's figures are
-- its bills'.
SELECT 'bill ' || b.bill_id, CASE WHEN b.amount_fen <> coalesce(l.fen, 0) - b.carried_fen + b.carry_fen
    THEN concat('asks for ', b.amount_fen, ' fen, its lines say ', coalesce(l.fen, 0) - b.carried_fen + b.carry_fen) END
FROM billing_bill b
LEFT JOIN (SELECT bucket, bill_id, sum(amount_fen)::bigint AS fen FROM billing_line GROUP BY 1, 2) l
    ON l.bucket = b.bucket AND l.bill_id = b.bill_id
UNION ALL
SELECT 'bill ' || b.bill_id, CASE WHEN y.state = 'open' THEN concat('is cancelled and asks for ', y.due_fen - y.paid_fen, ' fen') END
FROM billing_run r JOIN billing_booking d ON d.run_id = r.run_id
JOIN billing_bill x ON x.run_id = r.run_id JOIN billing_bill b ON b.bucket = x.bucket AND b.bill_id = x.corrects_id
JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
WHERE r.kind = 'cancel'
UNION ALL
SELECT concat('line ', l.line_no, ' of bill ', l.bill_id), CASE WHEN l.amount_fen <> round(l.qty_milli * t.price * 0.1)
    THEN concat('is ', l.amount_fen, ' fen, ', l.qty_milli, ' thousandths at ', t.price, ' yuan are ',
                round(l.qty_milli * t.price * 0.1)) END
FROM billing_line l JOIN billing_part t ON t.price_id = l.price_id AND t.part_no = l.part_no
    AND t.basis IN ('qty', 'peak', 'valley', 'flat')
UNION ALL
SELECT concat('piece ', k.piece, ' of run ', k.run_id), CASE WHEN (k.bills, k.asked_fen, k.given_fen)
    <> (coalesce(b.bills, 0), coalesce(b.asked, 0), coalesce(b.given, 0)) THEN 'is not the sum of its bills' END
FROM billing_piece k
LEFT JOIN (SELECT run_id, piece, count(*) AS bills, coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0) AS asked,
               coalesce(-sum(amount_fen) FILTER (WHERE amount_fen < 0), 0) AS given
           FROM billing_bill GROUP BY 1, 2) b ON b.run_id = k.run_id AND b.piece = k.piece
WHERE k.made_at IS NOT NULL

-- name: receivables_altered
-- What is receivable is what the published bills' payables still ask for, and what is prepaid what balances hold, but
-- for payments that are not booked yet.
SELECT concat('company ', c.biller_id, ' in bucket ', h.bucket), CASE
    WHEN r.fen <> y.open + u.paid THEN concat('has ', r.fen, ' fen receivable, its payables ask for ', y.open,
        ' and payments to be booked are ', u.paid)
    WHEN -p.fen <> y.kept - u.kept THEN concat('has ', -p.fen, ' fen prepaid, balances hold ', y.kept,
        ' and payments to be booked are ', u.kept) END
FROM billing_biller c CROSS JOIN ledger_head h
JOIN LATERAL (SELECT debit_posted_fen - credit_posted_fen AS fen FROM ledger_balance b
    WHERE b.bucket = h.bucket AND b.account_id = c.receivable_id) r ON true
JOIN LATERAL (SELECT debit_posted_fen - credit_posted_fen AS fen FROM ledger_balance b
    WHERE b.bucket = h.bucket AND b.account_id = c.prepaid_id) p ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.due_fen - x.paid_fen) FILTER (WHERE x.balance_fen IS NULL AND x.state <> 'withdrawn'
            AND b.bill_id IS NOT NULL), 0)::bigint AS open,
        coalesce(sum(x.balance_fen), 0)::bigint AS kept
    FROM payable x LEFT JOIN billing_bill b ON b.bucket = x.bucket AND x.ref ~ '^B[0-9]{1,18}$'
        AND b.bill_id = CASE WHEN x.ref ~ '^B[0-9]{1,18}$' THEN substr(x.ref, 2)::bigint END
    WHERE x.bucket = h.bucket AND x.biller_id = c.biller_id) y
CROSS JOIN LATERAL (
    SELECT coalesce(sum(q.fen) FILTER (WHERE NOT q.kept), 0)::bigint AS paid,
        coalesce(sum(q.fen) FILTER (WHERE q.kept), 0)::bigint AS kept
    FROM billing_payment q WHERE q.bucket = h.bucket AND q.biller_id = c.biller_id
        AND q.transfer_no > (SELECT coalesce(max(k.last_no), 0) FROM billing_booking k
            WHERE k.bucket = h.bucket AND k.biller_id = c.biller_id AND k.kind = 'paid')) u

-- name: sales_altered
-- A sale is its lines, is booked once, and only one whose token was rejected is taken back, whole.
SELECT 'sale ' || s.sale_id, CASE
    WHEN s.amount_fen <> coalesce(l.fen, 0) THEN concat('is of ', s.amount_fen, ' fen, its lines say ', coalesce(l.fen, 0))
    WHEN k.sale_id IS NULL THEN 'is not booked'
    WHEN (s.undoes_id IS NULL) <> (s.amount_fen > 0) OR (s.qty_milli > 0) <> (s.amount_fen > 0) THEN 'has the wrong sign'
    WHEN s.undoes_id IS NOT NULL AND (-s.qty_milli, -s.amount_fen, 'undone')
        IS DISTINCT FROM (o.qty_milli, o.amount_fen, o.token_state) THEN 'does not take back sale ' || s.undoes_id
    WHEN s.token_state = 'undone' AND s.undoes_id IS NULL AND NOT EXISTS (
        SELECT FROM billing_sale x WHERE x.undoes_id = s.sale_id) THEN 'says that it was taken back'
    END
FROM billing_sale s
LEFT JOIN billing_booking k ON k.sale_id = s.sale_id
LEFT JOIN billing_sale o ON o.sale_id = s.undoes_id
LEFT JOIN (SELECT bucket, sale_id, sum(amount_fen)::bigint AS fen FROM billing_sale_line GROUP BY 1, 2) l
    ON l.bucket = s.bucket AND l.sale_id = s.sale_id

-- name: late_altered
-- What is waived of late fees, and the days that are not counted, is what two people agreed to.
SELECT 'billing_waiver of proposal ' || coalesce(w.proposal, a.id), CASE
    WHEN w.proposal IS NULL THEN 'is missing, two people agreed to it'
    WHEN a.id IS NULL THEN 'is there, nobody agreed to it'
    WHEN (a.content ->> 'bill', a.content ->> 'amount_fen') <> (w.bill_id::text, w.amount_fen::text)
        OR w.bucket <> w.bill_id % 1000
        THEN concat('waives ', w.amount_fen, ' fen of bill ', w.bill_id, ', agreed was ', a.content) END
FROM billing_waiver w
FULL JOIN (SELECT * FROM access_authorisation WHERE action = 'billing.waive' AND granted) a ON a.id = w.proposal
UNION ALL
SELECT 'billing_freeze of proposal ' || coalesce(f.proposal, a.id), CASE
    WHEN f.proposal IS NULL THEN 'is missing, two people agreed to it'
    WHEN a.id IS NULL THEN 'is there, nobody agreed to it'
    WHEN concat_ws('|', a.content ->> 'from', a.content ->> 'to') <> concat_ws('|', f.from_on, f.to_on)
        OR f.biller_id <> a.partner_id OR f.bill_id IS DISTINCT FROM CASE WHEN NOT (a.content ->> 'all')::boolean
            THEN (a.content ->> 'bill')::bigint END
        OR NOT EXISTS (SELECT FROM billing_bill b WHERE b.bucket = f.bucket AND b.account_no = f.account_no
                       AND b.bill_id = (a.content ->> 'bill')::bigint)
        THEN concat('leaves out ', f.from_on, ' to ', f.to_on, ' of ', coalesce(f.bill_id::text, f.account_no),
                    ', agreed was ', a.content) END
FROM billing_freeze f
FULL JOIN (SELECT * FROM access_authorisation WHERE action = 'billing.freeze' AND granted) a ON a.id = f.proposal

-- name: written_altered
-- What is written off, or taken up again, is what two people agreed to, each bill booked by a document of its own.
SELECT 'billing_write_off of proposal ' || coalesce(w.proposal, a.id), CASE
    WHEN w.proposal IS NULL THEN 'is missing, two people agreed to it'
    WHEN a.id IS NULL THEN 'is there, nobody agreed to it'
    WHEN w.bills <> a.bills THEN concat('is of ', w.bills, ', agreed was ', a.bills)
    WHEN w.booked <> w.bills THEN concat('is of ', w.bills, ', booked was ', w.booked) END
FROM (SELECT o.proposal, string_agg(concat_ws(' ', o.bill_id, o.amount_fen), ', ' ORDER BY o.bill_id) AS bills,
          string_agg(concat_ws(' ', o.bill_id, k.written_fen), ', ' ORDER BY o.bill_id) AS booked
      FROM billing_write_off o LEFT JOIN billing_booking k ON k.document_id = o.document_id AND k.bucket = o.bucket
          AND k.kind = 'written' GROUP BY o.proposal) w
FULL JOIN (SELECT x.id, string_agg(concat_ws(' ', e ->> 'bill', CASE WHEN x.action = 'arrears.take_up' THEN -1 ELSE 1 END
              * (e ->> 'fen')::bigint), ', ' ORDER BY (e ->> 'bill')::bigint) AS bills
      FROM access_authorisation x CROSS JOIN jsonb_array_elements(x.content -> 'bills') e
      WHERE x.action IN ('arrears.write_off', 'arrears.take_up') AND x.granted GROUP BY x.id) a ON a.id = w.proposal
UNION ALL
SELECT 'billing document ' || k.document_id, CASE WHEN w.document_id IS NULL THEN 'writes off what nobody wrote off' END
FROM billing_booking k LEFT JOIN billing_write_off w ON w.document_id = k.document_id WHERE k.kind = 'written'

-- name: bill_lines
-- What a bill consists of, in order; of what follows no quantity, how many days counted by their shares 份额, of how many.
SELECT coalesce(t.name, ''), coalesce(t.tier, 0), l.part_no, l.qty_milli, t.price, l.amount_fen, c.name,
    CASE WHEN r.kind IN ('period', 'single', 'past') AND coalesce(t.basis, 'bound') NOT IN ('qty', 'peak', 'valley', 'flat')
        THEN d.until - d.since + 1 - coalesce((
            SELECT sum((least(x.to_on, d.until) - greatest(x.from_on, d.since) + 1) * (1 - x.share))
            FROM billing_share_row x WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.made_at <= k.made_at
                AND coalesce(x.ended_at > k.made_at, true) AND x.from_on <= d.until AND x.to_on >= d.since), 0) END,
    CASE WHEN f.metered THEN b.to_on - b.from_on ELSE r.to_on - r.from_on END + 1
FROM billing_line l JOIN billing_price_span c ON c.price_id = l.price_id
JOIN billing_bill b ON b.bucket = l.bucket AND b.bill_id = l.bill_id JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id JOIN billing_piece k ON k.run_id = b.run_id AND k.piece = b.piece
CROSS JOIN LATERAL (SELECT greatest(c.valid_from, b.from_on) AS since,
    least(coalesce(c.until, b.to_on), b.to_on) AS until) d
LEFT JOIN billing_part t ON t.price_id = l.price_id AND t.part_no = l.part_no
WHERE l.bucket = %(bill)s %% 1000 AND l.bill_id = %(bill)s ORDER BY l.line_no

-- name: bill_shares
-- Of its days, as it was made.
SELECT greatest(x.from_on, b.from_on), least(x.to_on, b.to_on), x.share, x.why
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id AND r.kind IN ('period', 'single', 'past')
JOIN billing_piece k ON k.run_id = b.run_id AND k.piece = b.piece
JOIN billing_share_row x ON x.bucket = b.bucket AND x.service_id = b.service_id AND x.made_at <= k.made_at
    AND coalesce(x.ended_at > k.made_at, true) AND x.from_on <= b.to_on AND x.to_on >= b.from_on
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s ORDER BY x.from_on
