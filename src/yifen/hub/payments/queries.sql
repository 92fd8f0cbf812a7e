-- Statements of payments: reading for the verbs and for people, the calls of the money functions.

-- name: takes_writing
-- No standby, and nobody has set it to read-only.
SELECT current_setting('transaction_read_only') = 'off'

-- name: charge
-- A batch of charges, an array a column.
SELECT code, repeated, payment_id, business_day, booked_at, biller_serial
FROM payments_charge_v1(%s::smallint, %s::timestamptz, %s::integer[], %s::text[], %s::smallint[],
    %s::uuid[], %s::integer[], %s::text[], %s::bigint[], %s::text[], %s::date[],
    %s::timestamptz[], %s::text[], %s::integer[], %s::text[], %s::bigint[]) ORDER BY item

-- name: give_back
-- A batch of reversals and refunds.
SELECT code, repeated, payment_id, business_day, booked_at, NULL
FROM payments_return_v1(%s::smallint, %s::timestamptz, %s::integer[], %s::text[], %s::smallint[],
    %s::uuid[], %s::serial_verb[], %s::text[], %s::smallint[], %s::bigint[], %s::text[]) ORDER BY item

-- name: biller_result
-- What billers' own systems answered; `repeated` here: nothing changed.
SELECT code, NOT done, NULL, business_day, booked_at, biller_serial
FROM payments_biller_result_v1(%s::smallint, %s::timestamptz, %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::timestamptz[]) ORDER BY item

-- name: outage
-- The one that ends last of those that are on.
SELECT o.reason, o.ends_at FROM biller_outage o
WHERE o.biller_id = %(biller)s AND o.starts_at <= %(now)s AND %(now)s < o.ends_at
ORDER BY o.ends_at DESC LIMIT 1

-- name: bound
-- Whose hours or limit it was that refused.
SELECT * FROM payments_bound_v1(%(now)s, %(channel)s, %(biller)s, %(code)s)

-- name: query
-- May this channel speak to this biller now? Then who the payer is and what is open.
SELECT coalesce(w.code, 0), r.name, y.ref, y.title, y.mode::text, y.due_fen - y.paid_fen, y.min_fen,
    y.max_fen, y.due_on, r.name IS NOT NULL
FROM payments_pairs_v1(%(now)s, ARRAY[%(channel)s]::integer[], ARRAY[%(biller)s]::integer[]) w
LEFT JOIN payer r ON r.bucket = %(bucket)s AND r.biller_id = %(biller)s AND r.account_no = %(account_no)s
LEFT JOIN payable y ON y.bucket = %(bucket)s AND y.biller_id = %(biller)s
    AND y.account_no = %(account_no)s AND y.state = 'open' AND NOT %(remote)s
ORDER BY y.due_on, y.mode = 'open', y.payable_id

-- name: fresh
-- What trades bring up to date before an account is told of; as often as it is asked, it writes once.
SELECT payments_fresh_v1(%s::smallint, %s, %s, %s)

-- name: payer
-- Is there an account under this very writing?
SELECT 1 FROM payer WHERE bucket = %s AND biller_id = %s AND account_no = %s

-- name: quote
-- What was told, and until when it holds (H5).
SELECT payments_quote_v1(%s::smallint, %s, %s, %s, %s, %s::text[], %s::bigint[], %s)

-- name: confirm
-- What became of a serial: its code, and the payment that it made.
SELECT s.verb::text, CASE WHEN s.code IN (0, @PROCESSING) AND y IS NULL THEN @PAYMENT_ARCHIVED ELSE s.code END,
    y.payment_id, y.serial, y.amount_fen, y.business_day, y.booked_at, y.payer_state::text, y.biller_state::text,
    y.biller_serial
FROM payment_serial s
LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
WHERE s.bucket = %s AND s.partner_id = %s AND s.serial = %s

-- name: route
-- Where a reversal must go: the bucket of the payment that the original serial made.
SELECT target_bucket FROM payment_serial WHERE bucket = %s AND partner_id = %s AND serial = %s

-- name: import_payers
-- Payers 户号 of one bucket, an array a column.
SELECT payments_import_payers_v1(%s::smallint, %s::integer[], %s::text[], %s::text[])

