-- What the pages of utility billing read.

-- name: runs
-- Runs with how far they are.
FROM billing_run_state s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id

-- name: bills
-- Bills of runs that were not given up.
FROM billing_bill_counting b JOIN billing_run r ON r.run_id = b.run_id JOIN billing_fee f ON f.fee_id = r.fee_id

-- name: bill_state
-- How a bill of the list stands: its payable's state, else why it has none.
CASE WHEN r.kind = 'past' THEN 'past' WHEN r.published_at IS NULL AND NOT EXISTS (
        SELECT FROM billing_booking d WHERE d.run_id = b.run_id AND d.piece = b.piece) THEN 'unpublished'
    WHEN (SELECT sum(w.amount_fen) FROM billing_write_off w WHERE w.bucket = b.bucket AND w.bill_id = b.bill_id) > 0
        THEN 'written'
    ELSE coalesce((SELECT y.state::text FROM payable y WHERE y.bucket = b.bucket AND y.biller_id = r.biller_id
        AND y.account_no = b.account_no AND y.ref = 'B' || b.bill_id), 'none') END

-- name: bill_open
-- Something of it is still to be paid; asked bill by bill in the order of the list, which a join would read whole.
'open' = (SELECT y.state::text FROM payable y WHERE y.bucket = b.bucket AND y.biller_id = r.biller_id
    AND y.account_no = b.account_no AND y.ref = 'B' || b.bill_id)

-- name: bill_overdue
-- That is still open, of a run that was due before today; newer bills than those of such runs are not looked at. "+ 0": in the
-- order of the list, not sorted.
b.bill_id <= (SELECT k.bills_upto FROM billing_piece k JOIN billing_run q ON q.run_id = k.run_id
    WHERE q.due_on < %(today)s ORDER BY k.bills_upto DESC NULLS LAST LIMIT 1)
AND r.due_on + 0 < %(today)s AND {bill_open}

-- name: fees
-- Of the billers in scope.
SELECT f.fee_id, p.code || ' ' || f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name

-- name: bill
-- One bill, with its payable, what its account's balance paid of it, whether it was taken back, and what speaks against
-- correcting or cancelling it.
SELECT b.bill_id, r.biller_id, p.name, b.account_no, f.name, f.unit, r.kind, b.from_on, b.to_on, b.qty_milli, b.used_milli,
    b.carried_fen, b.carry_fen, b.amount_fen, b.run_id, b.corrects_id, b.service_id, y.state::text, y.due_fen, y.paid_fen,
    y.due_on, s.amount_fen, x.bill_id, d.at, v.customer_id, v.prepaid,
    b.corrects_id IS NOT NULL AND r.kind = 'correction' AND r.subject ? 'taken',
    (SELECT bool_or(t.stands) FROM billing_taken t WHERE t.fee_id = r.fee_id AND t.to_on = b.to_on
        AND t.bill_id = b.bill_id), r.subject, f.metered, f.metered AND NOT v.tiers_gone
FROM billing_bill_counting b JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id JOIN partner p ON p.id = r.biller_id
JOIN billing_service v ON v.bucket = b.bucket AND v.service_id = b.service_id
LEFT JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
LEFT JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id
LEFT JOIN LATERAL (SELECT c.bill_id FROM billing_bill_counting c WHERE c.bucket = b.bucket
    AND c.service_id = b.service_id AND c.corrects_id = b.bill_id AND c.kind = 'cancel') x ON true
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: newest_bill
-- Of a service that is not measured: whose it is, and its newest bill that is published and counts.
SELECT f.biller_id, v.customer_id, (
    SELECT b.bill_id FROM billing_bill_counting b JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
    WHERE b.bucket = v.bucket AND b.service_id = v.service_id AND b.kind IN ('period', 'single')
        AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket AND x.service_id = b.service_id
            AND x.corrects_id = b.bill_id AND x.kind = 'cancel')
    ORDER BY b.bill_id DESC LIMIT 1)
FROM billing_service v JOIN billing_fee f ON f.fee_id = v.fee_id AND NOT f.metered
WHERE v.bucket = %(service)s %% 1000 AND v.service_id = %(service)s

-- name: customer_bills
-- Of one customer, the newest first, with what of each is owed.
SELECT b.bill_id, f.name, b.from_on, b.to_on, r.kind, b.amount_fen, y.state::text, y.due_fen - y.paid_fen, y.due_on,
    d.document_id IS NOT NULL
FROM billing_service s
JOIN billing_bill_counting b ON b.bucket = s.bucket AND b.service_id = s.service_id
JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id
LEFT JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s ORDER BY b.bill_id DESC LIMIT %(most)s

