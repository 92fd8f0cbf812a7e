-- Statements of utility billing.


-- name: priced_fee
-- A fee with its company.
SELECT f.fee_id, f.biller_id, p.code, f.code, f.name, f.unit, f.cycle, f.metered FROM billing_fee f
JOIN partner p ON p.id = f.biller_id WHERE f.fee_id = %s

-- name: price_in_force
-- The version that a day falls into.
SELECT p.price_id FROM billing_price p
WHERE p.fee_id = %(fee)s AND p.class = %(class)s AND p.region = %(region)s AND p.valid_from <= %(day)s
ORDER BY p.valid_from DESC LIMIT 1

-- name: price_on
-- A version that begins on this very day.
SELECT p.price_id FROM billing_price p WHERE p.fee_id = %(fee)s AND p.class = %(class)s AND p.region = %(region)s
    AND p.valid_from = %(day)s

-- name: price_billed
-- The last day of a bill of the class that was published, not cancelled since, and lies on the day or after it.
SELECT max(b.to_on) FROM billing_run r
JOIN billing_booking d ON d.run_id = r.run_id
JOIN billing_bill b ON b.run_id = d.run_id AND b.piece = d.piece
JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
WHERE r.fee_id = %(fee)s AND r.to_on >= %(day)s AND r.kind IN ('period', 'single') AND b.to_on >= %(day)s
    AND s.class = %(class)s AND s.region = %(region)s
    AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket AND x.service_id = b.service_id
                    AND x.corrects_id = b.bill_id AND x.kind = 'cancel')

-- name: price_head
-- A version but its parts and limits.
SELECT p.fee_id, p.class, p.region, p.valid_from, p.name, p.minimum_fen, p.cap_price, p.tax_rate
FROM billing_price p WHERE p.price_id = %s

-- name: price_parts
-- In order.
SELECT t.name, t.basis, t.price, t.tier FROM billing_part t WHERE t.price_id = %s ORDER BY t.part_no

-- name: price_limits
-- By tier, those of early months first.
SELECT l.tier, l.limit_milli, l.months, l.persons_over, l.add_milli, l.add_each FROM billing_limit l
WHERE l.price_id = %s ORDER BY l.tier, l.months & -l.months

-- name: add_price
-- A version as two people agreed to it.
INSERT INTO billing_price (fee_id, class, region, name, valid_from, minimum_fen, cap_price, tax_rate)
SELECT p.fee_id, p.class, p.region, p.name, p.valid_from, p.minimum_fen, p.cap_price, p.tax_rate
FROM jsonb_populate_record(NULL::billing_price, %s) p RETURNING price_id

-- name: add_parts
-- Its parts.
INSERT INTO billing_part SELECT %s, t.part_no, t.name, t.basis, t.tier, t.price
FROM jsonb_populate_recordset(NULL::billing_part, %s) t

-- name: add_limits
-- Its limits.
INSERT INTO billing_limit SELECT %s, l.tier, l.months, l.limit_milli, l.persons_over, l.add_milli, l.add_each
FROM jsonb_populate_recordset(NULL::billing_limit, %s) l

-- name: try_price
-- The price that is not written (0) beside one that is, on the same use.
SELECT r.price_id, coalesce(t.name, ''), r.part_no, r.tier, r.qty_milli, r.price, r.amount_fen
FROM billing_try_v1(
    ARRAY(SELECT ROW(n.price_id, n.price_id, u.qty_milli, u.peak_milli, u.valley_milli, u.area_milli, u.factor, u.persons,
              u.month, u.months, u.used_milli, NULL, u.billed_months)::billing_asked
          FROM unnest(ARRAY[0, %(there)s::integer]) n (price_id), jsonb_populate_record(NULL::billing_asked, %(use)s) u
          WHERE n.price_id IS NOT NULL),
    ARRAY[jsonb_populate_record(NULL::billing_price, %(price)s)],
    ARRAY(SELECT t FROM jsonb_populate_recordset(NULL::billing_part, %(parts)s) t),
    ARRAY(SELECT l FROM jsonb_populate_recordset(NULL::billing_limit, %(limits)s) l)) r
