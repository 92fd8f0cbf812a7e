-- Statements of the daily proof (of a book and day) and of partners' statements (of a partner and its
-- days). Amounts on the account's own side.

-- name: trial
-- The balances that the cut kept, and which accounts are to be explained.
SELECT a.account_id, a.code, a.name, a.side,
    CASE WHEN EXISTS (SELECT FROM biller x WHERE x.transit_id = a.account_id) THEN 'transit'
         WHEN EXISTS (SELECT FROM admission x WHERE x.clearing_id = a.account_id) THEN 'clearing'
         WHEN a.code = ledger_code_v1('suspense', a.book_id, '') THEN 'suspense'
         WHEN a.code = ledger_code_v1('short', a.book_id, '') THEN 'short' END,
    sum(d.debit_posted_fen)::bigint, sum(d.credit_posted_fen)::bigint
FROM ledger_day_balance d JOIN ledger_account a USING (account_id)
WHERE a.book_id = %(book)s AND d.business_day = %(day)s
GROUP BY a.account_id ORDER BY a.code

-- name: since
-- What the documents of this day did on later days: its settlements, their commission, its repairs.
WITH documents AS (
    SELECT document_id FROM settlement WHERE book_id = %(book)s AND business_day = %(day)s
    UNION ALL
    SELECT c.document_id FROM commission c JOIN partner p ON p.id = c.biller_id
    WHERE p.book_id = %(book)s AND c.business_day = %(day)s
    UNION ALL
    SELECT x.document_id FROM recon_posting x JOIN recon_item i USING (item_id)
    WHERE i.business_day = %(day)s
), moves AS (
    SELECT t.debit_id, t.credit_id, t.amount_fen
    FROM documents d CROSS JOIN ledger_head h
    JOIN ledger_transfer t ON t.bucket = h.bucket AND t.reference_id = d.document_id
    WHERE t.kind IN ('posted', 'post') AND t.business_day > %(day)s
)
SELECT m.account_id, sum(m.fen)::bigint
FROM (SELECT debit_id AS account_id, amount_fen AS fen FROM moves
      UNION ALL SELECT credit_id, -amount_fen FROM moves) m
JOIN ledger_account a USING (account_id) WHERE a.book_id = %(book)s GROUP BY 1

-- name: stood
-- What stood on suspense at the cut of the day.
s.since <= %(day)s AND (s.released_on IS NULL OR s.released_on > %(day)s)

-- name: clearing
-- A channel's day: what it took less what it gave back, until its money is at the bank; and the
-- differences that stand on suspense against it.
WITH moves AS (
    SELECT a.clearing_id AS account_id, f.channel_id, f.business_day, f.fen
    FROM (SELECT m.channel_id, m.biller_id, m.business_day, sum(m.net_fen) AS fen
          FROM payment_movement m WHERE m.business_day <= %(day)s GROUP BY 1, 2, 3) f
    JOIN admission a ON a.channel_id = f.channel_id AND a.biller_id = f.biller_id
    UNION ALL
    SELECT r.clearing_id, r.channel_id, r.business_day, -r.gross_fen
    FROM receipt r WHERE r.state = 'arrived' AND EXISTS (
        SELECT FROM ledger_head h JOIN ledger_transfer t ON t.bucket = h.bucket
            AND t.reference_id = r.document_id
        WHERE t.business_day <= %(day)s)
)
SELECT m.account_id, 'arriving', m.business_day, p.code, sum(m.fen)::bigint, NULL::bigint,
       %(day)s::date - m.business_day
FROM moves m JOIN ledger_account a USING (account_id) JOIN partner p ON p.id = m.channel_id
WHERE a.book_id = %(book)s
GROUP BY m.account_id, m.business_day, p.code HAVING sum(m.fen) <> 0
UNION ALL
SELECT c.account_id, 'repair', s.business_day, p.code, s.clearing_fen, s.item_id,
       %(day)s::date - s.since
FROM recon_suspense s JOIN partner p ON p.id = s.partner_id
JOIN (SELECT DISTINCT a.clearing_id AS account_id FROM admission a
      JOIN ledger_account l ON l.account_id = a.clearing_id AND l.book_id = %(book)s) c
    ON c.account_id = s.clearing_id
WHERE {stood}
ORDER BY 1, 2, 3, 4, 6

-- name: transit
-- Of a biller: what its last settlement before this cut left over, then each later day's payments.
-- That day's own balance was proved by its own proof; transfers are read from its cut to this one.
WITH last AS (
    SELECT b.partner_id, b.transit_id, p.code, (SELECT max(s.business_day) FROM settlement s
        WHERE s.biller_id = b.partner_id AND s.posted_on <= %(day)s) AS settled_day
    FROM biller b JOIN partner p ON p.id = b.partner_id
    JOIN ledger_account a ON a.account_id = b.transit_id AND a.book_id = %(book)s
), since AS (
    SELECT CASE WHEN count(*) = count(settled_day) THEN min(settled_day) END AS day FROM last
), spans AS (
    SELECT h.bucket, coalesce(f.last_no, 0) AS first_no, u.last_no
    FROM ledger_day_head h
    LEFT JOIN ledger_batch u ON u.bucket = h.bucket AND u.batch_no = h.batch_no
    CROSS JOIN since
    LEFT JOIN ledger_day_head g ON g.bucket = h.bucket AND g.book_id = h.book_id
        AND g.business_day = since.day
    LEFT JOIN ledger_batch f ON f.bucket = g.bucket AND f.batch_no = g.batch_no
    WHERE h.book_id = %(book)s AND h.business_day = %(day)s
), moves AS (
    SELECT l.partner_id, t.business_day, t.reference_id,
           CASE WHEN t.credit_id = l.transit_id THEN t.amount_fen ELSE -t.amount_fen END AS fen
    FROM spans s JOIN ledger_transfer t ON t.bucket = s.bucket AND t.transfer_no > s.first_no
        AND t.transfer_no <= s.last_no
    JOIN last l ON l.transit_id IN (t.debit_id, t.credit_id)
    WHERE t.kind IN ('posted', 'post') AND (l.settled_day IS NULL OR t.business_day > l.settled_day)
)
SELECT l.transit_id, m.what, m.day, l.code, sum(m.fen)::bigint, NULL::bigint,
       %(day)s::date - m.day
