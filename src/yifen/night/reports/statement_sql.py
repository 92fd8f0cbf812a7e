"""The queries of partners' statements: a row a closed business day. Parameters: partner, first, last."""

PARTNER = """
SELECT p.code, p.name, i.name, CASE WHEN b.partner_id IS NOT NULL THEN 'biller'
                                    WHEN c.partner_id IS NOT NULL THEN 'channel' END
FROM partner p JOIN institution i ON i.id = p.institution_id
LEFT JOIN biller b ON b.partner_id = p.id LEFT JOIN channel c ON c.partner_id = p.id
WHERE p.id = %s"""

# {side}: whose payments; a day without any has its row all the same (domain.md case 20).
_TRADE = """
days AS (
    SELECT DISTINCT h.business_day AS day FROM ledger_day_head h
    JOIN partner p ON p.book_id = h.book_id AND p.id = %(partner)s
    WHERE h.business_day BETWEEN %(first)s AND %(last)s
), sales AS (
    SELECT y.business_day AS day, count(*) AS n, sum(y.amount_fen) AS fen FROM payment y
    WHERE y.{side} = %(partner)s AND y.booked_at IS NOT NULL
        AND y.business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
), backs AS (
    SELECT r.business_day AS day, count(*) AS n, sum(r.amount_fen) AS fen FROM payment_return r
    JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
    WHERE y.{side} = %(partner)s AND r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL
        AND r.business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
), items AS (
    SELECT business_day AS day, count(*) FILTER (WHERE closed_by IS DISTINCT FROM 'gone') AS n,
           count(*) FILTER (WHERE state IN ('open', 'proposed', 'doing')) AS open
    FROM recon_item WHERE partner_id = %(partner)s
        AND business_day BETWEEN %(first)s AND %(last)s GROUP BY 1
)"""
_FROM = """
FROM days d LEFT JOIN sales s USING (day) LEFT JOIN backs b USING (day)
LEFT JOIN items i USING (day)"""

BILLER = f"""
WITH {_TRADE.format(side="biller_id")}, paid AS (
    SELECT y.due_on AS day, sum(y.amount_fen) AS fen FROM payout y
    WHERE y.biller_id = %(partner)s AND y.state <> 'returned'
        AND y.due_on BETWEEN %(first)s AND %(last)s GROUP BY 1
)
SELECT d.day, coalesce(s.n, 0), coalesce(s.fen, 0)::bigint, coalesce(b.n, 0),
       coalesce(b.fen, 0)::bigint, coalesce(t.commission_fen, 0), coalesce(t.moved_fen, 0),
       coalesce(t.due_fen - t.moved_fen, 0), coalesce(o.fen, 0)::bigint, coalesce(i.open, 0)
{_FROM} LEFT JOIN paid o USING (day)
LEFT JOIN settlement t ON t.biller_id = %(partner)s AND t.business_day = d.day
ORDER BY d.day"""

CHANNEL = f"""
WITH {_TRADE.format(side="channel_id")}
SELECT d.day, coalesce(s.n, 0), coalesce(s.fen, 0)::bigint, coalesce(b.n, 0),
       coalesce(b.fen, 0)::bigint, coalesce(c.fee_fen, 0), coalesce(c.net_fen, 0),
       CASE c.state WHEN 'arrived' THEN c.net_fen ELSE 0 END, coalesce(i.n, 0),
       coalesce(i.open, 0)
{_FROM} LEFT JOIN receipt c ON c.channel_id = %(partner)s AND c.business_day = d.day
ORDER BY d.day"""