LEFT JOIN (SELECT y.price_id, y.part_no, y.name FROM billing_part y UNION ALL
           SELECT y.price_id, y.part_no, y.name FROM jsonb_populate_recordset(NULL::billing_part, %(parts)s) y) t
    ON t.price_id = r.price_id AND t.part_no = r.part_no
ORDER BY r.price_id, r.line_no

-- name: trial_use
-- What an account used of a fee between two days, and what its price may depend on; its place in the tiers is that of
-- the bill of that use, else where its cycle has come to.
SELECT s.class, s.region, s.area_milli, s.factor::text, coalesce((
        SELECT h.persons FROM billing_household h WHERE h.bucket = c.bucket AND h.customer_id = c.customer_id
            AND h.from_on <= %(to_on)s ORDER BY h.from_on DESC LIMIT 1), c.persons) AS persons,
    u.uses, u.qty_milli, u.peak_milli, u.valley_milli, coalesce((
        SELECT b.used_milli FROM billing_bill_counting b WHERE b.bucket = s.bucket AND b.service_id = s.service_id
            AND b.from_on = u.first_on AND b.kind IN ('period', 'single') ORDER BY b.bill_id DESC LIMIT 1),
        d.used_milli, 0) AS used_milli,
    billing_months_v1(f.cycle, f.by_months, k.cycle_on, s.from_on, %(from_on)s, %(to_on)s)::text AS months
FROM billing_customer c
JOIN billing_service s ON s.bucket = c.bucket AND s.customer_id = c.customer_id AND s.fee_id = %(fee)s
JOIN billing_fee f ON f.fee_id = s.fee_id AND f.biller_id = c.biller_id
CROSS JOIN LATERAL (SELECT billing_cycle_on_v1(f.cycle, f.cycle_from, %(to_on)s) AS cycle_on) k
LEFT JOIN billing_used d ON d.bucket = s.bucket AND d.service_id = s.service_id AND d.cycle_on = k.cycle_on
CROSS JOIN LATERAL (
    SELECT count(*) AS uses, coalesce(sum(x.qty_milli), 0)::bigint AS qty_milli, min(x.from_on) AS first_on,
        coalesce(sum(x.peak_milli), 0)::bigint AS peak_milli, coalesce(sum(x.valley_milli), 0)::bigint AS valley_milli
    FROM billing_usage x WHERE x.bucket = s.bucket AND x.service_id = s.service_id
        AND x.to_on BETWEEN %(from_on)s AND %(to_on)s) u
WHERE c.bucket = %(bucket)s AND c.account_no = %(account)s AND s.from_on <= %(to_on)s
    AND coalesce(s.to_on, %(from_on)s) >= %(from_on)s
ORDER BY s.from_on DESC LIMIT 1

-- name: fee_row
-- As it stands.
SELECT f.fee_id, f.biller_id, f.code, f.name, f.unit, f.metered, f.cycle, f.cycle_from, f.by_months, f.mode::text,
    f.due_days, f.whole_yuan, EXISTS (SELECT FROM billing_price p WHERE p.fee_id = f.fee_id)
FROM billing_fee f WHERE f.biller_id = %(biller)s AND f.code = %(code)s

-- name: bills_here
-- Does the company bill here?
SELECT EXISTS (SELECT FROM billing_biller b WHERE b.biller_id = %s)

-- name: put_fee
-- As two people agreed to it; its company and code stay.
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, cycle_from, by_months, mode, due_days, whole_yuan)
SELECT f.biller_id, f.code, f.name, f.unit, f.metered, f.cycle, f.cycle_from, f.by_months, f.mode, f.due_days, f.whole_yuan
FROM jsonb_populate_record(NULL::billing_fee, %s) f
ON CONFLICT (biller_id, code) DO UPDATE SET name = excluded.name, unit = excluded.unit, metered = excluded.metered,
    cycle = excluded.cycle, cycle_from = excluded.cycle_from, by_months = excluded.by_months, mode = excluded.mode,
    due_days = excluded.due_days, whole_yuan = excluded.whole_yuan


