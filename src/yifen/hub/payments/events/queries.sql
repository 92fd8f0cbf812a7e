-- Statements that find events of payments and daily files.

-- name: heads
-- How far each bucket's chain has come.
SELECT bucket, batch_no FROM ledger_head

-- name: span
-- The next batches of a bucket behind a number, which may jump: the last of them, and their transfers.
SELECT max(batch_no), min(first_no), max(last_no) FROM (
    SELECT batch_no, first_no, last_no FROM ledger_batch WHERE bucket = %s AND batch_no > %s
    ORDER BY batch_no LIMIT %s) b

-- name: booked
-- These transfers, with their payments.
ledger_transfer t JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no
JOIN payment y ON y.bucket = t.bucket AND y.payment_id = t.reference_id
    AND (y.channel_id = ANY (%(wanted)s) OR y.biller_id = ANY (%(wanted)s))
JOIN partner p ON p.id = y.biller_id

-- name: decided
-- Payments that were booked or came to nothing in these batches; lines of one are told once.
SELECT DISTINCT t.kind::text, CASE t.kind WHEN 'void' THEN y.payer_state::text ELSE 'taken' END,
    CASE t.kind WHEN 'void' THEN y.biller_state::text ELSE 'booked' END, y.biller_serial, b.booked_at,
    t.business_day, y.payment_id, y.channel_id, y.biller_id, y.serial, p.code, y.account_no, y.amount_fen
FROM {booked}
WHERE t.bucket = %(bucket)s AND t.transfer_no BETWEEN %(first)s AND %(last)s AND t.kind <> 'pending'
    AND t.reverses_no IS NULL
ORDER BY b.booked_at, y.payment_id

-- name: returned
-- What was carried out of returns of payments that these batches gave back, each under its own serial.
SELECT DISTINCT r.verb::text, y.serial, r.left_fen, r.booked_at, r.business_day, y.payment_id, y.channel_id,
    y.biller_id, r.serial, p.code, y.account_no, r.amount_fen
FROM {booked}
JOIN payment_return r ON r.bucket = y.bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL
WHERE t.bucket = %(bucket)s AND t.transfer_no BETWEEN %(first)s AND %(last)s
    AND (t.kind = 'void' OR t.reverses_no IS NOT NULL)
ORDER BY r.booked_at, y.payment_id, r.serial

-- name: told_file
-- Files as their partners are told of them.
SELECT f.partner_id, p.code, p.xml, f.business_day, f.version, f.made_at,
    (SELECT coalesce(sum(octet_length(x.body)), 0)::bigint FROM daily_file_part x WHERE x.file_id = f.file_id),
    f.sha256, f.lines, f.amount_fen
FROM daily_file f JOIN partner p ON p.id = f.partner_id
WHERE f.file_id = ANY (%(files)s) AND f.partner_id = ANY (%(wanted)s) ORDER BY f.file_id

-- name: parts_of_day
-- The parts of a version of a partner's file, in their order.
SELECT x.file_id, x.part_no FROM daily_file f JOIN partner p ON p.id = f.partner_id
JOIN daily_file_part x ON x.file_id = f.file_id
WHERE p.code = %s AND f.business_day = %s AND f.version = %s ORDER BY x.part_no

-- name: part
-- One of them: the whole is never in memory.
SELECT body FROM daily_file_part WHERE file_id = %s AND part_no = %s
