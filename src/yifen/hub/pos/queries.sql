-- Statements of the POS door.

-- name: line
-- Terminals, their sessions and their acquirers, of many numbers at once.
SELECT i.item, t.terminal_no, t.merchant_no, t.merchant_name, c.code, b.code, t.algorithm, t.account_in, t.sealed,
       t.state = 'in_use' AND a.enabled, s.sealed, s.next_sealed, a.acquirer_id, a.host, a.port, a.algorithm, a.sealed,
       a.timeout_s, a.code, a.version, coalesce(s.entries, 0), t.version
FROM jsonb_to_recordset(%s) AS i (item integer, terminal text)
CROSS JOIN LATERAL (SELECT * FROM pos_terminal x WHERE x.terminal_no = i.terminal LIMIT 1) t
LEFT JOIN LATERAL (SELECT * FROM pos_session x WHERE x.terminal_no = i.terminal LIMIT 1) s ON true
JOIN pos_acquirer a USING (acquirer_id) JOIN partner c ON c.id = t.channel_id JOIN partner b ON b.id = t.biller_id

-- name: owed
-- What accounts of hosted billers owe, of many at once: who owes it and what is open, as the hub's `query` reads it.
SELECT i.item, coalesce(w.code, 0), r.account_no IS NOT NULL, y.ref, y.mode::text, y.due_fen - y.paid_fen, y.min_fen, y.max_fen
FROM (SELECT %s::jsonb AS asked) z
CROSS JOIN LATERAL jsonb_to_recordset(z.asked) AS i (item integer, channel integer, biller integer, bucket smallint,
    account_no text)
CROSS JOIN LATERAL (SELECT array_agg((x ->> 'channel')::integer) AS channels, array_agg((x ->> 'biller')::integer) AS billers
    FROM jsonb_array_elements(z.asked) x) o
JOIN payments_pairs_v1(%s, o.channels, o.billers) w ON (w.partner, w.biller) = (i.channel, i.biller)
LEFT JOIN LATERAL (SELECT x.account_no FROM payer x
    WHERE (x.bucket, x.biller_id, x.account_no) = (i.bucket, i.biller, i.account_no) LIMIT 1) r ON true
LEFT JOIN LATERAL (SELECT * FROM payable x
    WHERE (x.bucket, x.biller_id, x.account_no) = (i.bucket, i.biller, i.account_no) AND x.state = 'open' OFFSET 0) y ON true
ORDER BY i.item, y.due_on, y.mode = 'open', y.payable_id

-- name: signed_on
-- New working keys; the batch, or minus a code, and the keys that are sent.
SELECT * FROM pos_signed_on_v1(%s, %s, %s)

-- name: open_batch
-- Into which a terminal sells, or which it uploads.
SELECT batch_no FROM pos_batch WHERE terminal_no = %s AND state <> 'closed'

-- name: proved
-- The new keys of many terminals count, locked in their order.
SELECT i.item, pos_proved_v1(i.terminal, decode(i.sealed, 'hex')) FROM (
    SELECT * FROM jsonb_to_recordset(%s) AS x (item integer, terminal text, sealed text) ORDER BY x.terminal OFFSET 0) i

-- name: ask
-- Intents, before the acquirer is asked.
SELECT * FROM pos_ask_v1(%s, %s)

-- name: end
-- How sales end: booked, declined, unknown.
SELECT * FROM pos_end_v1(%s, %s)

-- name: lost
-- Sales whose door went away.
SELECT sale_id, terminal_no, batch_no, trace, amount_fen FROM pos_sale
WHERE state = 'asked' AND made_at < %s ORDER BY made_at LIMIT %s

-- name: reverse
-- A terminal's 0400.
SELECT * FROM pos_reverse_v1(%s, %s)

-- name: give_back
-- A void or a refund.
SELECT * FROM pos_give_back_v1(%s, %s)

