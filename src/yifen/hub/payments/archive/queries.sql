-- Statements of the archive. Run by the owner: no process may.

-- name: months
-- Every partition with what lies in it and how far its archive is.
SELECT p.partition_no, p.begun_at, lead(p.begun_at) OVER (ORDER BY p.partition_no), a.until_day, a.frozen_at,
    a.detached_at, a.written_at, a.dropped_at, a.written, a.place,
    coalesce((SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN ledger_partitioned t ON c.relname = t.table_name || '_' || p.partition_no
              WHERE n.nspname IN ('partitions', 'archived')), 0)::bigint
FROM ledger_partition p LEFT JOIN ledger_archive a USING (partition_no) ORDER BY p.partition_no

-- name: days
-- The first business day of which something lies in it, and the last one to which its payments reach: on which one
-- was given back, in whatever month.
SELECT min(business_day), max(business_day) FROM (
    SELECT business_day FROM ledger_transfer WHERE transfer_no >= %(first)s AND transfer_no < %(end)s
    UNION ALL
    SELECT t.business_day FROM ledger_head h JOIN ledger_transfer t
        ON t.bucket = h.bucket AND t.reference_id >= greatest(%(first)s, 1) AND t.reference_id < %(end)s) x

-- name: undecided
-- Payments whose money may still go either way: (how many, the first).
SELECT count(*), min(payment_id) FROM (
    SELECT payment_id FROM payment WHERE payment_id >= %(first)s AND payment_id < %(end)s
        AND (payer_state = 'held' OR biller_state NOT IN ('booked', 'rejected', 'reversed'))
    UNION
    SELECT payment_id FROM biller_call WHERE payment_id >= %(first)s AND payment_id < %(end)s
    UNION
    SELECT payment_id FROM payment_return
    WHERE payment_id >= %(first)s AND payment_id < %(end)s AND booked_at IS NULL) open

-- name: held
-- Documents whose money is held and neither paid nor let go: (how many, the first).
SELECT count(*), max(t.reference_id) FROM ledger_transfer t
WHERE t.transfer_no >= %(first)s AND t.transfer_no < %(end)s AND t.kind = 'pending' AND NOT EXISTS (
    SELECT FROM ledger_transfer r WHERE r.bucket = t.bucket AND r.reference_id = t.reference_id
        AND r.pending_no = t.transfer_no)

-- name: open_books
-- Books that have not closed that day.
SELECT code FROM ledger_book WHERE current_day <= %(until_day)s ORDER BY code

-- name: closed_days
-- Days of books that lie in it.
SELECT DISTINCT book_id, business_day FROM ledger_day_head
WHERE business_day BETWEEN %(first_day)s AND %(until_day)s ORDER BY business_day, book_id

-- name: freeze
-- From now on nobody gives anything of it back; a second time changes nothing.
INSERT INTO ledger_archive (partition_no, until_day, frozen_at) VALUES (%(no)s, %(until_day)s, %(now)s)
ON CONFLICT (partition_no) DO NOTHING

-- name: thaw
-- It stays after all.
DELETE FROM ledger_archive WHERE partition_no = %(no)s AND detached_at IS NULL

-- name: every_head
-- Whoever was booking when it was frozen is done.
SELECT bucket FROM ledger_head ORDER BY bucket FOR UPDATE

-- name: keep_payables
-- What each payable was paid by payments of the month, whenever that was booked or taken back.
INSERT INTO payable_archived
SELECT %(no)s, bucket, detail_id, sum(CASE WHEN kind IN ('pending', 'void') THEN 0 WHEN reverses_no IS NULL
        THEN amount_fen ELSE -amount_fen END),
    max(credit_id) FILTER (WHERE kind IN ('posted', 'pending') AND reverses_no IS NULL)
FROM ledger_transfer WHERE reference_id >= greatest(%(first)s, 1) AND reference_id < %(end)s
GROUP BY bucket, detail_id

