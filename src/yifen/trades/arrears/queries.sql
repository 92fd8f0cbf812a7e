-- Statements of arrears.

-- name: rule_named
-- Whose rule it is, and of which fee; nothing where the fee is another company's.
SELECT p.name, f.name FROM partner p LEFT JOIN billing_fee f ON f.fee_id = %(fee)s::integer
WHERE p.id = %(biller)s AND (%(fee)s::integer IS NULL OR f.biller_id = p.id)

-- name: against_rule
-- What speaks against its steps.
SELECT arrears_against_rule_v1(%(law)s, %(kinds)s::text[], %(overdue)s::integer[], %(after)s::integer[],
    %(least)s::bigint[])

-- name: steps_now
-- Those of the newest rule of just this company, fee and class.
SELECT s.step_no, s.kind, s.overdue_days, s.after_days, s.least_fen FROM arrears_step s
WHERE s.rule_id = (SELECT max(r.rule_id) FROM arrears_rule r WHERE r.biller_id = %(biller)s
    AND r.fee_id IS NOT DISTINCT FROM %(fee)s::integer AND r.class = %(class)s) ORDER BY s.step_no

-- name: put_rule
-- What two people agreed to.
SELECT arrears_rule_v1(%s, %s)

-- name: put_plan
-- What two people agreed to.
SELECT arrears_plan_v1(%s, %s)

-- name: put_cut
-- What two people agreed to.
SELECT arrears_cut_v1(%s, %s)

-- name: put_write_off
-- What two people agreed to.
SELECT billing_write_off_v1(%s, %s)

-- name: account
-- A customer with his place and company.
SELECT c.customer_id, c.bucket, c.biller_id, p.name, c.account_no, l.path FROM billing_customer c
JOIN partner p ON p.id = c.biller_id JOIN billing_place l ON l.place_id = c.place_id
WHERE c.bucket = %(customer)s %% 1000 AND c.customer_id = %(customer)s

-- name: fresh
-- As before a query: its late fees of today, by the moment that a decision goes by.
SELECT payments_fresh_v1(%(bucket)s::smallint, %(biller)s, %(account)s, arrears_clock_v1(%(biller)s, %(now)s))

-- name: open_bills
-- Of an account, the oldest first.
SELECT b.bill_id, s.fee_id, f.name, y.title, y.due_on,
    arrears_today_v1(y.biller_id, %(now)s) - y.due_on, y.due_fen - y.paid_fen, y.paid_fen, arrears_disputed_v1(b.bill_id)
FROM payable y JOIN billing_bill b ON b.bucket = y.bucket
    AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id JOIN billing_fee f ON f.fee_id = s.fee_id
WHERE y.bucket = %(bucket)s AND y.biller_id = %(biller)s AND y.account_no = %(account)s AND y.state = 'open'
    AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen ORDER BY y.due_on, b.bill_id

-- name: due
-- Debts whose next step is due, of the kind that is asked for; a notice or a cut with the day of its notice.
SELECT d.biller_id, d.customer_id, d.fee_id, d.account_no, f.name, l.path, d.asked_fen, d.oldest_bill, d.oldest_on,
    (SELECT max(o.done_on) FROM arrears_done o WHERE o.bucket = d.bucket AND o.bill_id = d.oldest_bill AND o.kind = 'notice')
FROM arrears_debt d JOIN billing_fee f ON f.fee_id = d.fee_id
JOIN billing_customer c ON c.bucket = d.bucket AND c.customer_id = d.customer_id
JOIN billing_place l ON l.place_id = c.place_id
WHERE d.biller_id = %(biller)s AND d.next_kind = %(kind)s AND d.why = ''
    AND (%(fee)s::integer IS NULL OR d.fee_id = %(fee)s) AND (%(area)s::bigint IS NULL OR d.area_id = %(area)s)
    AND (%(customers)s::bigint[] IS NULL OR (d.customer_id, d.fee_id) IN (
        SELECT u.customer, u.fee FROM unnest(%(customers)s::bigint[], %(fees)s::integer[]) AS u (customer, fee)))
    AND NOT EXISTS (SELECT FROM arrears_letter p WHERE p.bucket = d.bucket AND p.bill_id = d.oldest_bill
        AND p.step_no = d.next_no AND p.kind = d.next_kind)