-- name: import_payables
-- Their payables 应缴项 likewise.
SELECT payments_import_payables_v1(%s::smallint, %s::integer[], %s::text[], %s::text[], %s::text[],
    %s::payable_mode[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::integer[])

-- name: import_reply
-- What a remote biller told of a payer; NULL when something was paid since it was asked.
SELECT payments_import_reply_v1(%s::smallint, %s, %s, %s, %s::text[], %s::text[],
    %s::payable_mode[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s)

-- name: paid_mark
-- What was paid of an account when its biller is asked.
SELECT payments_paid_mark_v1(%s::smallint, %s, %s)

-- name: newest_file
-- A file made again is a new version; the last one counts.
SELECT file_id FROM daily_file WHERE partner_id = %s AND business_day = %s ORDER BY version DESC LIMIT 1

-- name: file_to_send
-- What the head of the answer says of it, so that its parts need not be read for that.
SELECT f.file_id, f.sha256, (SELECT coalesce(sum(octet_length(p.body)), 0)::bigint FROM daily_file_part p
    WHERE p.file_id = f.file_id)
FROM daily_file f WHERE f.partner_id = %s AND f.business_day = %s ORDER BY f.version DESC LIMIT 1

-- name: claim_read
-- Whether this read is the first of its mark, and what the first was answered.
SELECT claimed, answer FROM payments_claim_read_v1(%s, %s, %s::smallint, %s, %s, %s, %s)

-- name: keep_read
-- What it was answered, for whoever sends it again.
SELECT payments_keep_read_v1(%s, %s, %s)

-- name: forget_reads
-- What is older than any message that could still be taken.
SELECT payments_forget_reads_v1(%s)

-- name: file_part
-- Files are kept in parts and never in memory whole.
SELECT body FROM daily_file_part WHERE file_id = %s AND part_no = %s

-- name: of_day
-- A partner's movements of a business day, whichever side it is on.
m.business_day = %(day)s AND %(partner)s IN (m.channel_id, m.biller_id)

-- name: file_totals
-- For the head of the file, which comes before its lines.
SELECT coalesce(sum(1) FILTER (WHERE m.verb = 'charge'), 0),
       coalesce(sum(m.amount_fen) FILTER (WHERE m.verb = 'charge'), 0),
       coalesce(sum(1) FILTER (WHERE m.verb <> 'charge'), 0),
       coalesce(sum(m.amount_fen) FILTER (WHERE m.verb <> 'charge'), 0)
FROM payment_movement m WHERE {of_day}

-- name: file_lines
-- In the order in which they were booked.
SELECT m.verb, m.serial, m.original, m.payment_id::text, p.code, m.account_no, m.amount_fen,
       m.paid_at, m.booked_at, m.biller_serial
FROM payment_movement m JOIN partner p ON p.id = m.biller_id
WHERE {of_day} ORDER BY m.booked_at, m.payment_id, m.verb

-- name: anchor
-- Over the heads of all buckets' chains and, behind them, of the audit trail (days that were closed
-- before there was one have none).
SELECT encode(sha256(string_agg(hash, ''::bytea ORDER BY bucket)
    || coalesce((SELECT a.hash FROM audit_day_head a
                 WHERE (a.business_day, a.book_id) = (d.business_day, d.book_id)), '')), 'hex')
FROM ledger_day_head d WHERE business_day = %s AND book_id = %s
GROUP BY business_day, book_id

-- name: partners_of_book
-- Everyone of a book gets a file, also of a day without a payment.
SELECT id, code, book_id, xml, encoding, institution_id FROM partner WHERE book_id = %s ORDER BY id

-- name: next_file
-- The number under which the parts are kept.
SELECT nextval('daily_file_no')

-- name: add_file_part
-- A part of a file that is not there yet.
SELECT payments_add_file_part_v1(%s, %s, %s)

-- name: close_file
-- From now on the file is there, as the next version.
SELECT payments_close_file_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: lock_cut
-- One cut of a book at a time, however many processes: its day and its files.
SELECT pg_advisory_lock(hashtextextended('cut', %s))

-- name: unlock_cut
-- For the next one.
SELECT pg_advisory_unlock(hashtextextended('cut', %s))

-- name: cut_day
-- 日切; of a day that is cut it does nothing.
SELECT ledger_cut_day_v1(%s, %s)

-- name: ledger_of_payments
-- What the ledger says of each payment, against the payment itself; documents that are none have
-- negative numbers.
SELECT coalesce(y.payment_id, t.reference_id), CASE
    WHEN y.payment_id IS NULL THEN 'is missing; the ledger has transfers of it'
    WHEN t.reference_id IS NULL THEN 'has no transfer in the ledger'
    WHEN y.booked_at IS NOT NULL AND y.amount_fen <> t.booked THEN 'has another amount than its '
        || 'transfers: ' || y.amount_fen || ' against ' || t.booked || ' fen'
    WHEN y.booked_at IS NULL AND (t.booked <> 0 OR t.held <> y.amount_fen)
        THEN 'is not booked but its transfers are, or has another amount'
    WHEN (y.payer_state IN ('returned', 'refunded')) <> (t.contra = t.booked AND t.open = 0)
        THEN 'has payer state ' || y.payer_state || ', its transfers say otherwise'
    END
FROM (SELECT * FROM payment WHERE bucket = %(bucket)s) y
FULL JOIN (
    SELECT reference_id,
        sum(amount_fen) FILTER (WHERE kind IN ('posted', 'post') AND reverses_no IS NULL) AS booked,
        sum(amount_fen) FILTER (WHERE kind = 'pending') AS held,
        sum(CASE kind WHEN 'pending' THEN amount_fen WHEN 'posted' THEN 0 ELSE -amount_fen END)
            AS open,
        sum(amount_fen) FILTER (WHERE reverses_no IS NOT NULL) AS contra
    FROM (SELECT reference_id, amount_fen, kind, reverses_no FROM ledger_transfer WHERE bucket = %(bucket)s
          AND reference_id >= (SELECT greatest(below, 1) FROM ledger_archived)) r GROUP BY reference_id
) r (reference_id, booked_, held_, open, contra_)
CROSS JOIN LATERAL (SELECT r.reference_id, coalesce(booked_, 0) AS booked,
    coalesce(held_, 0) AS held, r.open, coalesce(contra_, 0) AS contra) t
ON y.payment_id = r.reference_id

-- name: payments_altered
-- The first of each bucket that do not agree.
SELECT * FROM ({ledger_of_payments}) d (payment_id, problem)
WHERE problem IS NOT NULL ORDER BY 1 LIMIT 20

-- name: cuts_told
-- What a cut told the trail of the ledger's heads, against what the ledger kept of them.
SELECT a.book_id, a.business_day FROM audit_day_head a JOIN audit_entry e USING (entry_no)
WHERE e.after -> 'heads' IS DISTINCT FROM (
    SELECT jsonb_agg(jsonb_build_array(bucket, batch_no, encode(hash, 'hex')) ORDER BY bucket)
    FROM ledger_day_head d WHERE (d.book_id, d.business_day) = (a.book_id, a.business_day))
ORDER BY a.entry_no

-- name: buckets
-- All of them, in the order in which they are locked.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: payment_columns
-- A payment as lists show it: PaymentRow.
y.payment_id, y.channel_id, c.code, c.name, y.biller_id, b.code, b.name, y.account_no, y.serial,
    y.amount_fen, y.payer_state::text, y.biller_state::text, y.business_day, y.paid_at,
    y.booked_at, y.biller_serial

-- name: payment_partners
-- Its two partners, by name.
JOIN partner c ON c.id = y.channel_id JOIN partner b ON b.id = y.biller_id

-- name: channels
-- A serial's bucket depends on whose it is, so all channels are tried.
SELECT partner_id FROM channel ORDER BY partner_id

-- name: of_accounts
-- Payments of these account numbers, by the index of their hashes.
hashtext(y.account_no) = ANY (ARRAY(SELECT hashtext(a) FROM unnest(%(accounts)s::text[]) a))
    AND y.account_no = ANY (%(accounts)s::text[])

-- name: find
-- By any number at once; each branch has an index.
WITH hits (hit, bucket, payment_id) AS (
    SELECT 1, %(id_bucket)s::smallint, %(payment_id)s::bigint
    UNION ALL
    SELECT 2, s.target_bucket, s.payment_id
    FROM unnest(%(channels)s::integer[], %(homes)s::smallint[]) AS u (channel, home)
    JOIN payment_serial s ON s.bucket = u.home AND s.partner_id = u.channel
        AND s.serial = %(text)s
    UNION ALL
    (SELECT 3, y.bucket, y.payment_id FROM payment y
     WHERE y.biller_serial = ANY (%(typed)s::text[]) {{more}} LIMIT %(most)s)
    UNION ALL
    (SELECT 4, y.bucket, y.payment_id FROM payment y WHERE {of_accounts} {{more}}
     ORDER BY coalesce(y.booked_at, y.paid_at) DESC LIMIT %(most)s))
SELECT h.hit, {payment_columns}
FROM (SELECT min(hit) AS hit, bucket, payment_id FROM hits GROUP BY 2, 3) h
JOIN payment y ON y.bucket = h.bucket AND y.payment_id = h.payment_id
{payment_partners}
WHERE true {{more}}
ORDER BY coalesce(y.booked_at, y.paid_at) DESC, y.payment_id DESC LIMIT %(most)s

-- name: list
-- The business day comes first: it has an index, the time has none. Within a day and a bucket a
-- payment counts as no older than those before it, whenever it was booked, so that the order is the
-- same by time and by id.
SELECT {payment_columns}
FROM unnest(%(buckets)s::smallint[], %(days)s::date[], %(ids)s::bigint[]) AS s (bucket, day, id)
CROSS JOIN LATERAL (
    SELECT x.*, max(coalesce(x.booked_at, x.paid_at))
        OVER (PARTITION BY x.business_day ORDER BY x.payment_id) AS at
    FROM (SELECT y.* FROM payment y
          WHERE y.bucket = s.bucket {{more}}
          ORDER BY y.business_day DESC, y.payment_id DESC LIMIT %(limit)s) x) y
{payment_partners}
ORDER BY y.business_day DESC, y.at DESC, y.payment_id DESC LIMIT %(limit)s

-- name: payment
-- One payment, with what only its own page shows.
SELECT y.operator, y.biller_code, r.name, {payment_columns}
FROM payment y {payment_partners}
LEFT JOIN payer r ON r.bucket = y.bucket AND r.biller_id = y.biller_id
    AND r.account_no = y.account_no
WHERE y.bucket = %(bucket)s AND y.payment_id = %(payment_id)s {{more}}

-- name: payment_transfers
-- What it moved in the ledger, in order.
SELECT t.transfer_no, t.kind::text, d.code, d.name, c.code, c.name, t.amount_fen,
    coalesce(t.pending_no, t.reverses_no), t.business_day, b.booked_at, t.detail_id, p.ref, p.title
FROM ledger_transfer t
JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no
LEFT JOIN payable p ON p.bucket = t.bucket AND p.payable_id = t.detail_id
WHERE t.bucket = %(bucket)s AND t.reference_id = %(payment_id)s
ORDER BY t.transfer_no

-- name: payment_lines
-- What was paid of each payable: the transfers that took the money.
SELECT p.payable_id, p.ref, p.title, p.mode::text, p.state::text, t.amount_fen
FROM ledger_transfer t JOIN payable p ON p.bucket = t.bucket AND p.payable_id = t.detail_id
WHERE t.bucket = %(bucket)s AND t.reference_id = %(payment_id)s
    AND t.kind IN ('posted', 'pending') AND t.reverses_no IS NULL
ORDER BY t.transfer_no

-- name: payment_returns
-- What took it back, whole or in parts, in their order.
SELECT verb::text, serial, amount_fen, left_fen, reason, business_day, booked_at FROM payment_return
WHERE bucket = %(bucket)s AND payment_id = %(payment_id)s ORDER BY left_fen DESC

-- name: payment_events
-- Every change of either state.
SELECT at, payer_state::text, biller_state::text, note FROM payment_event
WHERE bucket = %(bucket)s AND payment_id = %(payment_id)s ORDER BY event_id

-- name: payment_call
-- What is not finished at the biller's system.
SELECT step, tries, resent, due_at FROM biller_call
WHERE bucket = %(bucket)s AND payment_id = %(payment_id)s

-- name: payment_messages
-- Both sides' messages about it, the newest ones.
SELECT m.at, m.partner_id, p.code, m.direction, m.verb, m.serial, m.dialect, m.encoding, m.proved,
    m.code, m.ms, m.request, m.reply
FROM wire_message m JOIN partner p ON p.id = m.partner_id
WHERE (m.partner_id = %(channel_id)s AND m.direction = 'in'
       AND m.serial = ANY (%(theirs)s::text[])
    OR m.partner_id = %(biller_id)s AND m.direction = 'out' AND m.serial = ANY (%(ours)s::text[]))
    {{more}}
ORDER BY m.message_no DESC LIMIT %(most)s

-- name: figures
-- Calls of the minutes asked for, by one thing; nobody we know counts in no figure.
SELECT {{group}}, sum(t.calls)::bigint,
    sum(CASE WHEN t.code = ANY (%(taken)s::integer[]) THEN t.calls ELSE 0 END)::bigint,
    sum(CASE WHEN t.code = ANY (%(failed)s::integer[]) THEN t.calls ELSE 0 END)::bigint,
    sum(t.ms_sum)::bigint, max(t.ms_max), {{counted}}
FROM traffic_minute t LEFT JOIN partner b ON b.id = t.biller_id
WHERE t.minute >= %(since)s AND t.minute < %(until)s AND t.partner_id <> 0 {{more}}
GROUP BY 1 ORDER BY 1

-- name: undecided
-- Whose outcome is not known; the outbox holds them all.
SELECT count(*), coalesce(sum(y.amount_fen), 0)::bigint, min(y.paid_at),
    count(*) FILTER (WHERE k.due_at IS NULL)
FROM biller_call k JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id
WHERE true {{more}}

-- name: exchanges
-- What a partner provedly sent and was answered, the newest ones; accounts as their hash.
SELECT at, verb, code, coalesce(serial, ''), coalesce(original_serial, ''), coalesce(result, ''),
    coalesce(replace(content_hash::text, '-', ''), ''), request_bytes, upper(encoding), dialect, ms,
    coalesce(replace(account_hash::text, '-', ''), ''), amount_fen
FROM wire_message WHERE partner_id = %s AND direction = 'in' AND proved
ORDER BY message_no DESC LIMIT %s

-- name: unproved
-- How much came in a partner's name since then without a proof that it is the partner's.
SELECT count(*) FROM wire_message
WHERE partner_id = %s AND direction = 'in' AND NOT proved AND dialect <> 'hosted' AND at >= %s

-- name: keep_messages
-- Masked messages, an array a column.
SELECT payments_keep_messages_v1(%s::timestamptz[], %s::integer[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::uuid[], %s::bigint[], %s::text[], %s::text[],
    %s::boolean[], %s::integer[], %s::text[], %s::integer[], %s::uuid[], %s::integer[],
    %s::text[], %s::text[], %s::jsonb[])

-- name: note_traffic
-- Counts by the minute, added to what stands there.
SELECT payments_note_traffic_v1(%s::bigint[], %s::integer[], %s::integer[], %s::text[],
    %s::integer[], %s::bigint[], %s::bigint[], %s::integer[], %s::integer[])

-- name: bucket_count
-- A database made with another number of buckets is another database.
SELECT count(*) FROM ledger_head

-- name: first_problems
-- Of one check, (document, what is wrong or NULL): the first twenty.
SELECT * FROM ({{check}}) c (document, problem) WHERE problem IS NOT NULL ORDER BY 1 LIMIT 20

-- name: documents_gone
-- Transfers whose document is gone; the tables of documents are the plugs'.
SELECT 'document ' || t.document_id, CASE WHEN d.document_id IS NULL
    THEN 'is missing; the ledger has transfers of it' END
FROM document_transfers t LEFT JOIN ({{documents}}) d USING (document_id)

-- name: forget_messages
-- How long messages are kept is a setting.
SELECT payments_forget_messages_v1(%s)

-- name: forget_quotes
-- Quotes end the same night.
SELECT payments_forget_quotes_v1(%s)

-- name: forget_traffic
-- Figures by the minute, for two years and more.
SELECT payments_forget_traffic_v1(%s)

-- name: begin_partition
-- Its number, where a month began.
SELECT payments_begin_partition_v1(%s)

-- name: analyze_partitioned
-- How many tables were looked at.
SELECT payments_analyze_v1()