-- name: begin
-- A run of a fee and a period, of one service or of all.
SELECT code, run_id FROM billing_begin_v1(%(fee)s, %(service)s, %(from_on)s, %(to_on)s, %(due_on)s, %(by)s, %(now)s)

-- name: cancel
-- A run of the one bill that takes another back.
SELECT code, run_id FROM billing_cancel_v1(%(bill)s, %(reason)s, %(by)s, %(now)s)

-- name: correct
-- A run of the one bill that corrects a use.
SELECT code, run_id FROM billing_correct_v1(%(service)s, %(qty_milli)s, %(on)s, %(due_on)s, %(bill)s, %(reason)s,
    %(by)s, %(now)s)

-- name: drop
-- A run that nobody wants.
SELECT billing_drop_v1(%s, %s)

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
    s.begun_by, s.pieces, s.made, s.booked, s.bills, s.asked_fen, s.given_fen, s.missing, s.proposal_id, s.state
FROM billing_run_state s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id
WHERE s.run_id = %s

-- name: to_make
-- Pieces that are not made, so that a worker that was killed goes on.
SELECT k.piece FROM billing_piece k JOIN billing_run r ON r.run_id = k.run_id
WHERE k.run_id = %s AND k.made_at IS NULL AND r.dropped_at IS NULL ORDER BY k.piece

-- name: make
-- One piece, in a transaction of its own.
SELECT billing_make_v1(%s, %s, %s)

-- name: to_publish
-- Pieces of an agreed run that are not payables yet.
SELECT k.piece FROM access_authorisation a JOIN billing_piece k ON k.run_id::text = a.subject_key
WHERE a.id = %(proposal)s AND a.action = 'billing.publish' AND a.granted
    AND NOT EXISTS (SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece)
ORDER BY k.piece

-- name: publish
-- One piece, in a transaction of its own.
SELECT billing_publish_v1(%s, %s, %s)

-- name: figures
-- The digest that two people agree to.
SELECT billing_figures_v1(%s)

-- name: before
-- Runs of the fee that were published before: the last one, and that of a year ago.
SELECT s.from_on, s.to_on, s.bills, s.asked_fen - s.given_fen,
    abs(s.to_on - (%(to_on)s::date - interval '1 year')::date) <= 20 AS year_ago
FROM billing_run_state s
WHERE s.fee_id = %(fee)s AND s.kind = 'period' AND s.state = 'published' AND s.to_on < %(from_on)s
ORDER BY s.to_on DESC LIMIT 15

-- name: outliers
-- Bills that differ most from the one before of the same service.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, o.qty_milli, o.amount_fen
FROM billing_bill b
JOIN LATERAL (SELECT x.qty_milli, x.amount_fen FROM billing_bill_counting x
    WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.bill_id < b.bill_id AND x.kind IN ('period', 'single')
    ORDER BY x.bill_id DESC LIMIT 1) o ON true
WHERE b.run_id = %(run)s
ORDER BY abs(b.amount_fen - o.amount_fen) DESC, b.bill_id LIMIT %(most)s

-- name: largest
-- What a first run is looked at by.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, NULL::bigint, NULL::bigint
FROM billing_bill b WHERE b.run_id = %(run)s ORDER BY abs(b.amount_fen) DESC, b.bill_id LIMIT %(most)s

