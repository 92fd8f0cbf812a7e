-- Statements of reconciliation: files, runs, and what later passes explain; items' are in repair/.

-- name: file_known
-- The same bytes are the same file.
SELECT file_id, business_day, version, rows, amount_fen, fee_fen FROM recon_file
WHERE partner_id = %s AND sha256 = %s

-- name: add_file
-- The next version of its day; from now on it is there.
INSERT INTO recon_file
SELECT %(file_id)s, %(partner_id)s, %(day)s, coalesce(max(version), 0) + 1, %(format)s, %(name)s,
       %(sha256)s, %(bytes)s, %(rows)s, %(amount_fen)s, %(fee_fen)s, %(now)s, %(by)s
FROM recon_file WHERE partner_id = %(partner_id)s AND business_day = %(day)s
RETURNING version

-- name: add_part
-- The file as it came: the evidence behind every difference.
INSERT INTO recon_file_part VALUES (%b, %b, %b, %b)

-- name: lock_files
-- One file of a partner at a time: versions have no gaps.
SELECT pg_advisory_xact_lock(hashtextextended('recon_file', %s))

-- name: next_file
-- Its rows come before the file itself.
SELECT nextval('recon_file_no')

-- name: copy_rows
-- The order of the columns is that of hub_columns too: those that most lines share come first.
COPY recon_row (file_id, kind, fee_fen, original, batch, line_no, amount_fen, at, serial, ref,
    account_no) FROM STDIN

-- name: profile
-- One leg as the engine uses it.
SELECT partner_id, code, book_id, encoding, described, party, format, layout_id, owner, currency,
       truth, own_cut_off, book_cut_off, slack_min, fee_ppm, by_rule, rule_window_min, by_group,
       deadline_days
FROM recon_profile_in_force

-- name: profile_by_id
-- By the number that other tables have.
{profile} WHERE partner_id = %s

-- name: profile_by_code
-- By the code that people and folders have.
{profile} WHERE code = %s

-- name: layout
-- A file's description.
SELECT to_jsonb(l) FROM recon_layout l WHERE id = %s

-- name: layout_columns
-- Its columns in the order of the file.
SELECT jsonb_agg(to_jsonb(c) ORDER BY position) FROM recon_layout_column c WHERE layout_id = %s

-- name: newest_file
-- A corrected file is a new version; the last one counts.
SELECT file_id, rows, amount_fen, fee_fen FROM recon_file
WHERE partner_id = %s AND business_day = %s ORDER BY version DESC LIMIT 1

-- name: open_run
-- Without an end until everything of it is written.
INSERT INTO recon_run (partner_id, business_day, file_id, started_at)
VALUES (%(partner)s, %(day)s, %(file)s, %(now)s) RETURNING run_id

-- name: lock_run
-- One run of a partner at a time.
SELECT pg_advisory_xact_lock(hashtextextended('recon_run', %(partner)s))

-- name: same_facts
-- The item that a difference was before: the same of both sides, the same place.
i.partner_id = %(partner)s AND i.business_day = coalesce(e.business_day, %(day)s)
    AND i.serial = f.serial AND i.class = f.class::recon_class AND i.nth = f.nth
    AND (i.payment_id, i.ours_kind, i.ours_fen, i.theirs_kind, i.theirs_fen, i.theirs_fee_fen)
        IS NOT DISTINCT FROM
        (f.payment_id, f.ours_kind, f.ours_fen, f.theirs_kind, f.theirs_fen, f.theirs_fee_fen)

-- name: found
-- What differs, of an expected line with the day from which it is expected.
recon_found f LEFT JOIN recon_expected e USING (expected_id)

-- name: close_gone
-- What a corrected file no longer shows; what a person closed stays.
UPDATE recon_item i SET state = 'closed', closed_at = %(now)s, closed_by = 'gone'
WHERE i.partner_id = %(partner)s AND i.business_day = %(day)s
    AND i.state IN ('open', 'waiting', 'proposed')
    AND NOT EXISTS (SELECT FROM {found} WHERE {same_facts})

-- name: add_items
-- What was not there before; around the cut it waits for the next file.
INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, nth, payment_id,
    expected_id, ours_kind, ours_fen, ours_fee_fen, ours_at, file_id, line_no, theirs_kind,
    theirs_fen, theirs_fee_fen, theirs_at, theirs_ref, original, account_no, batch, state,
    deadline, opened_at)