-- name: late_decided
-- Late fees. What was waived of a bill, and the days that are not counted for it, by which proposal.
SELECT d.fen, d.since, d.until, a.reason, d.proposal
FROM (SELECT w.amount_fen AS fen, w.waived_on AS since, NULL::date AS until, w.proposal FROM billing_waiver w
      WHERE w.bucket = %(bill)s %% 1000 AND w.bill_id = %(bill)s
      UNION ALL
      SELECT NULL, f.from_on, f.to_on, f.proposal FROM billing_freeze f
      WHERE f.bucket = %(bill)s %% 1000 AND f.biller_id = %(biller)s AND f.account_no = %(account)s
          AND coalesce(f.bill_id, %(bill)s) = %(bill)s) d
JOIN access_authorisation a ON a.id = d.proposal ORDER BY d.proposal DESC

-- name: late_rules
-- Of the billers in scope.
SELECT p.code || ' ' || f.name, l.class, l.valid_from, l.rate, l.later_rate, l.grace_days, l.min_fen, l.cap_permille,
    l.count_first, l.truncated, l.fee_first
FROM billing_late_rule l JOIN billing_fee f ON f.fee_id = l.fee_id JOIN partner p ON p.id = f.biller_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name, l.class, l.valid_from DESC


-- name: prices
-- Versions with the last day before the next one; what stands in each is told from its rows.
FROM billing_price_span v JOIN billing_fee f ON f.fee_id = v.fee_id JOIN partner p ON p.id = f.biller_id
CROSS JOIN LATERAL (
    SELECT string_agg(trim_scale(t.price)::text, ' / ' ORDER BY t.part_no) AS prices
    FROM billing_part t WHERE t.price_id = v.price_id) t

-- name: price_state
-- Past, in force today, or to come.
CASE WHEN v.valid_from > %(today)s::date THEN 'coming' WHEN v.until < %(today)s::date THEN 'past' ELSE 'now' END

-- name: fees_listed
-- Fees with their company, and in how many classes and regions there is a price today.
FROM billing_fee f JOIN partner p ON p.id = f.biller_id
CROSS JOIN LATERAL (
    SELECT count(*) AS prices FROM billing_price_span v WHERE v.fee_id = f.fee_id
        AND v.valid_from <= %(today)s::date AND coalesce(v.until, %(today)s::date) >= %(today)s::date) n

-- name: billing_billers
-- Companies in scope that bill here.
SELECT p.id, p.code || ' ' || p.name FROM billing_biller b JOIN partner p ON p.id = b.biller_id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.code


-- name: customers
-- Customers with place and holder.
FROM billing_customer c
JOIN billing_place l ON l.place_id = c.place_id
JOIN partner p ON p.id = c.biller_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no

-- name: doubts
-- What of the readings is in doubt, or was.
FROM billing_doubt d
JOIN billing_fee f ON f.fee_id = d.fee_id
JOIN partner p ON p.id = f.biller_id
JOIN billing_service s ON s.bucket = d.bucket AND s.service_id = d.service_id
JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
JOIN billing_place l ON l.place_id = c.place_id

-- name: files
-- Files of customers and readings, with what became of them.
FROM billing_import f JOIN partner p ON p.id = f.biller_id

-- name: files_to_do
-- It has to be sent again, or nobody proposed it, and no later file of the kind came.
f.state IN ('wrong', 'staged', 'no') AND NOT EXISTS (
    SELECT FROM billing_file n WHERE n.biller_id = f.biller_id AND n.kind = f.kind AND n.file_id > f.file_id)

-- name: billers
-- Companies that bill here, the sandbox's aside.
SELECT p.id, p.code || ' ' || p.name FROM partner p JOIN billing_biller b ON b.biller_id = p.id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code

-- name: metered_fees
-- Metered fees of those.
SELECT f.fee_id, p.code || ' ' || f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id
WHERE f.metered AND p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.fee_id

-- name: customer
-- One, with his holder sealed.
SELECT c.customer_id, c.bucket, c.biller_id, p.code, p.name, c.account_no, n.name, l.path, c.persons, c.contact,
    c.consent_at, c.withdrawn_at, c.opened_on, c.closed_on, c.before_id,
    (SELECT a.customer_id FROM billing_customer a WHERE a.place_id = c.place_id AND a.before_id = c.customer_id LIMIT 1)
FROM billing_customer c
JOIN billing_place l ON l.place_id = c.place_id
JOIN partner p ON p.id = c.biller_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s

-- name: services
-- What he is billed for.
SELECT s.service_id, s.fee_id, f.name, s.class, s.region, s.area_milli, s.factor, s.from_on, s.to_on, s.prepaid
FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s ORDER BY s.to_on IS NOT NULL, f.name, s.from_on