ORDER BY d.oldest_on, d.customer_id, d.fee_id LIMIT %(most)s

-- name: bad_bills
-- With what is open and what is written off of each.
SELECT b.bill_id, r.biller_id, b.bucket, b.account_no, y.title, y.due_on,
    CASE WHEN y.state = 'open' THEN y.due_fen - y.paid_fen ELSE 0 END,
    (SELECT coalesce(sum(w.amount_fen), 0)::bigint FROM billing_write_off w WHERE w.bucket = b.bucket
        AND w.bill_id = b.bill_id)
FROM unnest(%(bills)s::bigint[]) AS u (bill_id)
JOIN billing_bill b ON b.bucket = u.bill_id %% 1000 AND b.bill_id = u.bill_id JOIN billing_run r ON r.run_id = b.run_id
JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id ORDER BY b.bill_id

-- name: account_of_bill
-- Whose it is.
SELECT account_no FROM billing_bill WHERE bucket = %(bill)s %% 1000 AND bill_id = %(bill)s

-- name: office
-- By whose session it is.
SELECT arrears_office_v1(%(session)s, %(biller)s, %(phone)s, %(address)s, %(now)s)

-- name: look
-- As the worker does in its next minute.
SELECT arrears_look_v1(%(customer)s, %(now)s)

-- name: without_phone
-- Buckets where a call is due to whom no phone is kept.
SELECT DISTINCT d.bucket FROM arrears_debt d
JOIN billing_customer c ON c.bucket = d.bucket AND c.customer_id = d.customer_id
WHERE d.next_kind = 'call' AND d.why = '' AND c.contact IS NULL ORDER BY d.bucket

-- name: skip_calls
-- The next step does not wait for them.
SELECT arrears_skip_calls_v1(%s, %s)

-- name: promise
-- By whose session it is.
SELECT arrears_promise_v1(%(session)s, %(customer)s, %(fee)s, %(until)s, %(fen)s, %(note)s, %(now)s)

-- name: call
-- Likewise.
SELECT arrears_call_v1(%(session)s, %(customer)s, %(fee)s, %(outcome)s, %(until)s, %(fen)s, %(note)s, %(now)s)

-- name: dispute
-- Likewise.
SELECT arrears_dispute_v1(%(session)s, %(customer)s, %(fee)s, %(bills)s::bigint[], %(reason)s, %(now)s)

-- name: settle
-- Likewise.
SELECT arrears_settle_v1(%(session)s, %(hold)s, %(upheld)s, %(note)s, %(now)s)

-- name: serve
-- Likewise.
SELECT arrears_serve_v1(%(session)s, %(letter)s, %(how)s, %(on)s, %(note)s, %(now)s)

-- name: reprint
-- Likewise.
SELECT arrears_reprint_v1(%(session)s, %(letter)s, %(now)s)

-- name: cut_again
-- Likewise.
SELECT arrears_cut_again_v1(%(session)s, %(cut)s, %(now)s)

-- name: collector
-- Likewise.
SELECT arrears_collector_v1(%(session)s, %(place)s, %(user)s)

-- name: letters
-- Likewise: sheets of a batch.
SELECT code, batch FROM arrears_letters_v1(%(session)s, %(biller)s, %(kind)s, %(customers)s::bigint[], %(fees)s::integer[],
    %(now)s)

-- name: buckets
-- Each is worked out by itself.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: refresh
-- What is owed, and what is restored.
SELECT arrears_refresh_v1(%s, %s)

-- name: due_messages
-- As they were worked out last; each is asked again when it is claimed.
SELECT d.customer_id, d.fee_id FROM arrears_debt d WHERE d.next_kind = 'message' AND d.why = ''
ORDER BY d.oldest_on, d.customer_id, d.fee_id LIMIT %(most)s

-- name: put_off
-- Messages that their carrier did not take, after a while: at most nine tries.
SELECT m.done_id FROM arrears_message m JOIN notification n ON n.id = m.notification_id
WHERE n.state = 'later' AND m.tries < 9 AND n.created_at < %(now)s::timestamptz - m.tries * interval '5 minutes'
ORDER BY m.done_id LIMIT %(most)s

-- name: claim
-- The step is done, if it is due as of now.
SELECT done_id, biller_id, biller, account_no, fee, fen, due_on, contact
FROM arrears_claim_v1(%(first)s, %(last)s::integer, %(now)s)

