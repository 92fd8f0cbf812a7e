-- Statements of customers, meters and readings.

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
    fee_id, class, region, area_milli, factor, number, register, multiplier, digits, first_milli, prepaid) FROM STDIN

-- name: file
-- One file, with its biller and its newest proposal.
SELECT f.file_id, f.biller_id, p.code AS biller_code, p.name AS biller_name, f.kind, f.name, f.sha256, f.bytes, f.rows,
    f.wrong, f.received_at, f.received_by, f.proposal_id, f.state, f.customers, f.written, f.same, f.refused
FROM billing_import f JOIN partner p ON p.id = f.biller_id WHERE f.file_id = %s

-- name: standings
-- What its rows would do now.
SELECT standing, count(*) FROM billing_standing WHERE file_id = %s GROUP BY 1

-- name: changed_rows
-- Rows that change what there is, the first ones: before and after, a pair each.
SELECT s.account_no, n.name, s.name, v.area_milli, s.area_milli, coalesce(h.persons, c.persons),
    coalesce(s.persons, h.persons, c.persons), v.class, s.class, v.region, s.region, v.factor, s.factor, v.prepaid,
    coalesce(s.prepaid, v.prepaid), c.consent_at IS NOT NULL, s.consent, s.biller_id
FROM billing_standing s
JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
LEFT JOIN payer n ON n.bucket = s.bucket AND n.biller_id = s.biller_id AND n.account_no = s.account_no
LEFT JOIN LATERAL (SELECT x.persons FROM billing_household x WHERE x.bucket = s.bucket
    AND x.customer_id = c.customer_id ORDER BY x.from_on DESC LIMIT 1) h ON true
WHERE s.file_id = %s AND s.standing = 'changed' ORDER BY s.line_no LIMIT %s

-- name: odd_rows
-- What no rule forbids and hardly anybody means: a class that has no price, a fee by area without one, two accounts of a
-- fee behind one door of the file.
SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM billing_price p WHERE p.fee_id = r.fee_id AND p.class = r.class
        AND p.region = r.region)),
    count(*) FILTER (WHERE r.area_milli IS NULL AND EXISTS (SELECT FROM billing_price p
        JOIN billing_part t ON t.price_id = p.price_id AND t.basis IN ('area', 'area_month')
        WHERE p.fee_id = r.fee_id AND p.class = r.class AND p.region = r.region)),
    count(*) FILTER (WHERE r.is_shared)
FROM (SELECT x.*, min(x.account_no) OVER door <> max(x.account_no) OVER door AS is_shared
      FROM billing_row x WHERE x.file_id = %s WINDOW door AS (PARTITION BY x.fee_id, x.place)) r

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
    AND (%(fee)s::integer IS NULL OR s.fee_id = %(fee)s)
    AND (%(services)s::bigint[] IS NULL OR s.service_id = ANY (%(services)s)) ORDER BY m.meter_id

-- name: what_stays
-- Of an account: its balance, its open bills; its services in use [id, fee, name], and those that a run has.
SELECT coalesce((SELECT sum(y.balance_fen) FROM payable y WHERE y.bucket = c.bucket AND y.biller_id = c.biller_id
        AND y.account_no = c.account_no AND y.balance_fen > 0), 0)::bigint,
    (SELECT count(*) FROM payable y WHERE y.bucket = c.bucket AND y.biller_id = c.biller_id
        AND y.account_no = c.account_no AND y.state = 'open' AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen),
    s.services, s.running
FROM billing_customer c CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_array(x.service_id, x.fee_id, f.name) ORDER BY x.service_id), '[]') AS services,
        coalesce(jsonb_agg(x.service_id) FILTER (WHERE EXISTS (SELECT FROM billing_run r WHERE r.fee_id = x.fee_id
            AND r.published_at IS NULL AND r.dropped_at IS NULL
            AND (r.kind IN ('period', 'past') OR (r.subject ->> 'service')::bigint = x.service_id))), '[]') AS running
    FROM billing_service x JOIN billing_fee f ON f.fee_id = x.fee_id
    WHERE x.bucket = c.bucket AND x.customer_id = c.customer_id AND x.to_on IS NULL) s
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s

