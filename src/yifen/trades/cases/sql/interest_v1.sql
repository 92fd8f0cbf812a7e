-- Interest of the main account that goes to the cases, by the court's rule.

-- What each case had, and what was nobody's (no account), entry by entry: below zero where it left.
CREATE OR REPLACE VIEW court_flow AS
SELECT e.court_id, e.document_id, e.business_day, e.account_no,
       CASE WHEN e.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'levied', 'payout') THEN -e.amount_fen ELSE e.amount_fen END AS fen
FROM court_entry e WHERE e.account_no IS NOT NULL
UNION ALL
SELECT e.court_id, e.document_id, e.business_day, NULL,
       CASE WHEN e.kind IN ('unknown', 'unclaimed', 'came_back') THEN e.amount_fen ELSE -e.amount_fen END
FROM court_entry e WHERE e.kind IN ('unknown', 'unclaimed', 'came_back', 'claimed', 'unknown_out', 'sent_back');

-- Interest is shared by what each case had at the end of each business day since the interest before, to the fen by largest
-- remainder. A merged case's days are those of the case that it went to. What fell to nobody's money, or to a case that is closed
-- by now, stays interest.
CREATE OR REPLACE FUNCTION cases_share_interest_v1(p court_entry) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t record;
    e court_entry;
BEGIN
    IF (SELECT r.share_interest FROM cases_rule_v1(p.court_id, cases_today_v1(p.court_id, p.at)) r) IS NOT TRUE THEN
        RETURN;
    END IF;
    FOR t IN
        WITH since AS (SELECT coalesce(max(x.business_day), '-infinity') AS day FROM court_entry x
            WHERE x.court_id = p.court_id AND x.kind = 'interest' AND x.business_day < p.business_day),
        weighed AS (SELECT s.case_id, sum(f.fen::numeric * (p.business_day - greatest(f.business_day, since.day))) AS fen_days
            FROM court_flow f CROSS JOIN since LEFT JOIN court_account a USING (court_id, account_no)
            LEFT JOIN LATERAL (SELECT cases_stays_v1(a.case_id) AS case_id) s ON a.case_id IS NOT NULL
            WHERE f.court_id = p.court_id AND f.document_id > p.document_id GROUP BY s.case_id),
        cut AS (SELECT w.case_id, div(p.amount_fen * w.fen_days, x.whole) AS fen, mod(p.amount_fen * w.fen_days, x.whole) AS rest
            FROM weighed w CROSS JOIN (SELECT sum(y.fen_days) AS whole FROM weighed y WHERE y.fen_days > 0) x WHERE w.fen_days > 0),
        given AS (SELECT c.case_id, c.fen + (row_number() OVER (ORDER BY c.rest DESC, c.case_id)
            <= p.amount_fen - sum(c.fen) OVER ())::integer AS fen FROM cut c)
        SELECT a.account_no, a.bucket, g.fen::bigint AS fen FROM given g JOIN court_account a USING (case_id)
        WHERE a.state = 'open' AND g.fen > 0 ORDER BY a.bucket, a.account_no
    LOOP
        e := NULL;
        e.court_id := p.court_id; e.kind := 'interest_in'; e.account_no := t.account_no; e.amount_fen := t.fen;
        e.of_id := p.document_id; e.came_at := p.came_at; e.at := p.at;
        PERFORM cases_enter_v1(e);
    END LOOP;
END $$;