-- name: meters
-- Of his services, those in use first.
SELECT m.meter_id, f.name, m.number, m.register, m.multiplier, m.digits, m.fitted_on, m.fitted_milli, m.removed_on,
    m.removed_milli
FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s
ORDER BY m.removed_on IS NOT NULL, m.number, m.register, m.fitted_on DESC LIMIT 100

-- name: readings
-- The newest of his meters, each with the version that counts last.
SELECT m.number, m.register, r.read_on, r.version, r.value_milli, r.kind, r.taken_at, r.taken_by
FROM billing_service s
JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id
JOIN billing_reading r ON r.bucket = m.bucket AND r.meter_id = m.meter_id
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s
ORDER BY r.read_on DESC, m.number, m.register, r.version DESC LIMIT 60

-- name: usages
-- The newest.
SELECT f.name, f.unit, u.from_on, u.to_on, u.qty_milli, u.peak_milli, u.valley_milli, u.estimated
FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
JOIN billing_usage u ON u.bucket = s.bucket AND u.service_id = s.service_id
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s ORDER BY u.to_on DESC, f.name LIMIT 36

-- name: household
-- How large it became.
SELECT from_on, persons FROM billing_household WHERE bucket = %(bucket)s AND customer_id = %(customer)s ORDER BY from_on

-- name: doubt
-- One, with its last readings.
SELECT d.doubt_id, f.biller_id, c.customer_id, c.account_no, l.path, f.name, f.unit, d.fault, d.from_on, d.to_on,
    d.qty_milli, d.mean_milli, d.accepted_at, d.accepted_by, d.reason, d.fee_id, d.since_on, d.until_on, d.service_id
FROM billing_doubt d JOIN billing_fee f ON f.fee_id = d.fee_id
JOIN billing_service s ON s.bucket = d.bucket AND s.service_id = d.service_id
JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
JOIN billing_place l ON l.place_id = c.place_id
WHERE d.doubt_id = %(doubt)s

-- name: in_use
-- Meters of one customer that can be read.
SELECT m.number, m.register, f.name FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id AND m.removed_on IS NULL
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s AND s.to_on IS NULL ORDER BY m.number, m.register

-- name: sheet
-- Meters of a fee to be read, in the order of the tree, with what they showed last.
SELECT l.path, c.account_no, m.number, m.register, coalesce(r.read_on, m.fitted_on), coalesce(r.value_milli, m.fitted_milli)
FROM billing_customer c
JOIN billing_place l ON l.place_id = c.place_id
JOIN billing_service s ON s.bucket = c.bucket AND s.customer_id = c.customer_id AND s.to_on IS NULL
    AND s.fee_id = %(fee)s
JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id AND m.removed_on IS NULL
LEFT JOIN LATERAL (SELECT x.read_on, x.value_milli FROM billing_reading x WHERE x.bucket = m.bucket
    AND x.meter_id = m.meter_id ORDER BY x.read_on DESC, x.version DESC LIMIT 1) r ON true
WHERE c.place_id = ANY (%(places)s::bigint[]) AND c.closed_on IS NULL
ORDER BY l.path, c.account_no, m.number, m.register LIMIT %(most)s

-- name: fee_biller
-- Whose it is.
SELECT biller_id FROM billing_fee WHERE fee_id = %(fee)s

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

-- name: swap
-- A meter goes, another comes.
SELECT billing_swap_v1(%(session)s, %(biller)s, %(number)s, %(register)s, %(day)s, %(last)s, %(new)s, %(multiplier)s,
    %(digits)s::smallint, %(first)s, %(now)s)

-- name: contact
-- A phone and what its owner said.
SELECT billing_contact_v1(%(session)s, %(customer)s, %(contact)s, %(shown)s, %(consent)s, %(on)s, %(now)s)

-- name: money_left
-- On an account: its balance, and what is open of its bills.
SELECT coalesce(sum(y.balance_fen) FILTER (WHERE y.balance_fen > 0), 0)::bigint,
    coalesce(sum(y.due_fen - y.paid_fen) FILTER (WHERE y.state = 'open' AND y.balance_fen IS NULL), 0)::bigint
FROM payable y JOIN billing_customer c ON c.bucket = y.bucket AND c.biller_id = y.biller_id AND c.account_no = y.account_no
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s

-- name: accept
-- A person says that it is right.
SELECT billing_accept_v1(%(session)s, %(doubt)s, %(qty)s, %(reason)s, %(now)s)

-- name: estimate
-- What is missing, out of what was used before.
SELECT billing_estimate_v1(%(session)s, %(doubt)s, %(now)s)

