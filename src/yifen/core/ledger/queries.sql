-- Statements that read the ledger to verify it.

-- name: transfers
-- A piece of a bucket's transfers as their canonical text.
COPY (SELECT transfer_no, bucket || '|' || transfer_no || '|' || batch_no || '|' || kind || '|' || debit_id
    || '|' || credit_id || '|' || amount_fen || '|' || coalesce(pending_no, 0) || '|'
    || coalesce(reverses_no, 0) || '|' || reference_id || '|' || detail_id || '|'
    || (business_day - DATE '1970-01-01') || coalesce('|' || seal, ''), encode(digest, 'hex')
FROM ledger_transfer WHERE bucket = {0} AND transfer_no > {1} AND transfer_no <= {2}
ORDER BY transfer_no LIMIT {3}) TO STDOUT

-- name: batches
-- A piece of a bucket's seals, which the replay makes again.
COPY (SELECT batch_no, batch_no, first_no, last_no, (extract(epoch FROM booked_at) * 1000000)::bigint,
    encode(hash, 'hex')
FROM ledger_batch WHERE bucket = {0} AND batch_no > {1} AND batch_no <= {2} ORDER BY batch_no
    LIMIT {3}) TO STDOUT

-- name: stored
-- How a bucket stands at one moment: where its chain ends, the last rows that there are, its balances.
SELECT ARRAY[h.transfer_no, h.batch_no], h.hash,
    (SELECT max(transfer_no) FROM ledger_transfer WHERE bucket = h.bucket),
    (SELECT max(batch_no) FROM ledger_batch WHERE bucket = h.bucket),
    ARRAY(SELECT ARRAY[account_id, debit_pending_fen, debit_posted_fen, credit_pending_fen, credit_posted_fen]
          FROM ledger_balance WHERE bucket = h.bucket)
FROM ledger_head h WHERE h.bucket = %s

-- name: day_heads
-- Where the cuts say that the chain stood.
SELECT batch_no, business_day, book_id, hash FROM ledger_day_head
WHERE bucket = %s ORDER BY batch_no, business_day

-- name: day_balances
-- What a cut kept of each account of its book; an account opened later has none.
SELECT a.account_id, d.debit_pending_fen, d.debit_posted_fen,
    d.credit_pending_fen, d.credit_posted_fen
FROM ledger_account a LEFT JOIN ledger_day_balance d
    ON d.account_id = a.account_id AND d.bucket = %s AND d.business_day = %s
WHERE a.book_id = %s ORDER BY a.account_id

-- name: buckets
-- Each has a chain of its own.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: archived
-- How far the archive goes.
SELECT below, frozen, nullif(until_day, '-infinity') FROM ledger_archived

-- name: archived_end
-- Where a bucket's chain stood at the end of a partition, or of the last that is out.
SELECT batch_no, transfer_no, hash, balances FROM ledger_archive_end JOIN ledger_archive a USING (partition_no)
WHERE bucket = %s AND a.detached_at IS NOT NULL AND a.partition_no <= coalesce(%s, 2147483647)
ORDER BY partition_no DESC LIMIT 1
