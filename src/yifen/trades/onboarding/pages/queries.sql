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

-- name: outages
-- An outage with its biller.
FROM biller_outage o JOIN partner p ON p.id = o.biller_id

-- name: outage_state
-- Where an outage stands now.
CASE WHEN o.ends_at <= %(now)s THEN 'over' WHEN o.starts_at <= %(now)s THEN 'on' ELSE 'ahead' END