-- name: missing
-- Services of the period that the run left out: no use, or no price.
SELECT m.service_id, c.account_no FROM billing_run r
JOIN billing_piece k ON k.run_id = r.run_id
CROSS JOIN LATERAL billing_missing_v1(r, k.bucket, k.first_id, k.last_id) m
JOIN billing_customer c ON c.bucket = k.bucket AND c.customer_id = m.customer_id
WHERE r.run_id = %(run)s ORDER BY c.account_no LIMIT %(most)s

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
    WHEN (k.due_fen, k.spent_fen, k.paid_fen, k.kept_fen) <> (t.due, t.spent, t.paid, t.kept)
        THEN concat('says ', k.due_fen, ', ', k.spent_fen, ', ', k.paid_fen, ', ', k.kept_fen, ' fen, its transfers ',
                    t.due, ', ', t.spent, ', ', t.paid, ', ', t.kept)
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
        coalesce(sum(x.fen) FILTER (WHERE x.detail_id = 4), 0)::bigint AS kept
    FROM (SELECT m.detail_id, CASE
              WHEN m.debit_id = c.debit AND m.credit_id = c.credit THEN m.amount_fen
              WHEN m.debit_id = c.credit AND m.credit_id = c.debit THEN -m.amount_fen END AS fen
          FROM document_transfer m
          JOIN billing_biller y ON y.biller_id = k.biller_id
          CROSS JOIN LATERAL (VALUES (1, y.receivable_id, y.billed_id), (2, y.prepaid_id, y.receivable_id),
              (3, y.collected_id, y.receivable_id), (4, y.collected_id, y.prepaid_id)) AS c (line, debit, credit)
          WHERE m.bucket = k.bucket AND m.reference_id = k.document_id AND c.line = m.detail_id) x) t
LEFT JOIN LATERAL (
    SELECT coalesce(sum(g.amount_fen), 0)::bigint AS due, coalesce(sum(s.amount_fen), 0)::bigint AS spent
    FROM billing_bill g LEFT JOIN billing_spent s ON s.bucket = g.bucket AND s.bill_id = g.bill_id
    WHERE k.kind = 'published' AND g.run_id = k.run_id AND g.piece = k.piece) b ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(q.fen) FILTER (WHERE NOT q.kept), 0)::bigint AS paid,
        coalesce(sum(q.fen) FILTER (WHERE q.kept), 0)::bigint AS kept,
        (SELECT max(o.last_no) FROM billing_booking o WHERE o.bucket = k.bucket AND o.biller_id = k.biller_id
            AND o.kind = 'paid' AND o.last_no < k.first_no) AS before
    FROM billing_payment q
    WHERE k.kind = 'paid' AND q.bucket = k.bucket AND q.biller_id = k.biller_id
        AND q.transfer_no BETWEEN k.first_no AND k.last_no) p ON true

-- name: bills_altered
-- A bill is its lines and what it carries; a piece's figures are its bills'.
SELECT 'bill ' || b.bill_id, CASE WHEN b.amount_fen <> coalesce(l.fen, 0) - b.carried_fen + b.carry_fen
    THEN concat('asks for ', b.amount_fen, ' fen, its lines say ', coalesce(l.fen, 0) - b.carried_fen + b.carry_fen) END
FROM billing_bill b
LEFT JOIN (SELECT bucket, bill_id, sum(amount_fen)::bigint AS fen FROM billing_line GROUP BY 1, 2) l
    ON l.bucket = b.bucket AND l.bill_id = b.bill_id
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

-- name: late_bill
-- Late fees. A bill that is a payable, with its late fee of a day; nothing of it where it is not late or has no rule.
SELECT b.bill_id, r.biller_id, p.name, b.account_no, f.name, y.due_on, y.state::text, y.due_fen, y.paid_fen,
    coalesce(l.principal_fen, y.due_fen), coalesce(l.fee_fen, 0), coalesce(l.unpaid_fen, 0)
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id JOIN partner p ON p.id = r.biller_id
JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
LEFT JOIN LATERAL billing_late_of_v1(b.bucket, r.biller_id, b.account_no, %(today)s) l ON l.bill_id = b.bill_id
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: waive
-- What two people agreed to.
SELECT billing_waive_v1(%s, %s)

-- name: freeze
-- What two people agreed to.
SELECT billing_freeze_v1(%s, %s)

-- name: late_rule
-- What two people agreed to.
SELECT billing_late_rule_v1(%s, %s)

-- name: late_fee
-- A fee, whose it is, and the rule that counts from that day on for that class, until now.
SELECT f.biller_id, p.name, f.name, l.valid_from, l.rate, l.later_rate, l.grace_days, l.count_first, l.min_fen,
    l.cap_permille, l.truncated, l.fee_first
