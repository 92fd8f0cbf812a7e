-- Why a day is not one with its partners' books: evidence that is not there, and differences.

-- name: evidence
-- Partners whose day was not compared in full: those with a profile, and those with books of their own and
-- payments of the day that no profile awaits a file from. What is hosted here, a teller's drawer, debits by mandate or a
-- biller without a system, has no other book. A suspended partner sends nothing, and lacks nothing, without payments.
SELECT p.partner_id, p.code, p.described, recon_missing_v1(p.partner_id, %(day)s),
       coalesce(d.lines, 0), coalesce(d.amount_fen, 0)
FROM recon_profile_in_force p
LEFT JOIN biller b ON b.partner_id = p.partner_id LEFT JOIN channel c ON c.partner_id = p.partner_id
LEFT JOIN LATERAL (SELECT f.lines, f.amount_fen FROM daily_file f
    WHERE f.partner_id = p.partner_id AND f.business_day = %(day)s ORDER BY f.version DESC LIMIT 1) d ON true
WHERE p.book_id = %(book)s AND EXISTS (SELECT FROM ledger_day_head h
        WHERE h.book_id = p.book_id AND h.business_day = %(day)s)
    AND CASE WHEN p.described THEN NOT recon_compared_v1(p.partner_id, %(day)s) AND (d.lines > 0
            OR NOT p.suspended AND (p.live_at IS NULL OR (p.live_at AT TIME ZONE 'Asia/Shanghai')::date <= %(day)s))
        ELSE d.lines > 0 AND (b.endpoint <> '' OR c.hosted NOT IN ('counter', 'debit')) END
ORDER BY p.code

-- name: differences
-- What is not closed, or stands on suspense, of this day and the days before it: it is not gone by the next cut.
-- Each item once, with the money by which the two books differ, and whether its file was withdrawn since. What the
-- partner was told to put right waits for the partner, not for the next day's file.
SELECT p.id, p.code, CASE WHEN s.item_id IS NOT NULL THEN 'parked'
           WHEN i.state = 'waiting' AND i.action = 'tell' THEN 'told'
           WHEN i.state = 'waiting' THEN 'waiting' ELSE 'open' END,
       i.class::text, NOT recon_stands_v1(i), count(*),
       sum(CASE WHEN s.item_id IS NOT NULL THEN abs(s.fen)
                WHEN i.class = 'fee' THEN abs(coalesce(i.theirs_fee_fen, 0) - coalesce(i.ours_fee_fen, 0))
                ELSE abs(recon_difference_v1(i)) END)::bigint,
       array_agg(DISTINCT i.business_day ORDER BY i.business_day)
FROM recon_item i JOIN partner p ON p.id = i.partner_id
LEFT JOIN recon_suspense s ON s.item_id = i.item_id AND s.released_on IS NULL
WHERE p.book_id = %(book)s AND i.business_day <= %(day)s AND (i.state <> 'closed' OR s.item_id IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 2, 4, 5