-- name: undo
-- One undo, with what both halves need; the acquirer is that of its terminal.
SELECT u.undo_id, u.kind, u.terminal_no, u.batch_no, u.trace, u.amount_fen, u.reason, u.hub_state, u.hub_code,
       u.acquirer_state, u.acquirer_code, u.tries, s.serial, s.amount_fen, s.batch_no, s.trace, s.acquirer_ref, s.auth_code,
       s.made_at, c.code, t.merchant_no, s.channel_id
FROM pos_undo u JOIN pos_sale s USING (sale_id) JOIN partner c ON c.id = s.channel_id
JOIN pos_terminal t ON t.terminal_no = u.terminal_no WHERE u.undo_id = %s

-- name: half
-- A half of it is done, refused or due.
SELECT pos_half_v1(%s, %s)

-- name: due
-- What the worker takes up now.
SELECT * FROM pos_due_v1(%s, %s, %s)

-- name: settle
-- Both sides' totals.
SELECT pos_settle_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: upload
-- A part of a batch.
SELECT pos_upload_v1(%s, %s, %s, %s, %s)

-- name: uploaded
-- The end of it.
SELECT pos_uploaded_v1(%s, %s, %s, %s, %s)

-- name: next_file
-- The number that the next file of an acquirer has.
SELECT coalesce(max(number), 0) + 1 FROM pos_file WHERE acquirer = %s

-- name: file
-- A file of an acquirer.
SELECT * FROM pos_file_v1(%s, %s)

-- name: compare
-- With what we have.
SELECT pos_compare_v1(%s, %s, %s)

-- name: files_from
-- Whose files may lie in the inbox.
SELECT code, institution_id FROM pos_acquirer ORDER BY code

-- name: acquirer_now
-- What a proposal would change.
SELECT code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled FROM pos_acquirer WHERE code = %s

-- name: terminal_now
-- What a proposal would change.
SELECT terminal_no, merchant_no, merchant_name, channel_id, biller_id, acquirer_id, algorithm, account_in, sealed, state
FROM pos_terminal WHERE terminal_no = %s

-- name: acquirer_id
-- An acquirer by its code.
SELECT acquirer_id FROM pos_acquirer WHERE code = %s

-- name: acquirer_code
-- And the other way round.
SELECT code FROM pos_acquirer WHERE acquirer_id = %s

-- name: put_acquirer
-- As two people decided.
SELECT pos_acquirer_v1(%s)

-- name: put_terminal
-- As two people decided.
SELECT pos_terminal_v1(%s)

-- name: close
-- As two people decided.
SELECT pos_close_v1(%s, %s)

-- name: exception_now
-- What people may close, and whose it is.
SELECT e.kind, e.terminal_no, e.batch_no, e.trace, e.ours_fen, e.their_fen, e.code, e.closed_at IS NOT NULL, t.biller_id
FROM pos_exception e JOIN pos_terminal t USING (terminal_no) WHERE e.exception_id = %s

-- name: altered
-- A booked sale has its payment, of its amount, by its channel; one that is undone has an undo that did it.
SELECT 'pos_sale ' || s.sale_id, CASE
    WHEN s.payment_id IS NOT NULL AND (p.amount_fen, p.channel_id, p.biller_id, p.serial)
            IS DISTINCT FROM (s.amount_fen, s.channel_id, s.biller_id, s.serial) THEN 'is not what its payment says'
    WHEN s.serial <> 'POS' || s.terminal_no || lpad(s.batch_no::text, 6, '0') || lpad(s.trace::text, 6, '0')
        THEN 'has another serial than its place'
    WHEN s.state = 'reversed' AND NOT EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id AND u.kind <> 'refund'
            AND u.hub_state = 'done') THEN 'is reversed, by no undo'
    WHEN (s.state = 'unknown' OR s.state = 'declined' AND s.is_charged) AND NOT EXISTS (SELECT FROM pos_undo u
            WHERE u.sale_id = s.sale_id AND u.kind = 'reversal') THEN 'is to be undone, by no undo' END
FROM pos_sale s LEFT JOIN payment p ON p.bucket = s.payment_id % 1000 AND p.payment_id = s.payment_id