FROM billing_fee f JOIN partner p ON p.id = f.biller_id
LEFT JOIN LATERAL (SELECT * FROM billing_late_rule x WHERE x.fee_id = f.fee_id AND x.class = %(class)s
    AND x.valid_from <= %(on)s ORDER BY x.valid_from DESC LIMIT 1) l ON true
WHERE f.fee_id = %(fee)s

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


-- name: billing_biller
-- A company that bills here.
SELECT b.biller_id, p.code FROM billing_biller b JOIN partner p ON p.id = b.biller_id WHERE b.biller_id = %s

-- name: fees
-- A file names a fee by its code or its name.
SELECT fee_id, code, name FROM billing_fee WHERE biller_id = %s ORDER BY fee_id

-- name: known_file
-- The very same bytes of the same biller.
SELECT file_id FROM billing_file WHERE biller_id = %s AND kind = %s AND sha256 = %s AND (kind = 'customers' OR wrong = 0)

-- name: next_file
-- Its rows are there before how many they are is known.
SELECT nextval(pg_get_serial_sequence('billing_file', 'file_id'))

-- name: add_file
-- Its parts follow in the same transaction.
INSERT INTO billing_file (file_id, biller_id, kind, name, sha256, bytes, rows, wrong, received_at, received_by)
OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: add_part
-- The bytes as they came.
INSERT INTO billing_file_part VALUES (%s, %s, %s)

-- name: parts
-- In order.
SELECT part_no, body FROM billing_file_part WHERE file_id = %s ORDER BY part_no

-- name: copy_rows
-- All rows of a file.
COPY billing_row (file_id, piece, line_no, bucket, account_no, name, marks, place, persons, contact, consent, from_on,
    fee_id, class, region, area_milli, factor, number, register, multiplier, digits, first_milli) FROM STDIN

-- name: file
-- One file, with its biller and its newest proposal.
SELECT f.file_id, f.biller_id, p.code AS biller_code, p.name AS biller_name, f.kind, f.name, f.sha256, f.bytes, f.rows,
    f.wrong, f.received_at, f.received_by, f.proposal_id, f.state, f.customers, f.written, f.same, f.refused
FROM billing_import f JOIN partner p ON p.id = f.biller_id WHERE f.file_id = %s

-- name: standings
-- What its rows would do now.
SELECT standing, count(*) FROM billing_standing WHERE file_id = %s GROUP BY 1

-- name: first_rows
-- The first ones, as they stand.
SELECT s.line_no, s.account_no, s.name, array_to_string(s.place, ' '), e.name, s.class, s.number, s.from_on, s.standing
FROM billing_standing s JOIN billing_fee e ON e.fee_id = s.fee_id
WHERE s.file_id = %s AND s.line_no <= %s ORDER BY s.line_no

-- name: refused_rows
-- Rows that the database refused, with what the file said.
SELECT x.line_no, r.account_no, r.name, array_to_string(r.place, ' '), e.name, r.class, r.number, r.from_on, x.standing
FROM billing_refused x JOIN billing_row r ON r.file_id = %s AND r.line_no = x.line_no
JOIN billing_fee e ON e.fee_id = r.fee_id
WHERE x.proposal_id = %s ORDER BY x.line_no LIMIT %s

-- name: pieces
-- What an agreement binds.
SELECT billing_pieces_v1(%s)

-- name: to_do
-- Pieces of an agreed import that are not done.
SELECT p.piece FROM access_authorisation a
CROSS JOIN LATERAL generate_series(0, jsonb_array_length(a.content -> 'pieces') - 1) p (piece)
WHERE a.id = %(proposal)s AND a.granted AND NOT EXISTS (
    SELECT FROM billing_imported d WHERE d.proposal_id = a.id AND d.piece = p.piece)
ORDER BY p.piece

-- name: import
-- One of them.
SELECT billing_import_v1(%s, %s, %s)