-- name: claim_again
-- One that was put off, if it is still owed.
SELECT done_id, biller_id, biller, account_no, fee, fen, due_on, contact FROM arrears_again_v1(%(first)s, %(now)s)

-- name: sent
-- Which message it became.
SELECT arrears_sent_v1(%(done)s, %(notification)s)

-- name: rules_altered
-- A rule is what two people agreed to.
SELECT 'arrears_rule of proposal ' || coalesce(r.proposal, a.id), CASE
    WHEN r.proposal IS NULL THEN 'is missing, two people agreed to it'
    WHEN a.id IS NULL THEN 'is there, nobody agreed to it'
    WHEN (r.law, r.class, r.fee_id::text, r.restore_hours::text)
            IS DISTINCT FROM (a.content ->> 'law', a.content ->> 'class', a.content ->> 'fee', a.content ->> 'restore_hours')
        OR s.steps IS DISTINCT FROM (SELECT string_agg(concat_ws(' ', e ->> 'kind', e ->> 'overdue_days', e ->> 'after_days',
            e ->> 'least_fen'), ', ' ORDER BY n) FROM jsonb_array_elements(a.content -> 'steps') WITH ORDINALITY AS u (e, n))
        THEN concat('is ', s.steps, ', agreed was ', a.content) END
FROM arrears_rule r
JOIN LATERAL (SELECT string_agg(concat_ws(' ', x.kind, x.overdue_days, x.after_days, x.least_fen), ', ' ORDER BY x.step_no)
    AS steps FROM arrears_step x WHERE x.rule_id = r.rule_id) s ON true
FULL JOIN (SELECT * FROM access_authorisation WHERE action = 'arrears.rule' AND granted) a ON a.id = r.proposal

-- name: plans_altered
-- A plan likewise, row by row.
SELECT 'arrears_hold of proposal ' || coalesce(h.proposal, a.id), CASE
    WHEN h.proposal IS NULL THEN 'is missing, two people agreed to it'
    WHEN a.id IS NULL THEN 'is there, nobody agreed to it'
    WHEN s.rows IS DISTINCT FROM (SELECT string_agg(concat_ws(' ', e ->> 'on', e ->> 'fen'), ', ' ORDER BY e ->> 'on')
            FROM jsonb_array_elements(a.content -> 'rows') e)
        OR h.customer_id::text <> a.content ->> 'customer' OR h.fee_id::text <> a.content ->> 'fee'
        THEN concat('is ', s.rows, ', agreed was ', a.content) END
FROM (SELECT * FROM arrears_hold WHERE kind = 'plan') h
JOIN LATERAL (SELECT string_agg(concat_ws(' ', x.due_on, x.amount_fen), ', ' ORDER BY x.due_on) AS rows
    FROM arrears_plan_row x WHERE x.hold_id = h.hold_id) s ON true
FULL JOIN (SELECT * FROM access_authorisation WHERE action = 'arrears.plan' AND granted) a ON a.id = h.proposal

-- name: cuts_altered
-- Whoever is cut off stands in a list that two people agreed to, and his notice was served the legal days before.
SELECT 'arrears_cut ' || c.cut_id, CASE
    WHEN a.id IS NULL OR NOT a.content -> 'debts' @> jsonb_build_array(jsonb_build_object(
        'customer', c.customer_id, 'fee', c.fee_id, 'bill', c.bill_id)) THEN 'is of nobody whom two people agreed to cut off'
    WHEN (SELECT max(o.done_on) + s.after_days FROM arrears_done o JOIN arrears_step s ON s.rule_id = c.rule_id
            AND s.kind = 'cut' WHERE o.bucket = c.bucket AND o.bill_id = c.bill_id AND o.kind = 'notice'
            GROUP BY s.after_days) <= (c.asked_at AT TIME ZONE 'Asia/Shanghai')::date IS NOT TRUE
        THEN 'came before the days behind its notice' END
FROM arrears_cut c LEFT JOIN access_authorisation a ON a.id = c.proposal AND a.action = 'arrears.cut' AND a.granted

-- name: sample_is_there
-- Does it bill here?
SELECT EXISTS (SELECT FROM billing_customer c WHERE c.biller_id = %(biller)s)

