-- What the pages of reconciliation read.

-- name: runs
-- A run with what is open of its day now: by class, and what waits, for the next day or, told, for the partner.
FROM recon_run r JOIN partner p ON p.id = r.partner_id JOIN recon_file f ON f.file_id = r.file_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(n) FILTER (WHERE NOT waits), 0)::bigint AS open,
           coalesce(sum(n) FILTER (WHERE waits), 0)::bigint AS waiting, coalesce(sum(told), 0)::bigint AS told,
           coalesce(string_agg(class || '=' || n, ',' ORDER BY class) FILTER (WHERE NOT waits), '')
               AS classes
    FROM (SELECT i.class::text AS class, i.state = 'waiting' AS waits, count(*) AS n,
                 count(*) FILTER (WHERE i.state = 'waiting' AND i.action = 'tell') AS told
          FROM recon_item i WHERE i.partner_id = r.partner_id AND i.state <> 'closed'
              AND i.business_day = r.business_day GROUP BY 1, 2) c) o

-- name: grid
-- Closed days since they went live of partners that are expected to send a file, and others' with a run: the newest run, and whether a file is
-- there. (What each is called, its day, run, whether it ended, matched, ours, theirs, files.)
SELECT p.id, p.code || ' ' || p.name, h.business_day, n.run_id, n.ended_at IS NOT NULL, n.matched_count, n.ours_count,
    n.theirs_count, EXISTS (SELECT FROM recon_file f WHERE f.partner_id = p.id AND f.business_day = h.business_day)
FROM recon_profile_in_force q JOIN partner p ON p.id = q.partner_id
JOIN (SELECT DISTINCT d.book_id, d.business_day FROM ledger_day_head d WHERE d.business_day > %(since)s) h
    ON h.book_id = p.book_id
LEFT JOIN LATERAL (SELECT r.* FROM recon_run r WHERE r.business_day = h.business_day AND r.partner_id = p.id
    ORDER BY r.run_id DESC LIMIT 1) n ON true
WHERE p.sandbox_of_id IS NULL AND {in_scope} AND (n.run_id IS NOT NULL OR q.described
    AND CASE WHEN p.live_at IS NULL THEN NOT p.suspended
        ELSE (p.live_at AT TIME ZONE 'Asia/Shanghai')::date <= h.business_day END)
ORDER BY p.code, h.business_day

-- name: in_scope
-- Of partners `p`.
(%(all)s OR p.id = ANY (%(partners)s::integer[]))

-- name: open_by_age
-- Differences that are not closed: how old in days, how much in fen, how many.
SELECT %(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date,
    greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0)), count(*)
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.state <> 'closed' AND {in_scope} GROUP BY 1, 2

-- name: classes_of_a_day
-- Items keep the run that first found them, so those of a day are those of its runs.
SELECT i.class::text, count(*) FILTER (WHERE i.state NOT IN ('closed', 'waiting')),
       count(*) FILTER (WHERE i.state = 'waiting'), count(*) FILTER (WHERE i.state = 'closed'),
       coalesce(sum(CASE i.class WHEN 'amount' THEN abs(i.theirs_fen - i.ours_fen)
                                 ELSE greatest(i.ours_fen, i.theirs_fen) END)
                FILTER (WHERE i.state <> 'closed'), 0)
FROM recon_item i WHERE i.run_id IN (
    SELECT run_id FROM recon_run WHERE partner_id = %(partner)s AND business_day = %(day)s)
    AND i.closed_by IS DISTINCT FROM 'gone'
GROUP BY i.class ORDER BY i.class

-- name: parked
-- Items of the run's day that stand on suspense.
(SELECT count(*) FROM recon_item i JOIN recon_suspense s USING (item_id)
    WHERE i.partner_id = r.partner_id AND i.business_day = r.business_day AND s.released_on IS NULL)

-- name: newest
-- No later run of the same partner and day.
NOT EXISTS (SELECT FROM recon_run n WHERE n.partner_id = r.partner_id
    AND n.business_day = r.business_day AND n.run_id > r.run_id)

-- name: sides
-- Everyone who may send a file: channels, billers, and who has a profile of his own.
FROM partner p
LEFT JOIN channel c ON c.partner_id = p.id LEFT JOIN biller b ON b.partner_id = p.id
LEFT JOIN recon_profile q ON q.partner_id = p.id LEFT JOIN recon_layout l ON l.id = q.layout_id

-- name: party
-- The side on which a partner stands.
coalesce(q.party, CASE WHEN b.partner_id IS NOT NULL THEN 'biller' WHEN c.partner_id IS NOT NULL THEN 'channel' END)