-- name: keep_transfers
-- Of documents that are no payments.
INSERT INTO ledger_archive_transfer SELECT * FROM ledger_transfer
WHERE transfer_no >= %(first)s AND transfer_no < %(end)s AND reference_id < 0

-- name: keep_ends
-- Where every bucket's chain stands; one in which nothing was booked stands where it stood.
INSERT INTO ledger_archive_end
SELECT %(no)s, h.bucket, coalesce(b.batch_no, e.batch_no, 0), coalesce(b.last_no, e.transfer_no, 0),
    coalesce(b.hash, e.hash, sha256('yifen')), coalesce(s.balances, '{}')
FROM ledger_head h
LEFT JOIN LATERAL (SELECT batch_no, last_no, hash FROM ledger_batch WHERE bucket = h.bucket
    AND batch_no >= %(first)s AND batch_no < %(end)s ORDER BY batch_no DESC LIMIT 1) b ON true
LEFT JOIN ledger_archive_end e ON e.partition_no = %(no)s - 1 AND e.bucket = h.bucket
LEFT JOIN (SELECT bucket, array_agg(ARRAY[account, dp, dq, cp, cq] ORDER BY account) AS balances
           FROM ({moved_so_far}) a GROUP BY bucket) s ON s.bucket = h.bucket

-- name: moved_so_far
-- Of each bucket and account, the four sums of the month and of all before it.
SELECT bucket, account, sum(dp)::bigint AS dp, sum(dq)::bigint AS dq, sum(cp)::bigint AS cp, sum(cq)::bigint AS cq
FROM (
    SELECT bucket, debit_id::bigint AS account, {pending} AS dp, {posted} AS dq, 0 AS cp, 0 AS cq FROM {of_month}
    UNION ALL
    SELECT bucket, credit_id, 0, 0, {pending}, {posted} FROM {of_month}
    UNION ALL
    SELECT bucket, balances[n][1], balances[n][2], balances[n][3], balances[n][4], balances[n][5]
    FROM ledger_archive_end CROSS JOIN LATERAL generate_subscripts(balances, 1) n
    WHERE partition_no = %(no)s - 1) moved
GROUP BY bucket, account

-- name: of_month
-- Its transfers.
(SELECT * FROM ledger_transfer WHERE transfer_no >= %(first)s AND transfer_no < %(end)s) x

-- name: pending
-- What a transfer does to what is pending.
CASE kind WHEN 'posted' THEN 0 WHEN 'pending' THEN amount_fen ELSE -amount_fen END

-- name: posted
-- What it does to what is posted.
CASE WHEN kind IN ('posted', 'post') THEN amount_fen ELSE 0 END

-- name: detached
-- It is out, and this is what stays of it.
UPDATE ledger_archive SET detached_at = %(now)s, kept = %(kept)s WHERE partition_no = %(no)s

-- name: written
-- Its files stand.
UPDATE ledger_archive SET written_at = %(now)s, written = %(written)s, place = %(place)s WHERE partition_no = %(no)s

-- name: dropped
-- Only its files have it now.
UPDATE ledger_archive SET dropped_at = %(now)s WHERE partition_no = %(no)s

-- name: partitioned
-- Whose partitions go.
SELECT table_name::text FROM ledger_partitioned ORDER BY table_name

-- name: plain_text
-- Rows read the same wherever they are read.
SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true), set_config('bytea_output', 'hex', true)

-- name: digests
-- Of what is kept in {{kept}}: name, rows, SHA-256 over pieces of it.
SELECT coalesce(sum(n), 0)::bigint, encode(sha256(coalesce(string_agg(digest, ''::bytea ORDER BY bucket, piece), '')), 'hex')
FROM (SELECT bucket, piece, count(*) AS n,
          sha256(convert_to(string_agg(line, E'\n' ORDER BY line COLLATE "C"), 'UTF8')) AS digest
      FROM ({{rows}}) r GROUP BY bucket, piece) p

-- name: kept_payables
-- What stays of payables.
SELECT bucket, payable_id / 10000 AS piece, ROW(payable_id, paid_fen, credit_id)::text AS line
FROM payable_archived WHERE partition_no = %(no)s

