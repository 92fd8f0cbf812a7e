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

-- One is filed, once, if it was due.
CREATE OR REPLACE FUNCTION cases_report_v1(
    p_court integer, p_kind text, p_day date, p_rows integer, p_body bytea, p_now timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO court_report (court_id, kind, on_day, rows, body, sha256, reader_id, made_at)
    SELECT d.court_id, d.kind, d.on_day, p_rows, p_body, sha256(p_body), d.reader_id, payments_moment_v1(p_court, p_now)
    FROM cases_reports_due_v1(p_now) d WHERE (d.court_id, d.kind, d.on_day) = (p_court, p_kind, p_day)
    ON CONFLICT DO NOTHING;
$$;