SELECT %(run)s, %(partner)s, coalesce(e.business_day, %(day)s), f.class::recon_class, f.serial,
       f.nth, f.payment_id, f.expected_id, f.ours_kind, f.ours_fen, f.ours_fee_fen, f.ours_at,
       CASE WHEN f.line_no IS NOT NULL THEN %(file)s END, f.line_no, f.theirs_kind, f.theirs_fen,
       f.theirs_fee_fen, f.theirs_at, f.theirs_ref, f.original, f.account_no, f.batch,
       CASE WHEN e.expected_id IS NOT NULL AND f.class = 'ours_only'
                 OR f.class IN ('ours_only', 'theirs_only')
                    AND coalesce(f.ours_at, f.theirs_at) >= %(waits_from)s
            THEN 'waiting' ELSE 'open' END::recon_state,
       coalesce(e.business_day, %(day)s) + %(deadline)s::integer, %(now)s
FROM {found}
WHERE NOT EXISTS (SELECT FROM recon_item i WHERE {same_facts}
                  AND (i.state <> 'closed' OR i.closed_by <> 'gone'))
ORDER BY f.line_no NULLS FIRST, f.serial

-- name: arrived
-- What the bank's own reference found needs no item.
UPDATE recon_expected e SET done = true, run_id = %(run)s, file_id = t.file_id, line_no = t.line_no
FROM recon_row t
WHERE e.partner_id = %(partner)s AND NOT e.done AND t.file_id = %(file)s AND t.serial = e.serial
    AND (t.kind IN ('sale', 'in')) = (e.kind = 'in') AND t.amount_fen = e.amount_fen
    AND NOT EXISTS (SELECT FROM recon_found f WHERE f.expected_id = e.expected_id)

-- name: close_arrived
-- Items of what has arrived since.
UPDATE recon_item i SET state = 'closed', closed_at = %(now)s, closed_by = 'arrived'
FROM recon_expected e
WHERE i.partner_id = %(partner)s AND i.state IN ('open', 'waiting') AND e.done
    AND i.expected_id = e.expected_id AND i.class = 'ours_only'

-- name: waited
-- The next day's file is there: what it did not explain counts now.
UPDATE recon_item i SET state = 'open'
WHERE i.partner_id = %(partner)s AND i.state = 'waiting' AND CASE WHEN i.expected_id IS NULL
    THEN i.business_day < (SELECT max(r.business_day) FROM recon_run r
                           WHERE r.partner_id = %(partner)s)
    ELSE i.deadline <= %(day)s END

-- name: close_run
-- The sums of both sides.
UPDATE recon_run SET ended_at = %(now)s, ours_count = %(ours_count)s, ours_fen = %(ours_fen)s,
    theirs_count = %(theirs_count)s, theirs_fen = %(theirs_fen)s,
    matched_count = %(matched_count)s, matched_fen = %(matched_fen)s, fee_fen = %(fee_fen)s
WHERE run_id = %(run)s

-- name: left
-- What is not closed of the day.
SELECT class::text, state::text, count(*) FROM recon_item
WHERE partner_id = %(partner)s AND business_day = %(day)s AND state <> 'closed'
GROUP BY class, state ORDER BY class, state

-- name: drop_found
-- The next leg is another one.
DROP TABLE recon_found; DROP TABLE IF EXISTS recon_twice

-- name: hash_only
-- A file's rows were loaded a moment ago, so nothing is known of them: no nested loop, whatever the
-- planner guesses.
SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off; SET LOCAL jit = off; SET LOCAL parallel_tuple_cost = 0

-- name: any_join
-- As it was.
RESET work_mem; RESET enable_nestloop; RESET enable_mergejoin; RESET parallel_tuple_cost

-- name: our_totals
-- Our side's rows and net fen; what is undecided counts in neither.
SELECT count(*), coalesce(sum(CASE WHEN kind IN ('sale', 'in') THEN amount_fen
                                   ELSE -amount_fen END), 0)::bigint
FROM ({{ours}}) o WHERE NOT undecided

-- name: ours_channel
-- A channel's leg has its own serials: what moved on the day, each as it says when it was.
SELECT CASE m.verb WHEN 'charge' THEN 'sale'::recon_kind WHEN 'refund' THEN 'refund'::recon_kind
                   ELSE 'void'::recon_kind END AS kind, m.serial, m.amount_fen,
       CASE m.verb WHEN 'charge' THEN m.paid_at ELSE m.booked_at END {local} AS at, m.payment_id,
       NULL::bigint AS expected_id, false AS undecided, m.original, m.account_no,
       NULL::text AS batch