-- name: fees_there
-- Fees that an account has already.
SELECT s.fee_id FROM billing_service s
WHERE s.bucket = %(bucket)s AND s.customer_id = %(customer)s AND s.fee_id = ANY (%(fees)s) AND s.to_on IS NULL

-- name: billed_until
-- To which day, behind one, what is not measured of these services is billed, the last one.
SELECT max(b.to_on)::text FROM billing_bill_counting b JOIN billing_fee f ON f.fee_id = b.fee_id AND NOT f.metered
WHERE b.bucket = %(bucket)s AND b.service_id = ANY (%(going)s) AND b.kind IN ('period', 'single', 'past')
    AND b.to_on > %(day)s AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket
        AND x.service_id = b.service_id AND x.corrects_id = b.bill_id AND x.kind = 'cancel')

-- name: arrears
-- Open bills of an account: title, due date, what is left of each and its late fee of a day.
SELECT r.bill_id, (r.owed).title, (r.owed).due_on, r.rest_fen, r.late_fen, r.is_waived
FROM billing_arrears_v1(%(bucket)s, %(biller)s, %(account)s, %(on)s) r

-- name: take_over
-- What two people agreed to.
SELECT billing_take_over_v1(%s, %s)

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
-- whose path all words stand: where they do, they do in all below, which is not looked at again; below a door there is
-- nothing. OFFSET 0: level by level by the index of parents, whatever the planner thinks of it.
WITH RECURSIVE below AS (
    SELECT p.place_id, p.level, NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE strpos(p.path, w) = 0)
        AND NOT EXISTS (SELECT FROM unnest(%(patterns)s::text[]) r WHERE p.path !~ r) AS fits
    FROM (
        (SELECT p.place_id, p.level, p.path FROM billing_place p
         WHERE p.biller_id = %(biller)s AND p.level = 1 AND %(at)s = 'community' AND strpos(p.name, %(word)s) > 0)
        UNION ALL
        (SELECT p.place_id, p.level, p.path FROM billing_place p
         WHERE p.biller_id = %(biller)s AND p.level < 4 AND %(at)s = 'house' AND strpos(p.name, %(word)s) > 0)
        UNION ALL
        (SELECT p.place_id, p.level, p.path FROM billing_place p
         WHERE p.biller_id = %(biller)s AND p.level = 4 AND %(at)s = 'door' AND p.name LIKE %(begins)s)
    ) p
    UNION ALL
    SELECT c.place_id, c.level, b.fits
        OR NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE strpos(c.path, w) = 0)
        AND NOT EXISTS (SELECT FROM unnest(%(patterns)s::text[]) r WHERE c.path !~ r)
    FROM below b
    CROSS JOIN LATERAL (SELECT x.* FROM billing_place x WHERE x.parent_id = b.place_id OFFSET 0) c
    WHERE b.level < 4
)
SELECT place_id FROM below b WHERE b.fits LIMIT %(most)s

-- name: community_in
-- The longest name of a community that stands in a text.
SELECT p.name FROM billing_place p WHERE p.biller_id = %(biller)s AND p.level = 1 AND strpos(%(text)s, p.name) > 0
ORDER BY length(p.name) DESC LIMIT 1

-- name: holders_at
-- Of the customers at some places.
SELECT c.customer_id, c.account_no, n.name FROM billing_customer c
JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE c.place_id = ANY (%(places)s::bigint[])

-- name: accounts
-- Those of these numbers that there are; by the index, bucket by bucket.
SELECT c.account_no FROM ledger_head h
JOIN billing_customer c ON c.bucket = h.bucket AND c.biller_id = %(biller)s AND c.account_no = ANY (%(typed)s::text[])

