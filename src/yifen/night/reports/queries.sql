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
    JOIN document_transfer t ON t.bucket = h.bucket AND t.reference_id = d.document_id
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
          FROM payment_movement m
          WHERE m.business_day <= %(day)s AND m.business_day > (SELECT until_day FROM ledger_archived) GROUP BY 1, 2, 3
          UNION ALL  -- archived, but for the figures of its days
          SELECT g.channel_id, g.biller_id, g.business_day, sum(g.amount_fen - g.returned_fen) FROM figure_hour g
          WHERE g.business_day <= least(%(day)s, (SELECT until_day FROM ledger_archived)) GROUP BY 1, 2, 3) f
    JOIN admission a ON a.channel_id = f.channel_id AND a.biller_id = f.biller_id
    UNION ALL
    SELECT r.clearing_id, r.channel_id, r.business_day, -r.gross_fen
    FROM receipt r WHERE r.state = 'arrived' AND EXISTS (
        SELECT FROM ledger_head h JOIN document_transfer t ON t.bucket = h.bucket
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

-- name: days
-- The closed days of a partner; one without any movement has its row all the same (domain.md case 20). `at`:
-- what stood at its cut on the accounts {{accounts}} of the partner, `before`: at the one before.
days AS (
    SELECT c.day, coalesce(c.fen, 0)::bigint AS at,
           coalesce((SELECT sum({{sign}} * (d.debit_posted_fen - d.credit_posted_fen)) FROM ledger_day_balance d
               WHERE d.account_id IN ({{accounts}}) AND d.business_day = (
                   SELECT max(h.business_day) FROM ledger_day_head h JOIN partner p ON p.book_id = h.book_id
                   WHERE p.id = %(partner)s AND h.business_day < c.day)), 0)::bigint AS before
    FROM (SELECT h.business_day AS day, (
              SELECT sum({{sign}} * (d.debit_posted_fen - d.credit_posted_fen)) FROM ledger_day_balance d
              WHERE d.account_id IN ({{accounts}}) AND d.business_day = h.business_day) AS fen
          FROM (SELECT DISTINCT h.business_day FROM ledger_day_head h
                JOIN partner p ON p.book_id = h.book_id AND p.id = %(partner)s
                WHERE h.business_day BETWEEN %(first)s AND %(last)s) h) c
)

-- name: moved
-- What was paid and taken back on the days of one {{side}}.
moved AS (
    SELECT m.business_day AS day, count(*) FILTER (WHERE m.net_fen > 0) AS sales,
           sum(m.amount_fen) FILTER (WHERE m.net_fen > 0) AS sales_fen,
           count(*) FILTER (WHERE m.net_fen < 0) AS backs,
           sum(m.amount_fen) FILTER (WHERE m.net_fen < 0) AS backs_fen
    FROM payment_movement m
    WHERE m.{{side}} = %(partner)s AND m.business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
)

-- name: differing
-- How many differences its days had, and how many of them are not closed: what it was told of stands too.
differing AS (
    SELECT business_day AS day, count(*) FILTER (WHERE closed_by IS DISTINCT FROM 'gone') AS n,
           count(*) FILTER (WHERE state <> 'closed') AS open
    FROM recon_item WHERE partner_id = %(partner)s
        AND business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
)

-- name: opened
-- With what every row begins.
d.day, d.before, coalesce(m.sales, 0), coalesce(m.sales_fen, 0)::bigint, coalesce(m.backs, 0),
    coalesce(m.backs_fen, 0)::bigint

-- name: biller
-- A row a closed day, by the day on which it was booked: before + paid - taken back + what of it the biller's
-- settled money bore - passed on = at the cut. Of what was passed on: commission; then what was paid out.
WITH {days}, {moved}, {differing}, borne AS (
    SELECT c.business_day AS day, sum(c.amount_fen) AS fen FROM refund_claim c
    WHERE c.biller_id = %(partner)s AND c.business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
), passed AS (
    SELECT s.posted_on AS day, sum(s.moved_fen) AS fen, sum(s.commission_fen) AS commission_fen FROM settlement s
    WHERE s.biller_id = %(partner)s AND s.posted_on BETWEEN %(first)s AND %(last)s GROUP BY 1
), paid AS (
    SELECT y.due_on AS day, sum(y.amount_fen) AS fen FROM payout y
    WHERE y.biller_id = %(partner)s AND y.state <> 'returned'
        AND y.due_on BETWEEN %(first)s AND %(last)s GROUP BY 1
)
SELECT {opened}, coalesce(b.fen, 0)::bigint, coalesce(t.fen, 0)::bigint, d.at,
       coalesce(t.commission_fen, 0)::bigint, coalesce(o.fen, 0)::bigint, coalesce(i.n, 0), coalesce(i.open, 0)
FROM days d LEFT JOIN moved m USING (day) LEFT JOIN differing i USING (day) LEFT JOIN paid o USING (day)
LEFT JOIN borne b USING (day) LEFT JOIN passed t USING (day)
ORDER BY d.day

-- name: channel
-- A row a closed day, by the day on which it was booked: before + paid - taken back + parked (挂账, less what was
-- released) - arrived - fee = at the cut.
WITH {days}, {moved}, {differing}, stood AS (
    SELECT v.day, sum(v.fen) AS fen FROM recon_suspense s
    CROSS JOIN LATERAL (VALUES (s.since, s.clearing_fen), (s.released_on, -s.clearing_fen)) v (day, fen)
    WHERE s.clearing_id IN ({{accounts}}) AND v.day BETWEEN %(first)s AND %(last)s GROUP BY 1
), arrived AS (
    SELECT x.day, sum(r.net_fen) AS net_fen, sum(r.fee_fen) AS fee_fen FROM receipt r
    JOIN LATERAL (SELECT min(t.business_day) AS day FROM ledger_head h JOIN document_transfer t
        ON t.bucket = h.bucket AND t.reference_id = r.document_id) x ON true
    WHERE r.channel_id = %(partner)s AND r.state = 'arrived' AND x.day BETWEEN %(first)s AND %(last)s GROUP BY 1
)
SELECT {opened}, coalesce(s.fen, 0)::bigint, coalesce(a.net_fen, 0)::bigint, coalesce(a.fee_fen, 0)::bigint, d.at,
       coalesce(i.n, 0), coalesce(i.open, 0)
FROM days d LEFT JOIN moved m USING (day) LEFT JOIN differing i USING (day) LEFT JOIN stood s USING (day)
LEFT JOIN arrived a USING (day)
ORDER BY d.day
