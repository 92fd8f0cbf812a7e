-- The day it is, stops in force 停供 over billing's shares, and how far each request is.

-- The day it is where the company is.
CREATE OR REPLACE FUNCTION heating_today_v1(p_biller integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT (p_now AT TIME ZONE k.time_zone)::date FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
    WHERE p.id = p_biller;
$$;

-- A share that a request agreed to; it goes along with the flat to the next holder.
CREATE OR REPLACE VIEW heating_stop AS
SELECT s.bucket, s.service_id, s.from_on, s.to_on, (s.share * 1000)::integer AS permille, s.share_id, r.request_id,
       r.season_id, r.biller_id, r.agreement_no
FROM billing_share s JOIN heating_request r ON r.proposal = s.proposal;

-- open: somebody goes there; seen: he was there; proposed: it waits for the second person; agreed, refused, withdrawn.
-- `finding`: of the newest visit that was done.
CREATE OR REPLACE VIEW heating_request_state AS
SELECT r.*, v.finding, v.done_at AS seen_at, v.note AS seen_note, a.id AS open_proposal, CASE
        WHEN r.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN r.agreed THEN 'agreed'
        WHEN r.decided_at IS NOT NULL THEN 'refused'
        WHEN a.id IS NOT NULL THEN 'proposed'
        WHEN v.finding IS NOT NULL AND NOT EXISTS (SELECT FROM visit o WHERE o.asked_trade = 'heating'
            AND o.asked_ref = 'R' || r.request_id AND o.kind = 'inspect' AND o.done_at IS NULL AND o.dropped_at IS NULL)
            THEN 'seen'
        ELSE 'open' END AS state
FROM heating_request r
LEFT JOIN LATERAL (SELECT x.finding, x.done_at, x.note FROM visit x WHERE x.asked_trade = 'heating'
    AND x.asked_ref = 'R' || r.request_id AND x.kind = 'inspect' AND x.done_at IS NOT NULL
    ORDER BY x.done_at DESC, x.visit_id DESC LIMIT 1) v ON true
LEFT JOIN LATERAL (SELECT x.id FROM access_authorisation x WHERE x.action = 'heating.decide'
    AND x.subject_key = r.request_id::text AND x.decided_at IS NULL LIMIT 1) a ON true;