-- name: accounts_with
-- Numbers in which one of these stands: read one by one, without their rows.
SELECT c.account_no FROM billing_customer c
WHERE c.biller_id = %(biller)s AND c.account_no LIKE ANY (SELECT '%%' || replace(replace(replace(
    p, '\', '\\'), '%%', '\%%'), '_', '\_') || '%%' FROM unnest(%(parts)s::text[]) p) LIMIT %(most)s

-- name: read
-- Readings, all or none.
SELECT billing_read_v1(%(session)s, %(biller)s, %(numbers)s, %(registers)s, %(days)s::date[], %(values)s::bigint[],
    %(kind)s, %(note)s, %(now)s)

-- name: reading_rows
-- What each of them would be.
SELECT item, standing, odd, account_no, before_on, before_milli, used_milli, mean_milli
FROM billing_reading_rows_v1(%(biller)s, %(numbers)s, %(registers)s, %(days)s::date[], %(values)s::bigint[])

-- name: read_file
-- A file that was seen, all or none.
SELECT billing_read_file_v1(%(session)s, %(file)s, %(numbers)s, %(registers)s, %(days)s::date[], %(values)s::bigint[],
    %(now)s)

-- name: unread
-- Periods of a fee of which services were not read, of the companies asked for.
SELECT f.fee_id, p.name || ' ' || f.name, d.since_on, d.until_on, count(*)
FROM billing_fee f JOIN partner p ON p.id = f.biller_id
JOIN billing_doubt d ON d.fee_id = f.fee_id AND d.accepted_at IS NULL AND d.fault = 'missing'
WHERE f.fee_id = ANY (%(fees)s) GROUP BY 1, 2, 3, 4 ORDER BY 4 DESC, 2, 3 LIMIT 100

-- name: estimable
-- What each would get: how many, their sum, how many cannot be; then the highest, and those, with account and reason.
WITH one AS MATERIALIZED (SELECT * FROM billing_estimable_v1(%(fee)s, %(since)s, %(until)s, %(on)s)),
shown AS (
    (SELECT * FROM one WHERE code = 0 ORDER BY qty_milli DESC, service_id LIMIT %(most)s)
    UNION ALL (SELECT * FROM one WHERE code <> 0 ORDER BY service_id LIMIT %(most)s)
)
SELECT t.can, t.qty, t.cannot, c.account_no, s.qty_milli, s.code, c.customer_id
FROM (SELECT count(*) FILTER (WHERE code = 0) AS can, coalesce(sum(qty_milli), 0)::bigint AS qty,
          count(*) FILTER (WHERE code <> 0) AS cannot FROM one) t
LEFT JOIN shown s ON true
LEFT JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
LEFT JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
ORDER BY s.code, s.qty_milli DESC, s.service_id

-- name: estimate_all
-- One person's act.
SELECT code, estimating_id
FROM billing_estimate_all_v1(%(session)s, %(fee)s, %(since)s, %(until)s, %(services)s, %(now)s)

-- name: estimate_piece
-- In a transaction of its own.
SELECT billing_estimate_piece_v1(%s, %s, %s)

-- name: estimatings
-- The newest acts, and how far they are.
SELECT e.estimating_id, f.name, e.since_on, e.until_on, e.services, e.done, e.refused, e.asked_by, e.asked_at, e.is_done
FROM billing_estimating_state e JOIN billing_fee f ON f.fee_id = e.fee_id
WHERE e.fee_id = ANY (%(fees)s) ORDER BY e.estimating_id DESC LIMIT 20

-- name: estimate_left
-- What one could not estimate, and why.
SELECT c.account_no, l.code, c.customer_id
FROM billing_estimate_left l
JOIN billing_estimating e ON e.estimating_id = l.estimating_id AND e.fee_id = ANY (%(fees)s)
JOIN billing_service v ON v.bucket = l.bucket AND v.service_id = l.service_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
WHERE l.estimating_id = %(estimating)s ORDER BY c.account_no LIMIT %(most)s
