-- What the pages of onboarding read.

-- name: partners
-- A channel or a biller, real or sandbox. A bank is neither: it stands with the agreements.
FROM partner p JOIN institution i ON i.id = p.institution_id
JOIN (SELECT partner_id FROM channel UNION ALL SELECT partner_id FROM biller) side ON side.partner_id = p.id
LEFT JOIN channel c ON c.partner_id = p.id

-- name: state
-- How far a partner's way in is; whoever is in the sandbox's book, the trial biller too, is never real.
CASE WHEN p.book_id = 900 THEN 'sandbox' WHEN NOT p.suspended THEN 'live'
    WHEN p.live_at IS NOT NULL THEN 'stopped' ELSE 'arriving' END

-- name: channels
-- A channel that may be let speak, with what binds it now and what it has taken of its day's limit. The clock is
-- its book's.
FROM channel h JOIN partner p ON p.id = h.partner_id AND p.book_id <> 900
JOIN channel_bounds b ON b.channel_id = h.partner_id
JOIN institution i ON i.id = p.institution_id JOIN ledger_book k ON k.book_id = p.book_id
LEFT JOIN channel_usage u ON u.channel_id = h.partner_id AND u.business_day = k.current_day
CROSS JOIN LATERAL (SELECT (%(now)s AT TIME ZONE k.time_zone)::time AS local) w

-- name: channel_state
-- How a channel stands at this moment; from four fifths of its day's limit on it is looked at.
CASE WHEN p.suspended THEN 'stopped'
    WHEN payments_is_closed_v1(b.opens_at, b.closes_at, w.local)
        OR payments_is_closed_v1(b.kind_opens_at, b.kind_closes_at, w.local) THEN 'closed'
    WHEN u.taken_fen * 5 >= b.day_fen_max * 4 THEN 'near' ELSE 'open' END

-- name: admitted
-- For how many billers it may collect.
(SELECT count(*) FROM admission a WHERE a.channel_id = h.partner_id AND a.active)

-- name: kind_channels
-- Channels in scope by book and kind, each with its name, whether it is shut, and the billers it collects for.
SELECT p.book_id, h.kind, p.id, p.code, p.name, p.suspended, array(SELECT a.biller_id FROM admission a
    WHERE a.channel_id = p.id AND a.active ORDER BY 1)
FROM channel h JOIN partner p ON p.id = h.partner_id AND p.book_id <> 900
WHERE %(all)s OR p.id = ANY (%(partners)s::integer[]) ORDER BY p.code

-- name: kinds_elsewhere
-- How many channels of others, by book and kind, collect for billers in scope.
SELECT p.book_id, h.kind, count(*) FROM channel h JOIN partner p ON p.id = h.partner_id AND p.book_id <> 900
WHERE p.id <> ALL (%(partners)s::integer[]) AND EXISTS (SELECT FROM admission a
    WHERE a.channel_id = p.id AND a.active AND a.biller_id = ANY (%(partners)s::integer[])) GROUP BY 1, 2

-- name: open_days
-- The open business day of each book that a partner in scope is in.
SELECT k.book_id, k.code || ' ' || k.name, k.current_day FROM ledger_book k WHERE k.book_id <> 900 AND (%(all)s OR EXISTS (
    SELECT FROM partner p WHERE p.book_id = k.book_id AND p.id = ANY (%(partners)s::integer[]))) ORDER BY k.code

-- name: outages
-- An outage with its biller.
FROM biller_outage o JOIN partner p ON p.id = o.biller_id

-- name: outage_state
-- Where an outage stands now.
CASE WHEN o.ends_at <= %(now)s THEN 'over' WHEN o.starts_at <= %(now)s THEN 'on' ELSE 'ahead' END

-- name: keys
-- A version of a key with its partner, and how it stands: within thirty days of its end it is looked for one
-- that counts longer.
FROM partner_key k JOIN partner p ON p.id = k.partner_id
CROSS JOIN LATERAL (SELECT CASE
    WHEN k.valid_until <= %(now)s THEN 'over'
    WHEN k.valid_from > %(now)s THEN 'ahead'
    WHEN k.valid_until IS NULL OR k.valid_until > %(now)s + interval '30 days' THEN 'on'
    WHEN EXISTS (SELECT FROM partner_key n WHERE n.partner_id = k.partner_id
        AND coalesce(n.valid_until, 'infinity') > k.valid_until) THEN 'following'
    ELSE 'ending' END AS state) s

-- name: runs
-- A conformance run with its partner and who asked for it.
FROM conformance_run r JOIN partner p ON p.id = r.partner_id JOIN access_user u ON u.id = r.asked_by_id

-- name: newest_run
-- No later run of the same partner.
NOT EXISTS (SELECT FROM conformance_run n WHERE n.partner_id = r.partner_id AND n.id > r.id)

-- name: requests
-- What came into sandboxes, masked, with what was wrong.
FROM wire_message m JOIN partner p ON p.id = m.partner_id AND p.book_id = 900
