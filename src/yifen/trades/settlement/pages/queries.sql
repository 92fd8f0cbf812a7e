-- What the pages of settlement read.

-- name: payouts
-- A payout with its biller and the bank through which it goes.
FROM payout y JOIN partner p ON p.id = y.biller_id JOIN partner b ON b.id = y.bank_id

-- name: on_its_way
-- Not at an end.
y.state NOT IN ('done', 'returned')

-- name: due_stuck
-- Its day is over, or nobody knows what the bank did.
{on_its_way} AND (y.state = 'unknown' OR y.due_on < %(today)s::date)

-- name: due_today
-- It is to be paid out today.
{on_its_way} AND y.state <> 'unknown' AND y.due_on = %(today)s::date

-- name: due_ahead
-- It is instructed for a later day.
{on_its_way} AND y.state <> 'unknown' AND y.due_on > %(today)s::date

-- name: due_returned
-- It came back, and nothing was sent to the biller after it.
y.state = 'returned' AND NOT EXISTS (
    SELECT FROM payout n WHERE n.biller_id = y.biller_id AND n.document_id < y.document_id)

-- name: payout_events
-- The states that a payout came into, from the instruction on.
SELECT at, state::text, note FROM payout_event WHERE document_id = %s ORDER BY event_id

-- name: agreements
-- Billers with their agreements, if any; of each agreement its tiers, as from/rate/each.
FROM partner p JOIN biller l ON l.partner_id = p.id
LEFT JOIN agreement g ON g.biller_id = p.id
CROSS JOIN LATERAL (
    SELECT string_agg(from_measure || '/' || rate_ppm || '/' || each_fen, ',' ORDER BY from_measure)
        AS tiers FROM agreement_tier WHERE agreement_id = g.id) t

-- name: fees
-- The tiers of each biller's agreement on a day, as above.
SELECT g.biller_id, g.measure, (SELECT string_agg(t.from_measure || '/' || t.rate_ppm || '/' || t.each_fen, ','
    ORDER BY t.from_measure) FROM agreement_tier t WHERE t.agreement_id = g.agreement_id)
FROM agreement_in_force g
WHERE g.valid_from <= %(day)s AND coalesce(g.next_valid_from > %(day)s, true) ORDER BY g.biller_id

-- name: no_later
-- No later agreement of the biller.
NOT EXISTS (SELECT FROM agreement n WHERE n.biller_id = p.id AND n.valid_from > g.valid_from)

-- name: payees
-- Billers with the account to which they are paid, if any.
FROM partner p JOIN biller l ON l.partner_id = p.id
LEFT JOIN payee y ON y.biller_id = p.id LEFT JOIN partner b ON b.id = y.bank_id

-- name: merchants
-- The tree of merchants in scope, depth first; those whose parent is another's stand at its root.
FROM (
    WITH RECURSIVE mine AS (
        SELECT m.biller_id, m.parent_id, m.level, m.pooled, p.code, p.name
        FROM merchant m JOIN partner p ON p.id = m.biller_id
        WHERE p.sandbox_of_id IS NULL AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
    ), tree AS (
        SELECT x.*, 0 AS depth, x.code::text COLLATE "C" AS path FROM mine x
        WHERE x.parent_id IS NULL OR x.parent_id NOT IN (SELECT biller_id FROM mine)
        UNION ALL
        SELECT x.*, t.depth + 1, (t.path || E'\x01' || x.code) COLLATE "C"
        FROM tree t JOIN mine x ON x.parent_id = t.biller_id
    )
    SELECT * FROM tree) m
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(b.code || ' ' || b.name || '/' || s.share_ppm, E'\x01' ORDER BY b.code), '')
        AS parts, sum(s.share_ppm) AS ppm
    FROM merchant_split s JOIN partner b ON b.id = s.beneficiary_id WHERE s.merchant_id = m.biller_id) s

-- name: settlements
-- A biller's day with the biller.
FROM settlement s JOIN partner p ON p.id = s.biller_id

-- name: banks
-- A bank with our account at it.
FROM bank k JOIN partner p ON p.id = k.partner_id

-- name: parts
-- Who got which part of a settlement.
SELECT p.code, p.name, s.reason, s.amount_fen, s.payout_on FROM settlement_part s
JOIN partner p ON p.id = s.biller_id WHERE s.document_id = %s ORDER BY s.reason, p.code

-- name: commissions
-- What was charged of a biller's day.
SELECT reason, measure, fee_fen, period_fen, mode FROM commission
WHERE biller_id = %s AND business_day = %s ORDER BY reason

-- name: in_file
-- A payout that went to its bank in the file of this name.
y.file_no IN (SELECT x.file_no FROM payout_file x WHERE x.name = %(plain)s)

-- name: settled_by_day
-- What was due, passed on and kept as commission, of the business days since.
SELECT s.business_day, sum(s.due_fen)::bigint, sum(s.moved_fen)::bigint, sum(s.commission_fen)::bigint
FROM settlement s WHERE s.business_day > %(since)s AND (%(all)s OR s.biller_id = ANY (%(partners)s::integer[]))
GROUP BY 1 ORDER BY 1

-- name: paid_out_by_day
-- Payouts by the day on which they are due, and how they stand.
SELECT y.due_on, y.state::text, count(*), sum(y.amount_fen)::bigint
FROM payout y WHERE y.due_on > %(since)s AND (%(all)s OR y.biller_id = ANY (%(partners)s::integer[]))
GROUP BY 1, 2 ORDER BY 1, 2
-- name: payout_files
-- A file with its bank, and how its payouts stand.
FROM payout_file f JOIN partner b ON b.id = f.bank_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE y.state = 'done') AS done,
           count(*) FILTER (WHERE y.state = 'returned') AS returned,
           count(*) FILTER (WHERE y.state NOT IN ('done', 'returned')) AS undecided
    FROM payout y WHERE y.file_no = f.file_no) c

-- name: payouts_in_file
-- What left in it, and how that stands.
SELECT -y.document_id, y.reference, p.code || ' ' || p.name, y.amount_fen, y.state::text, y.bank_serial, y.reason
FROM payout y JOIN partner p ON p.id = y.biller_id WHERE y.file_no = %s ORDER BY y.document_id DESC LIMIT %s

-- name: results_of_file
-- What the bank said of it, the newest first, with its last proposal.
SELECT r.result_no, r.name, r.received_at, r.received_by, a.granted, a.decided_at IS NULL AND a.id IS NOT NULL
FROM payout_result r LEFT JOIN LATERAL (
    SELECT x.id, x.granted, x.decided_at FROM access_authorisation x
    WHERE x.action = 'payouts.results' AND x.subject_key = r.result_no::text ORDER BY x.id DESC LIMIT 1) a ON true
WHERE r.file_no = %s ORDER BY r.result_no DESC