FROM payment_movement m
WHERE m.channel_id = %(partner)s AND m.business_day = %(day)s

-- name: ours_biller
-- A biller's leg has our numbers, R behind what takes back. What it has not decided yet, of this or
-- an earlier day, is no movement: its file may decide it.
SELECT 'sale'::recon_kind AS kind, y.payment_id::text AS serial, y.amount_fen,
       y.paid_at {local} AS at, y.payment_id, NULL::bigint AS expected_id,
       y.booked_at IS NULL AS undecided, NULL::text AS original, y.account_no, NULL::text AS batch
FROM payment y
WHERE y.biller_id = %(partner)s AND (y.business_day = %(day)s AND y.booked_at IS NOT NULL
    OR y.business_day <= %(day)s AND y.booked_at IS NULL
       AND y.biller_state IN ('sent', 'unknown', 'reversing'))
UNION ALL
SELECT CASE r.verb WHEN 'refund' THEN 'refund' ELSE 'void' END::recon_kind,
       r.payment_id::text || 'R', r.amount_fen, coalesce(r.booked_at, y.paid_at) {local},
       r.payment_id, NULL, r.booked_at IS NULL, y.payment_id::text, y.account_no, NULL
FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
WHERE y.biller_id = %(partner)s AND y.booked_at IS NOT NULL
    AND (r.booked_at IS NULL OR r.business_day = %(day)s)

-- name: ours_bank
-- A bank's leg is what we expect there and it has not shown yet.
SELECT e.kind, e.serial, e.amount_fen, e.business_day::timestamp AS at, NULL::bigint AS payment_id,
       e.expected_id, false AS undecided, NULL::text AS original, e.account_no, e.batch
FROM recon_expected e
WHERE e.partner_id = %(partner)s AND e.business_day <= %(day)s AND NOT e.done

-- name: local
-- Partners' files have wall clock times.
AT TIME ZONE 'Asia/Shanghai'

-- name: fee
-- What a channel's fee should be, negative when we pay it: half a fen counts as one.
CASE WHEN o.kind IN ('sale', 'in') THEN -1 ELSE 1 END
    * ((o.amount_fen * %(fee_ppm)s + 500000) / 1000000)

-- name: class
-- What kind of difference; none where both agree.
CASE
    WHEN o.serial IS NULL THEN 'theirs_only'
    WHEN o.undecided THEN 'status'
    WHEN t.serial IS NULL THEN 'ours_only'
    WHEN (o.kind IN ('sale', 'in')) <> (t.kind IN ('sale', 'in')) THEN 'status'
    WHEN o.amount_fen <> t.amount_fen THEN 'amount'
    WHEN t.fee_fen <> {fee} THEN 'fee' END

-- name: columns
-- Both records side by side.
coalesce(o.serial, t.serial) AS serial, o.payment_id, o.expected_id, o.undecided,
    o.kind AS ours_kind, o.amount_fen AS ours_fen,
    CASE WHEN %(fee_ppm)s IS NULL THEN NULL ELSE {fee} END AS ours_fee_fen, o.at AS ours_at,
    t.line_no, t.kind AS theirs_kind, t.amount_fen AS theirs_fen, t.fee_fen AS theirs_fee_fen,
    t.at AS theirs_at, t.ref AS theirs_ref, coalesce(t.original, o.original) AS original,
    coalesce(o.account_no, t.account_no) AS account_no, coalesce(o.batch, t.batch) AS batch

-- name: find_differences
-- What agrees never leaves the join.
CREATE TEMP TABLE recon_found ON COMMIT DROP AS
SELECT {class} AS class, 1 AS nth, {columns}
FROM ({{ours}}) o
FULL JOIN (SELECT * FROM recon_row WHERE file_id = %(file)s) t ON t.serial = o.serial
WHERE o.serial IS NULL OR t.serial IS NULL OR o.undecided OR o.amount_fen <> t.amount_fen
    OR (o.kind IN ('sale', 'in')) <> (t.kind IN ('sale', 'in')) OR t.fee_fen <> {fee}

-- name: counts
-- Whether a serial stands twice shows from counts alone.
SELECT count(*) FILTER (WHERE theirs_fen IS NOT NULL AND (ours_fen IS NULL OR undecided)),
       count(*) FILTER (WHERE theirs_fen IS NULL AND NOT undecided),
       count(line_no), count(DISTINCT serial) FILTER (WHERE line_no IS NOT NULL)