-- name: altered_payments
-- Each payment of a terminals' channel, whatever its serial, has its sale, which is not declined.
SELECT 'payment ' || p.payment_id, CASE WHEN s.sale_id IS NULL THEN 'is of a POS sale that is not there'
    WHEN s.state = 'declined' THEN 'is booked, its POS sale is declined' END
FROM payment p LEFT JOIN pos_sale s ON s.serial = p.serial AND s.channel_id = p.channel_id
WHERE p.booked_at IS NOT NULL
    AND p.channel_id IN (SELECT channel_id FROM pos_terminal UNION SELECT channel_id FROM pos_sale)

-- name: altered_undos
-- What is done at the hub, the hub's own rows say: the payment of the sale's serial was never booked, or just this came back.
SELECT 'pos_undo ' || u.undo_id, CASE WHEN p.payment_id IS NOT NULL AND NOT EXISTS (SELECT FROM payment_return r
        WHERE r.bucket = p.bucket AND r.payment_id = p.payment_id AND r.amount_fen = u.amount_fen AND r.booked_at IS NOT NULL
            AND r.serial = ANY (CASE u.kind WHEN 'reversal' THEN ARRAY[s.serial || 'R', s.serial || 'RF']
                ELSE ARRAY[o.serial, o.serial || 'R'] END)) THEN 'is done, the hub gave nothing back' END
FROM pos_undo u JOIN pos_sale s USING (sale_id)
CROSS JOIN LATERAL (SELECT 'POS' || u.terminal_no || lpad(u.batch_no::text, 6, '0') || lpad(u.trace::text, 6, '0') AS serial) o
LEFT JOIN LATERAL (SELECT y.* FROM ledger_head h
    JOIN payment_serial x ON (x.bucket, x.partner_id, x.serial) = (h.bucket, s.channel_id, s.serial)
    JOIN payment y ON y.bucket = x.payment_id % 1000 AND y.payment_id = x.payment_id
    WHERE x.verb = 'charge' AND y.booked_at IS NOT NULL LIMIT 1) p ON true
WHERE u.hub_state = 'done'

-- name: altered_batches
-- A batch that was settled is what its sales and undos add up to; where the terminal had it otherwise, an exception says so.
SELECT 'pos_batch ' || b.terminal_no || ' ' || b.batch_no, CASE
    WHEN (b.debit_count, b.debit_fen, b.credit_count, b.credit_fen)
        IS DISTINCT FROM (coalesce(d.n, 0), coalesce(d.fen, 0), coalesce(c.n, 0), coalesce(c.fen, 0))
        THEN 'is not what its sales add up to'
    WHEN (b.debit_count, b.debit_fen, b.credit_count, b.credit_fen) IS DISTINCT FROM
            (b.their_debit_count, b.their_debit_fen, b.their_credit_count, b.their_credit_fen)
        AND NOT EXISTS (SELECT FROM pos_exception e WHERE (e.terminal_no, e.batch_no, e.kind)
            = (b.terminal_no, b.batch_no, 'totals_differ')) THEN 'differs from the terminal''s, by no exception' END
FROM pos_batch b
LEFT JOIN (SELECT s.terminal_no, s.batch_no, count(*) AS n, sum(s.amount_fen) AS fen FROM pos_sale s
    WHERE s.state = 'booked' OR s.state = 'reversed' AND EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id
        AND u.kind = 'void' AND u.hub_state = 'done') GROUP BY 1, 2) d USING (terminal_no, batch_no)
LEFT JOIN (SELECT u.terminal_no, u.batch_no, count(*) AS n, sum(u.amount_fen) AS fen FROM pos_undo u
    WHERE u.kind <> 'reversal' AND u.hub_state = 'done' GROUP BY 1, 2) c USING (terminal_no, batch_no)
WHERE b.state <> 'open'