-- name: kept_transfers
-- What stays of documents, each as it was sealed.
SELECT bucket, transfer_no / 10000 AS piece, {canonical} AS line
FROM ledger_archive_transfer WHERE transfer_no >= %(first)s AND transfer_no < %(end)s
    AND digest = sha256(convert_to({canonical}, 'UTF8'))

-- name: canonical
-- A transfer's own text (core/ledger/chain.py).
concat(bucket, '|', transfer_no, '|', batch_no, '|', kind, '|', debit_id, '|', credit_id, '|', amount_fen, '|',
    coalesce(pending_no, 0), '|', coalesce(reverses_no, 0), '|', reference_id, '|', detail_id, '|',
    business_day - DATE '1970-01-01', '|' || seal)

-- name: kept_serials
-- Serials stay for good: none is used twice.
SELECT bucket, payment_id / 10000000 AS piece,
    ROW(partner_id, serial, verb, content_hash, code, target_bucket, payment_id)::text AS line
FROM payment_serial WHERE payment_id >= %(first)s AND payment_id < %(end)s

-- name: kept_returns
-- What was given back.
SELECT bucket, payment_id / 10000000 AS piece,
    ROW(payment_id, verb, channel_id, serial, amount_fen, reason, business_day, extract(epoch FROM booked_at), left_fen)::text
        AS line
FROM payment_return WHERE payment_id >= %(first)s AND payment_id < %(end)s

-- name: kept_events
-- Their history.
SELECT bucket, payment_id / 10000000 AS piece,
    ROW(event_id, payment_id, extract(epoch FROM at), payer_state, biller_state, note)::text AS line
FROM payment_event WHERE payment_id >= %(first)s AND payment_id < %(end)s

-- name: kept_payments
-- The payments themselves, as long as they stand aside.
SELECT bucket, payment_id / 10000000 AS piece,
    ROW(payment_id, channel_id, biller_id, account_no, serial, amount_fen, payer_state, biller_state,
        business_day, extract(epoch FROM paid_at), extract(epoch FROM booked_at), operator, biller_serial, biller_code)::text
        AS line
FROM {{table}} WHERE payment_id >= %(first)s AND payment_id < %(end)s

-- name: kept_figures
-- What its days moved, by which clearing accounts are explained.
SELECT channel_id AS bucket, business_day AS piece,
    ROW(book_id, extract(epoch FROM hour), biller_id, payments, amount_fen, returned, returned_fen)::text AS line
FROM figure_hour WHERE business_day > {until_before} AND business_day <= {until}

-- name: kept_days
-- With which balances its days ended.
SELECT bucket, business_day AS piece,
    ROW(account_id, debit_pending_fen, debit_posted_fen, credit_pending_fen, credit_posted_fen)::text AS line
FROM ledger_day_balance WHERE business_day > {until_before} AND business_day <= {until}

-- name: until
-- Up to where it reaches.
(SELECT until_day FROM ledger_archive WHERE partition_no = %(no)s)

-- name: until_before
-- Up to where those before it reach.
(SELECT coalesce(max(until_day), '-infinity') FROM ledger_archive WHERE partition_no < %(no)s)

-- name: kept_of_none
-- What stands as if it had stayed of a month that is not out; and what was booked on payments that are.
SELECT 'payable_archived of month ' || partition_no, 'is there, the month is not out' FROM (
    SELECT DISTINCT partition_no FROM payable_archived EXCEPT
    SELECT partition_no FROM ledger_archive WHERE detached_at IS NOT NULL) x
UNION ALL
SELECT 'ledger_archive_transfer bucket ' || bucket || ' transfer_no ' || transfer_no, 'is there, its month is not out'
FROM ledger_archive_transfer WHERE transfer_no >= (SELECT below FROM ledger_archived)
UNION ALL
SELECT 'ledger_transfer bucket ' || t.bucket || ' transfer_no ' || t.transfer_no,
    'was booked on payment ' || t.reference_id || ', which is archived'
