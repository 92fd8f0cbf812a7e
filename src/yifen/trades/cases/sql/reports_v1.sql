-- Reports that are made and filed by themselves.

-- Which are to be made now: of a court that has money, by the rights of a head of it.
CREATE OR REPLACE FUNCTION cases_reports_due_v1(p_now timestamptz)
RETURNS TABLE (court_id integer, kind text, on_day date, reader_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.court_id, k.kind, date_trunc(k.every, t.today)::date, u.id::bigint
    FROM court c CROSS JOIN LATERAL (SELECT cases_today_v1(c.court_id, p_now)::timestamp AS today) t
    CROSS JOIN (VALUES ('week', 'week'), ('clearing', 'month')) AS k (kind, every)
    CROSS JOIN LATERAL (SELECT x.id FROM access_user x JOIN partner p ON p.id = c.court_id
        WHERE x.partner_id = c.court_id AND access_may_v1(x.id, 'cases.lead', p.institution_id, p.id) ORDER BY x.id LIMIT 1) u
    WHERE EXISTS (SELECT FROM court_entry e WHERE e.court_id = c.court_id) AND NOT EXISTS (SELECT FROM court_report r
        WHERE r.court_id = c.court_id AND r.kind = k.kind AND r.on_day = date_trunc(k.every, t.today)::date);
$$;

-- One is filed, once, if it was due; and is to be mailed to whom the court's rule says.
CREATE OR REPLACE FUNCTION cases_report_v1(
    p_court integer, p_kind text, p_day date, p_rows integer, p_body bytea, p_now timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH filed AS (
        INSERT INTO court_report (court_id, kind, on_day, rows, body, sha256, reader_id, made_at)
        SELECT d.court_id, d.kind, d.on_day, p_rows, p_body, sha256(p_body), d.reader_id, payments_moment_v1(p_court, p_now)
        FROM cases_reports_due_v1(p_now) d WHERE (d.court_id, d.kind, d.on_day) = (p_court, p_kind, p_day)
        ON CONFLICT DO NOTHING RETURNING report_id, court_id, made_at)
    INSERT INTO court_mail (report_id, address, state, tries, next_at, said)
    SELECT DISTINCT f.report_id, a.address, 'due', 0, f.made_at, '' FROM filed f
    CROSS JOIN LATERAL cases_rule_v1(f.court_id, cases_today_v1(f.court_id, p_now)) r
    CROSS JOIN LATERAL unnest(string_to_array(r.mail_to, ' ')) a (address);
$$;

-- The next report that is to be mailed, and counts as tried; again ten minutes later, then twice as long each time.
CREATE OR REPLACE FUNCTION cases_mail_next_v1(p_now timestamptz)
RETURNS TABLE (report_id bigint, address text, kind text, on_day date, court text, rows integer, body bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE court_mail m SET tries = m.tries + 1, next_at = p_now + interval '10 minutes' * 2 ^ m.tries
    FROM court_report r JOIN partner p ON p.id = r.court_id
    WHERE r.report_id = m.report_id AND (m.report_id, m.address) = (SELECT x.report_id, x.address FROM court_mail x
        WHERE x.state = 'due' AND x.next_at <= p_now ORDER BY x.next_at, x.report_id, x.address LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING m.report_id, m.address, r.kind, r.on_day, p.name, r.rows, r.body;
$$;

-- What became of it: sent, failed, or due again, six times at most.
CREATE OR REPLACE FUNCTION cases_mailed_v1(p_report bigint, p_address text, p_state text, p_said text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE court_mail m SET said = left(coalesce(p_said, ''), 300), state = s.state,
        ended_at = CASE WHEN s.state <> 'due' THEN p_now END
    FROM (SELECT x.report_id, x.address, CASE WHEN p_state IN ('sent', 'failed') THEN p_state WHEN x.tries >= 6 THEN 'failed'
        ELSE 'due' END AS state FROM court_mail x) s
    WHERE (s.report_id, s.address) = (m.report_id, m.address) AND (m.report_id, m.address) = (p_report, p_address)
        AND m.state = 'due' AND m.tries > 0;
$$;