-- name: sample_fee
-- An old fee of its own.
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
VALUES (%(biller)s, 'OLD', '往年欠费', '月', false, 'none', 'partial', 15) RETURNING fee_id

-- name: sample_price
-- By the month.
WITH price AS (
    INSERT INTO billing_price (fee_id, class, name, valid_from)
    VALUES (%(fee)s, '居民', '往年', %(day)s::date - 400) RETURNING price_id
)
INSERT INTO billing_part SELECT price_id, 1, '往年', 'month', 0, 128.5 FROM price

-- name: sample_services
-- Of the first of its customers.
WITH chosen AS (
    SELECT c.bucket, c.customer_id, row_number() OVER (PARTITION BY c.bucket ORDER BY c.account_no) AS n
    FROM (SELECT * FROM billing_customer x WHERE x.biller_id = %(biller)s ORDER BY x.account_no LIMIT %(count)s) c
), numbered AS (
    INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT c.bucket, (k.service + c.n) * 1000 + c.bucket, c.customer_id, %(fee)s, '居民', %(day)s::date - 400
    FROM chosen c JOIN billing_counter k ON k.bucket = c.bucket RETURNING bucket, service_id
)
UPDATE billing_counter k SET service = n.last
FROM (SELECT bucket, max(service_id) / 1000 AS last FROM numbered GROUP BY bucket) n WHERE n.bucket = k.bucket

-- name: sample_run
-- Overdue for long.
SELECT run_id FROM billing_begin_by_v1(%(fee)s, NULL, %(from)s, %(to)s, %(due)s, %(maker)s, %(now)s)

-- name: sample_make
-- Its bills.
SELECT billing_make_v1(k.run_id, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s

-- name: sample_figures
-- What two people agree to.
SELECT billing_figures_v1(%(run)s)

-- name: sample_agreed
-- Two people's word, in this transaction.
INSERT INTO access_authorisation (action, subject_key, content, institution_id, partner_id, maker_id, checker_id,
                                  requested_at, decided_at, granted, used_at, reason, settled_in)
SELECT %(act)s, %(key)s, %(content)s, %(institution)s, %(biller)s, m.id, c.id, %(now)s, %(now)s, true, %(now)s, '核对无误',
    pg_current_xact_id()::text::bigint
FROM access_user m JOIN access_user c ON c.login = %(checker)s WHERE m.login = %(maker)s RETURNING id

-- name: sample_publish
-- Piece by piece.
SELECT billing_publish_v1(%(proposal)s, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s ORDER BY k.piece

-- name: sample_rule
-- As two people's yes does it.
SELECT arrears_rule_v1(%(proposal)s, %(now)s)

-- name: sample_cut
-- Likewise.
SELECT arrears_cut_v1(%(proposal)s, %(now)s)

-- name: sample_plan
-- Likewise.
SELECT arrears_plan_v1(%(proposal)s, %(now)s)

-- name: sample_write_off
-- Likewise.
SELECT billing_write_off_v1(%(proposal)s, %(now)s)

-- name: sample_customers
-- Who owes, in order.
SELECT s.customer_id FROM billing_service s JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
WHERE s.fee_id = %(fee)s ORDER BY c.account_no

-- name: sample_step
-- A step that was done on that day.
SELECT arrears_do_v1(n, %(on)s, %(maker)s, CASE %(kind)s WHEN 'message' THEN 'no_phone' WHEN 'call' THEN 'reached'
    WHEN 'letter' THEN 'printed' ELSE 'handed' END, '', %(now)s)
FROM arrears_now_v1(%(customer)s, %(fee)s, %(now)s) n WHERE n.next_kind = %(kind)s

-- name: sample_owed
-- Of each, in order.
SELECT c.customer_id, n.oldest_bill, n.owed_fen FROM billing_service s
JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
CROSS JOIN LATERAL arrears_now_v1(c.customer_id, %(fee)s, %(now)s) n WHERE s.fee_id = %(fee)s ORDER BY c.account_no

-- name: sample_hold
-- A promise or a dispute.
SELECT arrears_hold_v1(n, %(kind)s, %(until)s::date, %(fen)s, ARRAY[n.oldest_bill], '演示', %(maker)s, NULL, %(now)s)
FROM arrears_now_v1(%(customer)s, %(fee)s, %(now)s) n