-- name: usage
-- Of a fee and a period, or of one service.
SELECT code, made FROM billing_make_usage_v1(%(session)s, %(fee)s, %(since)s, %(until)s, NULL, %(now)s)

-- Prepaid services: sales, balances, tokens -----------------------------------------------------------

-- name: sales
-- Every sale, and what took one back.
FROM billing_sale s
JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
JOIN billing_fee f ON f.fee_id = v.fee_id
JOIN partner p ON p.id = s.biller_id

-- name: unsold
-- Balances with money that was looked at and not sold.
FROM billing_unsold u
JOIN payable y ON y.bucket = u.bucket AND y.payable_id = u.payable_id
JOIN partner p ON p.id = y.biller_id
JOIN billing_customer c ON c.bucket = y.bucket AND c.biller_id = y.biller_id AND c.account_no = y.account_no

-- name: customer_sales
-- The newest of one customer.
SELECT s.sale_id, s.sold_at, f.name, f.unit, s.meter, s.qty_milli, s.amount_fen, s.token_state, s.token
FROM billing_service v JOIN billing_fee f ON f.fee_id = v.fee_id
JOIN billing_sale s ON s.bucket = v.bucket AND s.service_id = v.service_id
WHERE v.bucket = %(bucket)s AND v.customer_id = %(customer)s ORDER BY s.sale_id DESC LIMIT 50

-- name: one_sale
-- With its customer, and what took it back.
SELECT s.sale_id, s.biller_id, p.code || ' ' || p.name, s.account_no, c.customer_id, f.name, f.unit, s.meter, s.qty_milli,
    s.used_milli, s.amount_fen, s.undoes_id, s.sold_at, s.token_state, s.token, s.token_reason, s.token_tries, s.token_at,
    (SELECT x.sale_id FROM billing_sale x WHERE x.undoes_id = s.sale_id)
FROM billing_sale s
JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_fee f ON f.fee_id = v.fee_id
JOIN partner p ON p.id = s.biller_id
WHERE s.bucket = %(sale)s %% 1000 AND s.sale_id = %(sale)s

-- name: sale_lines
-- By tiers.
SELECT t.name, t.tier, l.qty_milli, t.price, l.amount_fen
FROM billing_sale s JOIN billing_sale_line l ON l.bucket = s.bucket AND l.sale_id = s.sale_id
JOIN billing_part t ON t.price_id = s.price_id AND t.part_no = l.part_no
WHERE s.bucket = %(sale)s %% 1000 AND s.sale_id = %(sale)s ORDER BY l.line_no

-- name: balance
-- A customer's prepaid balance, and why it was not sold.
SELECT y.payable_id, y.balance_fen, u.code, u.next_at
FROM billing_customer c
JOIN payable y ON y.bucket = c.bucket AND y.biller_id = c.biller_id AND y.account_no = c.account_no AND y.ref = 'PREPAID'
    AND y.balance_fen IS NOT NULL
LEFT JOIN billing_unsold u ON u.bucket = y.bucket AND u.payable_id = y.payable_id
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s

-- name: vendings
-- Companies that bill, and their vending systems.
SELECT p.id, p.code || ' ' || p.name, g.endpoint, g.version, (SELECT count(*) FROM billing_service s
    JOIN billing_fee f ON f.fee_id = s.fee_id WHERE s.prepaid AND f.biller_id = p.id AND s.to_on IS NULL)
FROM billing_biller b JOIN partner p ON p.id = b.biller_id LEFT JOIN billing_vending g ON g.biller_id = p.id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code

-- name: unpublished
-- Bills of a run that giving it up drops: those of pieces that are not published; how many, and their sum.
SELECT coalesce(sum(k.bills), 0)::bigint, coalesce(sum(k.asked_fen - k.given_fen), 0)::bigint FROM billing_piece k
WHERE k.run_id = %(run)s AND k.dropped_at IS NULL
    AND NOT EXISTS (SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece)

-- name: classes
-- Of customers, as prices and services of a fee have them.
SELECT DISTINCT c.class FROM (SELECT class FROM billing_price WHERE fee_id = %(fee)s
    UNION SELECT class FROM billing_service WHERE fee_id = %(fee)s AND to_on IS NULL) c ORDER BY 1 LIMIT 100

-- name: prepaid_left_out
-- How many services of a run's fee and period are prepaid.
SELECT count(*) FROM billing_service s WHERE s.fee_id = %(fee)s AND s.prepaid AND s.from_on <= %(to_on)s
    AND coalesce(s.to_on, %(from_on)s) >= %(from_on)s