FROM last l JOIN (
    SELECT partner_id, 'unsettled' AS what, business_day AS day, fen FROM moves
    WHERE reference_id > 0 OR reference_id IN (SELECT document_id FROM refund_claim)
    UNION ALL
    SELECT s.biller_id, 'settled', s.business_day, -s.moved_fen FROM settlement s
    JOIN last l ON l.partner_id = s.biller_id
    WHERE s.posted_on <= %(day)s AND s.posted_on > l.settled_day
    UNION ALL
    SELECT l.partner_id, 'carried', l.settled_day,
           sum(d.credit_posted_fen - d.debit_posted_fen)
    FROM last l JOIN ledger_day_balance d ON d.account_id = l.transit_id
        AND d.business_day = l.settled_day
    GROUP BY l.partner_id, l.settled_day
) m USING (partner_id)
GROUP BY l.transit_id, m.what, m.day, l.code HAVING sum(m.fen) <> 0
ORDER BY 1, 3, 2

-- name: suspense
-- Item by item, the oldest first.
SELECT s.account_id, s.role, s.business_day, p.code, s.fen, s.item_id, %(day)s::date - s.since
FROM recon_suspense s JOIN partner p ON p.id = s.partner_id
WHERE s.book_id = %(book)s AND {stood}
ORDER BY 1, s.since, s.item_id

-- name: partner
-- Who is told, and as what.
SELECT p.code, p.name, i.name, CASE WHEN b.partner_id IS NOT NULL THEN 'biller'
                                    WHEN c.partner_id IS NOT NULL THEN 'channel' END
FROM partner p JOIN institution i ON i.id = p.institution_id
LEFT JOIN biller b ON b.partner_id = p.id LEFT JOIN channel c ON c.partner_id = p.id
WHERE p.id = %s

-- name: trade
-- Of one {side}: its days, what moved on them, and what is not explained of it. A day without any has
-- its row all the same (domain.md case 20).
days AS (
    SELECT DISTINCT h.business_day AS day FROM ledger_day_head h
    JOIN partner p ON p.book_id = h.book_id AND p.id = %(partner)s
    WHERE h.business_day BETWEEN %(first)s AND %(last)s
), moved AS (
    SELECT m.business_day AS day, count(*) FILTER (WHERE m.sign > 0) AS sales,
           sum(m.amount_fen) FILTER (WHERE m.sign > 0) AS sales_fen,
           count(*) FILTER (WHERE m.sign < 0) AS backs,
           sum(m.amount_fen) FILTER (WHERE m.sign < 0) AS backs_fen
    FROM payment_movement m
    WHERE m.{{side}} = %(partner)s AND m.business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
), items AS (
    SELECT business_day AS day, count(*) FILTER (WHERE closed_by IS DISTINCT FROM 'gone') AS n,
           count(*) FILTER (WHERE state IN ('open', 'proposed', 'doing')) AS open
    FROM recon_item WHERE partner_id = %(partner)s
        AND business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
)

-- name: moved
-- The figures that every statement begins with.
d.day, coalesce(m.sales, 0), coalesce(m.sales_fen, 0)::bigint, coalesce(m.backs, 0),
    coalesce(m.backs_fen, 0)::bigint

-- name: biller
-- A row a closed day: its payments, its commission, what went on and what was paid out.
WITH {trade}, paid AS (
    SELECT y.due_on AS day, sum(y.amount_fen) AS fen FROM payout y
    WHERE y.biller_id = %(partner)s AND y.state <> 'returned'
        AND y.due_on BETWEEN %(first)s AND %(last)s GROUP BY 1
)
SELECT {moved}, coalesce(t.commission_fen, 0), coalesce(t.moved_fen, 0),
       coalesce(t.due_fen - t.moved_fen, 0), coalesce(o.fen, 0)::bigint, coalesce(i.open, 0)
FROM days d LEFT JOIN moved m USING (day) LEFT JOIN items i USING (day) LEFT JOIN paid o USING (day)
LEFT JOIN settlement t ON t.biller_id = %(partner)s AND t.business_day = d.day
ORDER BY d.day

-- name: channel
-- A row a closed day: its payments, its fee, what it owes and what is at the bank.
WITH {trade}
SELECT {moved}, coalesce(c.fee_fen, 0), coalesce(c.net_fen, 0),
       CASE c.state WHEN 'arrived' THEN c.net_fen ELSE 0 END, coalesce(i.n, 0),
       coalesce(i.open, 0)
FROM days d LEFT JOIN moved m USING (day) LEFT JOIN items i USING (day)
LEFT JOIN receipt c ON c.channel_id = %(partner)s AND c.business_day = d.day
ORDER BY d.day
