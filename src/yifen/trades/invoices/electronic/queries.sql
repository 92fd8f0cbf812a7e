-- Statements of electronic invoices.

-- name: port
-- A seller that is shut is still asked what became of its invoices.
SELECT platform, endpoint, version, sealed FROM invoice_issuer WHERE biller_id = %s

-- name: order
-- One, whatever became of it, with whose it is.
SELECT e.order_no, e.kind, e.payment_id, e.biller_id, i.tax_no, e.buyer_sealed, e.lines, e.total_fen, e.tax_fen, b.number,
    s.sheet_no, r.verb::text, e.state, e.code, e.reason, e.number, e.sent_at IS NULL
FROM invoice_electronic e JOIN invoice_issuer i USING (biller_id)
LEFT JOIN invoice_electronic b ON b.order_no = e.blue LEFT JOIN invoice_electronic s ON s.order_no = e.sheet
LEFT JOIN payment_return r ON r.bucket = (e.payment_id %% 1000)::smallint AND r.payment_id = e.payment_id
    AND r.serial = e.return_serial
WHERE e.order_no = %s

-- name: ask
-- Committed before the platform hears of it.
SELECT * FROM invoices_ask_v1(%s, %s, %s, %s, %s)

-- name: ask_own
-- The same, by who paid.
SELECT * FROM invoices_ask_own_v1(%s, %s, %s, %s)

-- name: may_issue_own
-- Whether who paid by an order of his own may have one, and which order; no row: nobody did.
SELECT invoices_may_issue_v1(m.payment_id, y.institution_id, %(now)s), o.order_no
FROM payment m JOIN partner y ON y.id = m.biller_id
JOIN checkout_order o ON o.order_no = m.serial AND o.channel_id = m.channel_id
WHERE m.bucket = (%(payment)s %% 1000)::smallint AND m.payment_id = %(payment)s AND o.state = 'booked'

-- name: may_issue
-- Whether a payment may have one, as an institution asks.
SELECT invoices_may_issue_v1(%s, %s, %s)

-- name: again
-- A failed one under a new serial, or one that is looked at no more.
SELECT * FROM invoices_again_v1(%s, %s, %s, %s, %s)

-- name: drop
-- A failed one is given up.
SELECT invoices_drop_v1(%s, %s, %s, %s)

-- name: sending
-- Who sends it now: one at a time.
SELECT invoices_sending_v1(%s, %s, %s)

-- name: due
-- Those that the worker looks at now.
SELECT * FROM invoices_due_v1(%s, %s, %s, %s)

-- name: unknown
-- No answer.
SELECT invoices_unknown_v1(%s, %s)

-- name: said
-- The platform's word, once.
SELECT invoices_said_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: put_issuer
-- As two people decided.
SELECT invoices_issuer_v1(%s)

-- name: issuer_now
-- What a proposal would change.
SELECT seller, tax_no, platform, endpoint, sealed, enabled FROM invoice_issuer WHERE biller_id = %s

-- name: rates_now
-- The same of its rates.
SELECT fee, class, goods_code, goods_name, rate_permille, exempt, from_on::text, to_on::text FROM invoice_rate
WHERE biller_id = %s ORDER BY fee, class, from_on

-- name: issued
-- A seller's numbers of a day, with their sums: what a platform lists.
SELECT e.number, e.kind, e.total_fen FROM invoice_electronic e
WHERE e.biller_id = %s AND e.issued_at >= %s AND e.issued_at < %s ORDER BY e.number

-- name: of_payment
-- What there is of a payment, the newest first.
SELECT order_no, kind, state, number, total_fen, reason FROM invoice_electronic
WHERE payment_id = %s AND state <> 'replaced' ORDER BY asked_at DESC, order_no DESC

-- name: sums_altered
-- The lines add up to the whole, and the tax to that of the lines; nothing red is more than its line.
SELECT 'invoice_electronic ' || e.order_no, 'its lines are ' || l.fen || ' fen with ' || l.tax || ' of tax, it says '
    || e.total_fen || ' with ' || e.tax_fen
FROM invoice_electronic e CROSS JOIN LATERAL (SELECT sum((x ->> 'fen')::bigint) AS fen, sum((x ->> 'tax')::bigint) AS tax,
    bool_and((x ->> 'net')::bigint + (x ->> 'tax')::bigint = (x ->> 'fen')::bigint) AS even FROM jsonb_array_elements(e.lines) x) l
WHERE (l.fen, l.tax, l.even) IS DISTINCT FROM (e.total_fen, e.tax_fen, true)
UNION ALL SELECT 'invoice_electronic ' || b.order_no, 'red ones take back ' || sum(s.total_fen) || ' of ' || b.total_fen
FROM invoice_electronic b JOIN invoice_electronic s ON s.blue = b.order_no AND s.kind = 'sheet'
    AND s.state NOT IN ('replaced', 'dropped')
GROUP BY b.order_no, b.total_fen HAVING sum(s.total_fen) > b.total_fen

-- name: both_altered
-- No payment has both; what was given back of an issued one has a sheet, or people gave it up.
SELECT 'payment ' || e.payment_id, 'has the electronic invoice ' || e.order_no || ' and a paper, ' || x.number
FROM invoice_electronic e JOIN invoice_print x ON x.payment_id = e.payment_id AND x.voided_at IS NULL
WHERE e.kind = 'blue' AND e.state NOT IN ('replaced', 'dropped')
UNION ALL SELECT 'payment ' || e.payment_id, 'was given back by ' || r.serial || ', and nothing red was asked for '
    || coalesce(e.number, e.order_no)
FROM invoice_electronic e JOIN payment_return r ON r.bucket = (e.payment_id % 1000)::smallint AND r.payment_id = e.payment_id
    AND r.booked_at > e.asked_at
WHERE e.kind = 'blue' AND e.state = 'done' AND NOT EXISTS (SELECT FROM invoice_electronic s
    WHERE s.payment_id = e.payment_id AND s.kind = 'sheet' AND s.return_serial = r.serial)

-- name: amount_altered
-- An invoice is of what was paid; a red one of what its sheet says.
SELECT 'invoice_electronic ' || e.order_no, 'is of ' || e.total_fen || ' fen, not of ' || coalesce(s.total_fen, y.amount_fen)
FROM invoice_electronic e LEFT JOIN invoice_electronic s ON s.order_no = e.sheet
LEFT JOIN payment y ON y.bucket = (e.payment_id % 1000)::smallint AND y.payment_id = e.payment_id AND e.kind = 'blue'
WHERE e.total_fen <> coalesce(s.total_fen, y.amount_fen)