FROM recon_found

-- name: find_repeated
-- Of a serial's rows the one that agrees counts, else the first; the others are duplicates.
CREATE TEMP TABLE recon_twice ON COMMIT DROP AS
SELECT serial FROM recon_row WHERE file_id = %(file)s GROUP BY serial HAVING count(*) > 1;
DELETE FROM recon_found f USING recon_twice w WHERE w.serial = f.serial;
INSERT INTO recon_found
SELECT CASE WHEN r.nth > 1 THEN 'duplicate' ELSE r.class END, r.nth, r.serial, r.payment_id,
       CASE WHEN r.nth = 1 THEN r.expected_id END, r.undecided,
       CASE WHEN r.nth = 1 THEN r.ours_kind END, CASE WHEN r.nth = 1 THEN r.ours_fen END,
       CASE WHEN r.nth = 1 THEN r.ours_fee_fen END, CASE WHEN r.nth = 1 THEN r.ours_at END,
       r.line_no, r.theirs_kind, r.theirs_fen, r.theirs_fee_fen, r.theirs_at, r.theirs_ref,
       r.original, r.account_no, r.batch
FROM (SELECT f.class, row_number() OVER (PARTITION BY f.serial
                 ORDER BY f.class IS NOT NULL, f.line_no) AS nth, f.serial, f.payment_id,
             f.expected_id, f.undecided, f.ours_kind, f.ours_fen, f.ours_fee_fen, f.ours_at,
             f.line_no, f.theirs_kind, f.theirs_fen, f.theirs_fee_fen, f.theirs_at, f.theirs_ref,
             f.original, f.account_no, f.batch
      FROM (SELECT {class} AS class, {columns}
            FROM (SELECT r.* FROM recon_row r JOIN recon_twice w USING (serial)
                  WHERE r.file_id = %(file)s) t
            LEFT JOIN ({{ours}}) o ON o.serial = t.serial) f) r
WHERE r.nth > 1 OR r.class IS NOT NULL

-- name: known_to_channel
-- A row of theirs that is of another day, or of a payment that is not decided, names it all the same.
UPDATE recon_found f
SET payment_id = y.payment_id, undecided = y.booked_at IS NULL,
    class = CASE WHEN y.booked_at IS NULL AND y.biller_state IN ('sent', 'unknown')
                 THEN 'status' ELSE f.class END
FROM ledger_head h, payment_serial s, payment y
WHERE f.class = 'theirs_only' AND s.bucket = h.bucket AND s.partner_id = %(partner)s
    AND s.serial = f.serial AND y.bucket = s.target_bucket AND y.payment_id = s.payment_id

-- name: known_to_biller
-- The same by our number, which billers know; of another day.
UPDATE recon_found f SET payment_id = y.payment_id
FROM payment y
WHERE f.class = 'theirs_only' AND f.serial ~ '^[0-9]{4,18}R?$'
    AND y.payment_id = CASE WHEN f.serial ~ '^[0-9]{4,18}R?$' THEN rtrim(f.serial, 'R')::bigint END
    AND y.bucket = y.payment_id %% 1000 AND y.biller_id = %(partner)s

-- name: agreed
-- What is left over, to be taken off the file's own sums.
SELECT count(line_no), coalesce(sum(CASE WHEN theirs_kind IN ('sale', 'in') THEN theirs_fen
                                         ELSE -theirs_fen END), 0)::bigint,
       coalesce(sum(theirs_fee_fen), 0)::bigint
FROM recon_found

-- name: live
-- Open one-sided items of a partner.
SELECT item_id, business_day, serial, class, payment_id, expected_id, account_no, batch,
    coalesce(ours_fen, theirs_fen) AS fen,
    coalesce(ours_kind, theirs_kind) IN ('sale', 'in') AS plus,
    coalesce(ours_at, theirs_at) AS at, theirs_fee_fen AS fee, theirs_ref AS ref, line_no, file_id
FROM recon_item
WHERE partner_id = %(partner)s AND state IN ('open', 'waiting')
    AND class IN ('ours_only', 'theirs_only')

-- name: cross_day
-- The same serial on the other side of the cut (domain.md case 7).
WITH live AS ({live})
SELECT jsonb_agg(ARRAY[o.item_id, t.item_id])
FROM live o JOIN live t USING (serial, fen, plus)
WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.business_day <> t.business_day