-- name: altered_items
-- A batch whose totals differ is closed by an upload, of as many items as the terminal told.
SELECT 'pos_batch ' || b.terminal_no || ' ' || b.batch_no, CASE
    WHEN b.state = 'closed' AND b.items IS NULL AND (b.debit_count, b.debit_fen, b.credit_count, b.credit_fen) IS DISTINCT FROM
        (b.their_debit_count, b.their_debit_fen, b.their_credit_count, b.their_credit_fen) THEN 'was closed without its upload'
    WHEN b.items <> i.n THEN 'has ' || i.n || ' items, ' || b.items || ' were uploaded' END
FROM pos_batch b CROSS JOIN LATERAL (SELECT count(*) AS n FROM pos_batch_item x
    WHERE (x.terminal_no, x.batch_no) = (b.terminal_no, b.batch_no)) i
WHERE b.state <> 'open'

-- name: altered_exceptions
-- What one side of an upload has otherwise, and what was refused when money should go back, is an exception.
SELECT 'pos_batch ' || b.terminal_no || ' ' || b.batch_no, 'differs at ' || i.trace || ' from what was uploaded, by no exception'
FROM pos_batch b JOIN pos_item i USING (terminal_no, batch_no)
WHERE b.items IS NOT NULL AND i.ours_fen IS DISTINCT FROM i.their_fen
    AND NOT EXISTS (SELECT FROM pos_exception x WHERE (x.kind, x.terminal_no, x.batch_no, x.trace, x.ours_fen, x.their_fen)
        = ('item_differs', i.terminal_no, i.batch_no, i.trace, coalesce(i.ours_fen, 0), coalesce(i.their_fen, 0)))
UNION ALL
SELECT 'pos_undo ' || u.undo_id, 'was refused, by no exception'
FROM pos_undo u
WHERE (u.acquirer_state = 'refused' OR u.hub_state = 'refused' AND u.kind = 'reversal')
    AND NOT EXISTS (SELECT FROM pos_exception x WHERE (x.terminal_no, x.batch_no, x.trace)
        = (u.terminal_no, u.batch_no, u.trace) AND x.kind IN ('money_stays', 'acquirer_refused'))

-- name: altered_files
-- An acquirer's files are numbered without a gap; a place that it has otherwise than we is an exception.
SELECT 'pos_file ' || f.acquirer || ' ' || f.number, CASE WHEN f.number > 1 AND NOT EXISTS (SELECT FROM pos_file x
    WHERE (x.acquirer, x.number) = (f.acquirer, f.number - 1)) THEN 'has none before it' END FROM pos_file f
UNION ALL
SELECT 'pos_sale ' || s.sale_id, 'differs from the acquirer''s, by no exception'
FROM pos_told t JOIN pos_sale s USING (terminal_no, batch_no, trace)
WHERE t.kind = 'sale' AND s.state = 'booked' AND t.fen <> s.amount_fen AND split_part(s.answer_by, ':', 1) = t.acquirer
    AND s.made_at < t.taken_at - interval '1 hour'
    AND NOT EXISTS (SELECT FROM pos_exception x WHERE (x.kind, x.terminal_no, x.batch_no, x.trace)
        = ('acquirer_differs', s.terminal_no, s.batch_no, s.trace))
    AND NOT EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id)

-- name: altered_entries
-- What a terminal asked for is numbered without a gap.
SELECT 'pos_session ' || z.terminal_no, CASE WHEN (coalesce(e.n, 0), coalesce(e.most, 0)) IS DISTINCT FROM (z.entries, z.entries)
    THEN 'counts ' || z.entries || ' entries, ' || coalesce(e.n, 0) || ' are there' END
FROM pos_session z LEFT JOIN (
    SELECT x.terminal_no, count(DISTINCT x.entry_no) AS n, max(x.entry_no) AS most FROM (
        SELECT terminal_no, entry_no FROM pos_sale UNION ALL SELECT terminal_no, entry_no FROM pos_undo) x GROUP BY 1
) e USING (terminal_no)

-- name: sealed_sales
-- Sales with what is sealed of them and what the acquirer said.
SELECT sale_id, terminal_no, batch_no, trace, account_no, amount_fen, card_shown, content_hash, entry_no, made_at, seal,
    state, code, is_charged, acquirer_ref, auth_code, payment_id IS NOT NULL, answer, answer_by
