"""The queries of the daily proof. Parameters: book, day. Amounts on the account's own side."""

_ROLE = """CASE WHEN EXISTS (SELECT FROM biller x WHERE x.transit_id = a.account_id) THEN 'transit'
         WHEN EXISTS (SELECT FROM admission x WHERE x.clearing_id = a.account_id) THEN 'clearing'
         WHEN a.code = format('2241.%%s.SUSPENSE', a.book_id) THEN 'suspense'
         WHEN a.code = format('1221.%%s.SHORT', a.book_id) THEN 'short' END"""
TRIAL = f"""
SELECT a.account_id, a.code, a.name, a.side, {_ROLE}, sum(d.debit_posted_fen)::bigint,
       sum(d.credit_posted_fen)::bigint
FROM ledger_day_balance d JOIN ledger_account a USING (account_id)
WHERE a.book_id = %(book)s AND d.business_day = %(day)s
GROUP BY a.account_id ORDER BY a.code"""

# What the documents of this day did on later days: its settlements, their commission, its repairs.
SINCE = """
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
JOIN ledger_account a USING (account_id) WHERE a.book_id = %(book)s GROUP BY 1"""

# A channel's day: what it took less what it gave back, until its money is at the bank; and the
# differences that stand on suspense against it.
CLEARING = """
WITH moves AS (
    SELECT a.clearing_id AS account_id, f.channel_id, f.business_day, f.fen
    FROM (SELECT y.channel_id, y.biller_id, y.business_day, sum(y.amount_fen) AS fen
          FROM payment y WHERE y.booked_at IS NOT NULL AND y.business_day <= %(day)s
          GROUP BY 1, 2, 3
          UNION ALL
          SELECT y.channel_id, y.biller_id, r.business_day, -sum(r.amount_fen)
          FROM payment_return r JOIN payment y ON y.bucket = r.bucket
              AND y.payment_id = r.payment_id
          WHERE r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL
              AND r.business_day <= %(day)s
          GROUP BY 1, 2, 3) f
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
SELECT c.account_id, 'repair', i.business_day, p.code,
       CASE WHEN x.debit_id = c.account_id THEN x.amount_fen ELSE -x.amount_fen END, i.item_id,
       %(day)s::date - x.business_day
FROM recon_posting x JOIN recon_item i USING (item_id) JOIN partner p ON p.id = i.partner_id
JOIN (SELECT DISTINCT a.clearing_id AS account_id FROM admission a
      JOIN ledger_account l ON l.account_id = a.clearing_id AND l.book_id = %(book)s) c
    ON c.account_id IN (x.debit_id, x.credit_id)
WHERE x.purpose = 'suspend' AND x.business_day <= %(day)s AND NOT EXISTS (
    SELECT FROM recon_posting r WHERE r.item_id = x.item_id AND r.purpose = 'release'
        AND r.business_day <= %(day)s)
ORDER BY 1, 2, 3, 4, 6"""

# Of a biller: what its last settlement before this cut left over, then each later day's payments.
# That day's own balance was proved by its own proof; transfers are read from its cut to this one.
TRANSIT = """
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
    WHERE reference_id > 0
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
ORDER BY 1, 3, 2"""

SUSPENSE = """
SELECT a.account_id, CASE a.side WHEN 'liability' THEN 'suspense' ELSE 'short' END,
       i.business_day, p.code,
       CASE WHEN (a.side = 'liability') = (x.credit_id = a.account_id)
            THEN x.amount_fen ELSE -x.amount_fen END, i.item_id, %(day)s::date - x.business_day
FROM recon_posting x JOIN recon_item i USING (item_id) JOIN partner p ON p.id = i.partner_id
JOIN ledger_account a ON a.account_id IN (x.debit_id, x.credit_id)
    AND a.code IN (format('2241.%%s.SUSPENSE', a.book_id), format('1221.%%s.SHORT', a.book_id))
WHERE a.book_id = %(book)s AND x.purpose = 'suspend' AND x.business_day <= %(day)s
    AND NOT EXISTS (SELECT FROM recon_posting r WHERE r.item_id = x.item_id
        AND r.purpose = 'release' AND r.business_day <= %(day)s)
ORDER BY 1, x.business_day, i.item_id"""