-- name: truth
-- Whose record counts: as the profile says, else ours against a biller and theirs against a channel.
coalesce(q.truth, CASE WHEN {party} = 'biller' THEN 'ours' ELSE 'theirs' END)

-- name: rules
-- Whether a partner has rules of its own; one that we run ourselves sends no file without.
CASE WHEN q.partner_id IS NOT NULL THEN 'own'
    WHEN coalesce(c.hosted, '') <> '' OR coalesce(b.endpoint, 'x') = '' THEN 'none' ELSE 'default' END

-- name: layout_users
-- The codes of the partners in scope that are read by a layout.
(SELECT string_agg(p.code, ' ' ORDER BY p.code) FROM recon_profile q JOIN partner p ON p.id = q.partner_id
    WHERE q.layout_id = l.id AND (%(all)s OR p.id = ANY (%(partners)s::integer[])))

-- name: layout_in_scope
-- A layout that a partner in scope uses, or that nobody uses.
(%(all)s OR NOT EXISTS (SELECT FROM recon_profile q WHERE q.layout_id = l.id)
    OR EXISTS (SELECT FROM recon_profile q WHERE q.layout_id = l.id
        AND q.partner_id = ANY (%(partners)s::integer[])))

-- name: layout_editable
-- Nobody outside the scope is read by it.
(%(all)s OR NOT EXISTS (SELECT FROM recon_profile q WHERE q.layout_id = l.id
    AND q.partner_id <> ALL (%(partners)s::integer[])))

-- name: ours_of_day
-- What we have of these partners' day, net, as a run would take it.
SELECT x.id, count(*), sum(m.net_fen)::bigint FROM unnest(%(partners)s::integer[]) x (id)
JOIN payment_movement m ON m.business_day = %(day)s AND x.id IN (m.channel_id, m.biller_id) GROUP BY x.id

-- name: items
-- A difference with its partner.
FROM recon_item i JOIN partner p ON p.id = i.partner_id

-- name: file_standing
-- How a file stands: withdrawn by the last word of two people on it, waiting for such a word, replaced, or counting.
SELECT CASE WHEN w.id IS NOT NULL THEN 'withdrawn' WHEN a.file_id IS NULL THEN 'waiting'
            WHEN g.told IS NOT NULL THEN 'replaced' ELSE 'counting' END,
       g.told, f.received_at, f.received_by, m.name, c.name, w.decided_at, w.reason
FROM recon_file f LEFT JOIN recon_file_agreed a USING (file_id)
LEFT JOIN LATERAL (SELECT string_agg(x.name || ' #' || x.version, ', ' ORDER BY x.version) AS told
    FROM recon_file_agreed x WHERE x.partner_id = f.partner_id AND x.business_day = f.business_day
        AND f.file_id = ANY (x.replaces)) g ON true
LEFT JOIN LATERAL (SELECT x.* FROM access_authorisation x
    WHERE a.file_id IS NULL AND x.action IN ('recon.file', 'recon.withdraw')
        AND x.subject_key = f.file_id::text AND x.granted ORDER BY x.id DESC LIMIT 1) w ON true
LEFT JOIN access_user m ON m.id = w.maker_id LEFT JOIN access_user c ON c.id = w.checker_id
WHERE f.file_id = %(file)s

-- name: file_runs
-- The newest runs that compared a file.
SELECT run_id, started_at, matched_count, matched_fen, void_at FROM recon_run
WHERE partner_id = %s AND %s = ANY (files) ORDER BY run_id DESC LIMIT %s

-- name: run_files
-- What a run compared.
SELECT f.file_id, f.name, f.version FROM recon_run r JOIN recon_file f ON f.file_id = ANY (r.files)
WHERE r.run_id = %s ORDER BY f.file_id

-- name: undecided
-- Payments past the cut whose biller is asked no more (as `recon_ends_v1` takes them); the outbox holds them all.
FROM biller_call k JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id AND k.due_at IS NULL
JOIN partner b ON b.id = y.biller_id JOIN ledger_book o ON o.book_id = b.book_id AND y.business_day < o.current_day
JOIN partner c ON c.id = y.channel_id

-- name: item_of_serial
-- A difference by the serial of either side, partner by partner, as the index has it.
i.item_id IN (SELECT x.item_id FROM partner q JOIN recon_item x ON x.partner_id = q.id AND x.serial = %(plain)s)

-- name: item_of_amount
-- An open difference of this amount.
i.state <> 'closed' AND (i.ours_fen = %(fen)s OR i.theirs_fen = %(fen)s)

-- name: chargebacks
-- With their partners.
FROM recon_chargeback_shown k JOIN partner b ON b.id = k.biller_id JOIN partner c ON c.id = k.channel_id