FROM pos_sale WHERE sale_id > %s ORDER BY sale_id LIMIT 2000

-- name: sealed_undos
-- Undos likewise, with the place of what they take back.
SELECT u.undo_id, u.terminal_no, u.batch_no, u.trace, u.kind, u.amount_fen, coalesce(s.batch_no, u.batch_no),
    coalesce(s.trace, u.trace), coalesce(u.entry_no, 0), u.made_at, u.seal, u.acquirer_state, u.acquirer_code, u.answer,
    u.answer_by
FROM pos_undo u LEFT JOIN pos_sale s USING (sale_id) WHERE u.undo_id > %s ORDER BY u.undo_id LIMIT 2000

-- name: sealed_batches
-- Settled batches, with the terminal's totals.
SELECT terminal_no, batch_no, their_debit_count, their_debit_fen, their_credit_count, their_credit_fen, seal
FROM pos_batch WHERE state <> 'open'

-- name: sealed_items
-- What terminals uploaded.
SELECT terminal_no, batch_no, trace, amount_fen, seal FROM pos_batch_item

-- name: sealed_counts
-- And how many it were.
SELECT terminal_no, batch_no, items, items_seal FROM pos_batch WHERE items IS NOT NULL

-- name: sealed_files
-- Files of acquirers.
SELECT file_id, acquirer, number, day, is_whole, digest, seal FROM pos_file WHERE file_id > %s ORDER BY file_id LIMIT 2000

-- name: file_rows
-- The rows of one.
SELECT line_no, kind, terminal_no, batch_no, trace, amount_fen, ref FROM pos_file_row WHERE file_id = %s ORDER BY line_no

-- name: acquirer_keys
-- Every key that an acquirer ever had.
SELECT code || ':' || version, code, algorithm, sealed FROM pos_acquirer_key

-- name: sale_of
-- The same sale, if it was heard before.
SELECT state, code, acquirer_ref, auth_code FROM pos_sale
WHERE terminal_no = %s AND batch_no = %s AND trace = %s AND content_hash = %s

-- name: gaps
-- Of a book's day, by biller: what people must still look at, what is not known yet, what no terminal has settled.
WITH found AS (
    SELECT t.biller_id, 'open' AS reason,
        CASE WHEN e.kind IN ('totals_differ', 'acquirer_differs') THEN abs(e.ours_fen - e.their_fen) ELSE e.ours_fen END AS fen
    FROM pos_exception e JOIN pos_terminal t USING (terminal_no)
    WHERE e.closed_at IS NULL AND e.kind <> 'item_differs' AND (e.made_at AT TIME ZONE %(zone)s)::date = %(day)s
    UNION ALL
    SELECT s.biller_id, 'unexplained', s.amount_fen FROM pos_sale s
    WHERE s.state IN ('asked', 'unknown') AND (s.made_at AT TIME ZONE %(zone)s)::date = %(day)s
    UNION ALL
    SELECT s.biller_id, 'unexplained', u.amount_fen FROM pos_undo u JOIN pos_sale s USING (sale_id)
    WHERE u.settle_at IS NOT NULL AND s.state <> 'unknown' AND (u.made_at AT TIME ZONE %(zone)s)::date = %(day)s
    UNION ALL
    SELECT s.biller_id, 'not_reconciled', s.amount_fen FROM pos_batch b JOIN pos_sale s USING (terminal_no, batch_no)
    JOIN payment y ON y.bucket = s.payment_id %% 1000 AND y.payment_id = s.payment_id
    WHERE b.state <> 'closed' AND s.state = 'booked' AND y.business_day = %(day)s
)
SELECT y.id, y.code, f.reason, count(*), sum(f.fen)::bigint FROM found f JOIN partner y ON y.id = f.biller_id
WHERE y.book_id = %(book)s GROUP BY 1, 2, 3 ORDER BY 2, 3