-- name: by_rule
-- One of ours and one of theirs with the same account, amount and direction, near in time; of
-- several alike only as many as stand on both sides, in the order of time.
WITH live AS (SELECT *, row_number() OVER w AS nth,
                     count(*) FILTER (WHERE class = 'ours_only') OVER c AS ours,
                     count(*) FILTER (WHERE class = 'theirs_only') OVER c AS theirs
              FROM ({live}) l
              WINDOW c AS (PARTITION BY account_no, fen, plus),
                     w AS (PARTITION BY account_no, fen, plus, class ORDER BY at, item_id))
SELECT jsonb_agg(ARRAY[o.item_id, t.item_id])
FROM live o JOIN live t USING (account_no, fen, plus, nth)
WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.ours = o.theirs
    AND abs(extract(epoch FROM o.at - t.at)) <= %(window_s)s

-- name: sums
-- Many of one side whose sum, fees netted, is one row of the other: a batch, or a day.
WITH live AS ({live}), sums AS (
    SELECT {{key}} AS key, business_day, array_agg(item_id) AS items,
           sum(CASE WHEN plus THEN fen ELSE -fen END) AS gross,
           sum(CASE WHEN plus THEN fen ELSE -fen END + coalesce(fee, 0)) AS net
    FROM live WHERE class = '{{many}}' AND {{key}} IS NOT NULL
    GROUP BY {{key}}, business_day HAVING count(*) > 1
), pairs AS (
    SELECT s.key, s.items, o.item_id,
           count(*) OVER (PARTITION BY s.key, s.business_day) AS of_sum,
           count(*) OVER (PARTITION BY o.item_id) AS of_row
    FROM sums s JOIN live o ON o.class = '{{one}}'
        AND CASE WHEN o.plus THEN o.fen ELSE -o.fen END IN (s.gross, s.net)
        AND (s.key IN (o.serial, o.batch, o.ref)
             OR s.key = s.business_day::text AND o.business_day - s.business_day
                BETWEEN 0 AND %(days)s))
SELECT jsonb_agg(to_jsonb(item_id || items)) FROM pairs WHERE of_sum = 1 AND of_row = 1

-- name: next_group
-- Both sides of what is explained carry one number.
SELECT nextval('recon_group_no')

-- name: close_group
-- Closed by the rule that explained it.
UPDATE recon_item SET state = 'closed', closed_at = %(now)s, closed_by = %(rule)s,
    group_no = %(group)s
WHERE item_id = ANY (%(items)s)

-- name: close_expected
-- What a bank's sum explained has arrived.
UPDATE recon_expected e SET done = true, run_id = %(run)s, file_id = t.file_id, line_no = t.line_no
FROM recon_item o, LATERAL (SELECT x.file_id, x.line_no FROM recon_item x
    WHERE x.group_no = o.group_no AND x.class = 'theirs_only' ORDER BY x.item_id LIMIT 1) t
WHERE o.group_no = ANY (%(groups)s) AND o.expected_id = e.expected_id

-- name: files_waiting
-- Newest versions without a finished run, this day's and older ones; banks last, for what they show
-- arrived is of the others.
SELECT p.partner_id, p.code, p.institution_id, f.business_day
FROM recon_profile_in_force p
CROSS JOIN LATERAL (SELECT DISTINCT ON (x.business_day) x.business_day, x.file_id
    FROM recon_file x WHERE x.partner_id = p.partner_id AND x.business_day <= %(day)s
    ORDER BY x.business_day, x.version DESC) f
WHERE p.described AND p.book_id = %(book)s AND NOT EXISTS (SELECT FROM recon_run u
    WHERE u.business_day = f.business_day AND u.partner_id = p.partner_id
        AND u.file_id = f.file_id AND u.ended_at IS NOT NULL)
ORDER BY p.party = 'bank', f.business_day, p.partner_id

-- name: partners_to_repair
-- Whose differences may go by themselves, or are under way.
SELECT DISTINCT p.id, p.institution_id FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE p.book_id = %s AND i.state IN ('open', 'doing') ORDER BY p.id

-- name: open_items
-- The first ones of the day, by class and line.
SELECT class::text, state::text, serial, ours_fen, theirs_fen, line_no
FROM recon_item i
WHERE i.partner_id = %s AND i.business_day = %s AND i.state <> 'closed'
ORDER BY i.class, i.line_no NULLS FIRST, i.serial LIMIT %s

-- name: partner
-- By the code that people type.
SELECT id FROM partner WHERE code = %s