-- name: contract
-- A customer as proposals name him.
SELECT c.bucket, c.customer_id, c.biller_id, c.account_no, p.path, c.closed_on
FROM billing_customer c JOIN billing_place p USING (place_id)
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s

-- name: by_account
-- One that is not closed.
SELECT customer_id FROM billing_customer
WHERE bucket = %(bucket)s AND biller_id = %(biller)s AND account_no = %(account)s AND closed_on IS NULL

-- name: meters_in_use
-- Those of which the last reading is asked; of one fee, or of all.
SELECT m.number, m.register FROM billing_service s
JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id AND m.removed_on IS NULL
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s AND s.to_on IS NULL
    AND (%(fee)s::integer IS NULL OR s.fee_id = %(fee)s) ORDER BY m.meter_id

-- name: do_contract
-- What two people agreed to.
SELECT billing_contract_v1(%s, %s)

-- name: marked
-- Customers whose names have all these pairs of letters, or others with the same marks: they are opened and compared.
SELECT c.customer_id, c.account_no, n.name
FROM billing_customer c
JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE c.biller_id = %(biller)s AND c.marks @> %(marks)s::smallint[] LIMIT %(most)s

-- name: communities_with
-- In how many names of communities each word stands.
SELECT w.word, count(p.place_id) FROM unnest(%(words)s::text[]) w (word)
LEFT JOIN billing_place p ON p.biller_id = %(biller)s AND p.level = 1 AND strpos(p.name, w.word) > 0 GROUP BY w.word

-- name: houses_with
-- Of buildings and units.
SELECT w.word, count(p.place_id) FROM unnest(%(words)s::text[]) w (word)
LEFT JOIN billing_place p ON p.biller_id = %(biller)s AND p.level < 4 AND strpos(p.name, w.word) > 0 GROUP BY w.word

-- name: places_below
-- Places of whose path one name has the word (of communities, buildings and units, or the beginning of a door), and in
-- whose path all words stand. OFFSET 0: level by level by the index of parents, whatever the planner thinks of it.
WITH RECURSIVE below AS (
    (SELECT p.place_id, p.path FROM billing_place p
     WHERE p.biller_id = %(biller)s AND p.level = 1 AND %(at)s = 'community' AND strpos(p.name, %(word)s) > 0)
    UNION ALL
    (SELECT p.place_id, p.path FROM billing_place p
     WHERE p.biller_id = %(biller)s AND p.level < 4 AND %(at)s = 'house' AND strpos(p.name, %(word)s) > 0)
    UNION ALL
    (SELECT p.place_id, p.path FROM billing_place p
     WHERE p.biller_id = %(biller)s AND p.level = 4 AND %(at)s = 'door' AND p.name LIKE %(begins)s)
    UNION ALL
    SELECT c.place_id, c.path FROM below b
    CROSS JOIN LATERAL (SELECT x.place_id, x.path FROM billing_place x WHERE x.parent_id = b.place_id OFFSET 0) c
)
SELECT place_id FROM below b
WHERE NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE strpos(b.path, w) = 0) LIMIT %(most)s

-- name: read
-- Readings, all or none.
SELECT billing_read_v1(%(biller)s, %(numbers)s, %(registers)s, %(days)s::date[], %(values)s::bigint[], %(kind)s, %(note)s,
    %(by)s, %(now)s)

-- name: swap
-- A meter goes, another comes.
SELECT billing_swap_v1(%(biller)s, %(number)s, %(register)s, %(day)s, %(last)s, %(new)s, %(multiplier)s,
    %(digits)s::smallint, %(first)s, %(now)s)

-- name: accept
-- A person says that it is right.
SELECT billing_accept_v1(%(doubt)s, %(qty)s, %(reason)s, %(by)s, %(now)s)

-- name: estimate
-- What is missing, out of what was used before.
SELECT billing_estimate_v1(%(doubt)s, %(by)s, %(now)s)

-- name: usage
-- Of a fee and a period, or of one service.
SELECT billing_usage_v1(%(fee)s, %(since)s, %(until)s, %(now)s, %(service)s)