FROM ledger_archived a CROSS JOIN ledger_head h JOIN ledger_transfer t ON t.bucket = h.bucket
    AND t.reference_id > 0 AND t.reference_id < a.below AND t.business_day > a.until_day

-- name: without_figures
-- Closed days of it whose figures are not kept.
SELECT DISTINCT h.business_day FROM ledger_day_head h JOIN ledger_book k USING (book_id)
WHERE h.business_day BETWEEN %(first_day)s AND %(until_day)s AND NOT EXISTS (
    SELECT FROM figure_day f WHERE f.book_id = h.book_id AND f.business_day = h.business_day)
ORDER BY 1

-- name: aside
-- Where its payments stand until they are dropped, if this role may look there.
SELECT to_regclass(format('archived.payment_%%s', %(no)s::integer)) IS NOT NULL,
    has_schema_privilege('archived', 'USAGE')

-- name: alone
-- One archive at a time.
SELECT pg_try_advisory_lock(hashtext('yifen archive'))

-- name: archives
-- Those that are out, with what was kept.
SELECT partition_no, kept, dropped_at IS NULL FROM ledger_archive WHERE detached_at IS NOT NULL ORDER BY partition_no

-- name: ends
-- Of one partition, by bucket; of the one before the first: none.
SELECT bucket, batch_no, transfer_no, encode(hash, 'hex'), balances FROM ledger_archive_end
WHERE partition_no = %s ORDER BY bucket

-- name: buckets
-- Each has files of its own.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: database
-- Which database it is: its trail's beginning.
SELECT encode(digest, 'hex') FROM audit_entry WHERE entry_no = 1

-- name: forget_payables
-- The month is back.
DELETE FROM payable_archived WHERE partition_no = %(no)s

-- name: forget_transfers
-- The month is back.
DELETE FROM ledger_archive_transfer WHERE transfer_no >= %(first)s AND transfer_no < %(end)s

-- name: forget_ends
-- The month is back.
DELETE FROM ledger_archive_end WHERE partition_no = %(no)s

-- name: forget
-- The month is back.
DELETE FROM ledger_archive WHERE partition_no = %(no)s

-- name: copy
-- Rows of one bucket of a table that is out.
COPY (SELECT * FROM {{table}} WHERE bucket = {{bucket}} ORDER BY {{key}}) TO STDOUT (FORMAT csv, HEADER)

-- name: copy_beside
-- Rows that stay here, for whoever reads the archive alone.
COPY (SELECT * FROM {{table}} WHERE payment_id >= {{first}} AND payment_id < {{end}} AND payment_id % 1000 = {{bucket}}
      ORDER BY payment_id) TO STDOUT (FORMAT csv, HEADER)

-- name: accounts
-- What the accounts of balances are called.
SELECT account_id, code FROM ledger_account ORDER BY account_id

-- name: written_words
-- By month, the SHA-256 of what describes its files.
SELECT partition_no, written FROM ledger_archive WHERE written IS NOT NULL

-- name: wait_shortly
-- Whoever books waits no longer than this for the tables.
SELECT set_config('lock_timeout', %s, true)

-- name: lock
-- All of them at once, before any goes.
LOCK TABLE {{tables}} IN ACCESS EXCLUSIVE MODE

-- name: detach
-- Out of what everybody reads.
ALTER TABLE {{whole}} DETACH PARTITION partitions.{{own}}

-- name: stand_aside
-- Where no process has a right.
ALTER TABLE partitions.{{own}} SET SCHEMA archived

-- name: drop
-- Its files were proved just before.
DROP TABLE archived.{{own}}

-- name: stand_again
-- It was not dropped.
ALTER TABLE archived.{{own}} SET SCHEMA partitions

-- name: make
-- Empty, as the others are.
SELECT ledger_make_partition_v1(%s, %s)

-- name: fill
-- Its file names the columns.
COPY partitions.{{own}} ({{columns}}) FROM STDIN (FORMAT csv, HEADER MATCH)

-- name: attach
-- One of the table's again.
SELECT ledger_attach_partition_v1(%s, %s)
