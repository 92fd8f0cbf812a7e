-- Requests that come as a file: what speaks against each row as of now, and all of them taken in.

-- A row of a file with its service (the account's own of the season's fee that lives), its day, and what speaks against
-- it; 0: nothing. Codes: SERVICE_UNKNOWN, REQUEST_OPEN, as heating_against_v1.
CREATE OR REPLACE FUNCTION heating_file_against_v1(p_season integer, p_lines jsonb, p_now timestamptz)
RETURNS TABLE (line_no integer, bucket smallint, customer_id bigint, service_id bigint, kind text, from_on date,
    asked_by text, document text, reason text, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.line_no, l.bucket, v.customer_id, v.service_id, l.kind, d.from_on, l.asked_by, l.document, l.reason, CASE
        WHEN v.service_id IS NULL THEN @SERVICE_UNKNOWN
        WHEN EXISTS (SELECT FROM heating_request r WHERE r.bucket = v.bucket AND r.service_id = v.service_id
            AND r.decided_at IS NULL AND r.withdrawn_at IS NULL) THEN @REQUEST_OPEN
        ELSE heating_against_v1(s, v, l.kind, d.from_on, t.today, t.today) END
    FROM heating_season s
    CROSS JOIN heating_today_v1(s.biller_id, payments_moment_v1(s.biller_id, p_now)) t (today)
    CROSS JOIN jsonb_to_recordset(p_lines) l (line_no integer, bucket smallint, account_no text, kind text, from_on date,
        asked_by text, document text, reason text)
    LEFT JOIN billing_customer c ON c.bucket = l.bucket AND c.biller_id = s.biller_id AND c.account_no = l.account_no
    LEFT JOIN billing_service v ON v.bucket = c.bucket AND v.customer_id = c.customer_id AND v.fee_id = s.fee_id
        AND v.to_on IS NULL
    CROSS JOIN LATERAL (SELECT CASE WHEN s.by_days THEN l.from_on
        ELSE coalesce(l.from_on, greatest(s.from_on, v.from_on)) END AS from_on) d
    WHERE s.season_id = p_season ORDER BY l.line_no;
$$;

-- The requests of a file that two people agreed to, all or none, and somebody goes to each. Content: file, sha256. Codes:
-- HEATING_NOT_AGREED, HEATING_FILE_TAKEN, as heating_file_against_v1 of the first row that is refused.
CREATE OR REPLACE FUNCTION heating_file_take_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v heating_file;
    v_season heating_season;
    v_by text;
    v_code integer;
BEGIN
    SELECT f.* INTO v FROM access_authorisation a JOIN heating_file f ON f.file_id = (a.content ->> 'file')::bigint
        AND f.biller_id = a.partner_id AND encode(f.sha256, 'hex') = a.content ->> 'sha256' AND f.wrong = 0
    JOIN heating_season n ON n.season_id = f.season_id AND n.biller_id = f.biller_id
    WHERE a.id = p_proposal AND a.action = 'heating.file' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;
    IF NOT FOUND THEN
        RETURN @HEATING_NOT_AGREED;
    ELSIF EXISTS (SELECT FROM heating_filed f WHERE f.file_id = v.file_id) THEN
        RETURN @HEATING_FILE_TAKEN;
    END IF;
    SELECT u.login INTO v_by FROM access_authorisation a JOIN access_user u ON u.id = a.maker_id WHERE a.id = p_proposal;
    SELECT s.* INTO v_season FROM heating_season s WHERE s.season_id = v.season_id FOR SHARE;
    p_now := payments_moment_v1(v.biller_id, p_now);
    SELECT x.code INTO v_code FROM heating_file_against_v1(v.season_id, v.lines, p_now) x
    WHERE x.code <> 0 ORDER BY x.line_no LIMIT 1;
    IF FOUND THEN
        RETURN v_code;
    END IF;
    WITH made AS (
        INSERT INTO heating_request AS r (season_id, biller_id, bucket, customer_id, service_id, kind, from_on, asked_by,
            document, reason, asked_at, taken_by, answer_due_on)
        SELECT v.season_id, v.biller_id, x.bucket, x.customer_id, x.service_id, x.kind, x.from_on, x.asked_by, x.document,
            x.reason, p_now, v_by, heating_today_v1(v.biller_id, p_now) + v_season.answer_days
        FROM heating_file_against_v1(v.season_id, v.lines, p_now) x ORDER BY x.line_no
        RETURNING r.request_id, r.service_id
    )
    INSERT INTO heating_filed (file_id, line_no, request_id)
    SELECT v.file_id, x.line_no, m.request_id
    FROM heating_file_against_v1(v.season_id, v.lines, p_now) x JOIN made m ON m.service_id = x.service_id;
    PERFORM heating_visit_v1(f.request_id, p_now) FROM heating_filed f WHERE f.file_id = v.file_id ORDER BY f.line_no;
    RETURN 0;
EXCEPTION WHEN unique_violation THEN
    RETURN @REQUEST_OPEN;  -- somebody took one in meanwhile: nothing is left of these
END $$;

-- wrong; staged: it can be put before a second person; open: it waits for him; taken.
CREATE OR REPLACE VIEW heating_file_state AS
SELECT f.*, a.id AS open_proposal, CASE
        WHEN f.wrong > 0 THEN 'wrong'
        WHEN EXISTS (SELECT FROM heating_filed x WHERE x.file_id = f.file_id) THEN 'taken'
        WHEN a.id IS NOT NULL THEN 'open'
        ELSE 'staged' END AS state
FROM heating_file f
LEFT JOIN LATERAL (SELECT x.id FROM access_authorisation x WHERE x.action = 'heating.file'
    AND x.subject_key = f.file_id::text AND x.decided_at IS NULL LIMIT 1) a ON true;
