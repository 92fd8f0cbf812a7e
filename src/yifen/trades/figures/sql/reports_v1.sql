-- Reports that people keep and have made regularly, and what collecting costs: each act by whose session it is.

-- When something is made next: of a day, Monday or first of a month, at this hour of Asia/Shanghai, behind p_after.
CREATE OR REPLACE FUNCTION figures_next_v1(p_every text, p_hour smallint, p_after timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT min(t.at) FROM (SELECT (date_trunc(p_every, p_after AT TIME ZONE 'Asia/Shanghai') + n * ('1 ' || p_every)::interval
        + p_hour * interval '1 hour') AT TIME ZONE 'Asia/Shanghai' AS at FROM generate_series(0, 1) n) t WHERE t.at > p_after;
$$;

-- The user of this session who may make reports.
CREATE OR REPLACE FUNCTION figures_who_v1(p_session text) RETURNS access_user
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u FROM access_user u WHERE u.id = access_who_v1(p_session)
        AND access_may_v1(u.id, 'figures.report', u.institution_id, u.partner_id);
$$;

-- Keep a report, a new one (p_report NULL) or one of one's own, and who of one's people sees it. Codes: FIGURES_NOT_YOURS,
-- ROLE_NOT_SHARED, REPORTS_TOO_MANY, REPORT_UNKNOWN.
CREATE OR REPLACE FUNCTION figures_keep_v1(
    p_session text, p_report bigint, p_title text, p_ask jsonb, p_roles text[], p_now timestamptz
) RETURNS TABLE (code integer, report bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_user := figures_who_v1(p_session);
BEGIN
    IF v.id IS NULL THEN
        RETURN QUERY SELECT @FIGURES_NOT_YOURS, NULL::bigint;
        RETURN;
    ELSIF cardinality(p_roles) > 0 AND (NOT access_may_v1(v.id, 'figures.share', v.institution_id, v.partner_id) OR EXISTS (
        SELECT FROM unnest(p_roles) r WHERE NOT EXISTS (
            SELECT FROM access_permission m WHERE m.role = r AND m.permission = 'figures.open')))
    THEN
        RETURN QUERY SELECT @ROLE_NOT_SHARED, NULL::bigint;
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(8690, v.id::integer);  -- counted one after another
    IF p_report IS NULL AND (SELECT count(*) FROM figure_report r WHERE r.owner_id = v.id AND r.dropped_at IS NULL) >= 100 THEN
        RETURN QUERY SELECT @REPORTS_TOO_MANY, NULL::bigint;
    ELSIF p_report IS NULL THEN
        RETURN QUERY INSERT INTO figure_report (owner_id, institution_id, partner_id, title, ask, roles, made_at, changed_at)
        VALUES (v.id, v.institution_id, v.partner_id, p_title, p_ask, p_roles, p_now, p_now) RETURNING 0, report_id;
    ELSE
        RETURN QUERY UPDATE figure_report r SET title = p_title, ask = p_ask, roles = p_roles, changed_at = p_now
        WHERE r.report_id = p_report AND r.owner_id = v.id AND r.dropped_at IS NULL RETURNING 0, r.report_id;
        IF NOT FOUND THEN
            RETURN QUERY SELECT @REPORT_UNKNOWN, NULL::bigint;
        END IF;
    END IF;
END $$;

-- One's own report is gone, and what is made of it with it. Codes: FIGURES_NOT_YOURS, REPORT_UNKNOWN.
CREATE OR REPLACE FUNCTION figures_drop_v1(p_session text, p_report bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_user := figures_who_v1(p_session);
BEGIN
    IF v.id IS NULL THEN
        RETURN @FIGURES_NOT_YOURS;
    END IF;
    UPDATE figure_report r SET dropped_at = p_now WHERE r.report_id = p_report AND r.owner_id = v.id AND r.dropped_at IS NULL;
    IF NOT FOUND THEN
        RETURN @REPORT_UNKNOWN;
    END IF;
    UPDATE figure_schedule s SET ended_at = p_now, ended_why = 'dropped' WHERE s.report_id = p_report AND s.ended_at IS NULL;
    RETURN 0;
END $$;

-- Have a report of one's own made regularly; p_domain of the address that p_mail seals, for who watches over it. Codes: FIGURES_NOT_YOURS, REPORT_UNKNOWN, REPORTS_TOO_MANY, SCHEDULE_WRONG.
CREATE OR REPLACE FUNCTION figures_schedule_v1(
    p_session text, p_report bigint, p_every text, p_hour smallint, p_format text, p_language text, p_mail bytea, p_domain text,
    p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_user := figures_who_v1(p_session);
BEGIN
    IF v.id IS NULL THEN
        RETURN @FIGURES_NOT_YOURS;
    ELSIF p_every NOT IN ('day', 'week', 'month') OR p_hour NOT BETWEEN 0 AND 23 OR p_format NOT IN ('xlsx', 'pdf', 'csv') THEN
        RETURN @SCHEDULE_WRONG;
    END IF;
    PERFORM pg_advisory_xact_lock(8690, v.id::integer);
    IF (SELECT count(*) FROM figure_schedule s WHERE s.owner_id = v.id AND s.ended_at IS NULL) >= 20 THEN
        RETURN @REPORTS_TOO_MANY;
    END IF;
    INSERT INTO figure_schedule (report_id, owner_id, every, hour, format, language, mail, mail_domain, next_at, begun_at)
    SELECT r.report_id, v.id, p_every, p_hour, p_format, p_language, p_mail, p_domain, figures_next_v1(p_every, p_hour, p_now), p_now
    FROM figure_report r WHERE r.report_id = p_report AND r.owner_id = v.id AND r.dropped_at IS NULL;
    RETURN CASE WHEN FOUND THEN 0 ELSE @REPORT_UNKNOWN END;
END $$;

-- It is made no more: one's own, or that of one of the people whom one watches over. Codes: FIGURES_NOT_YOURS, REPORT_UNKNOWN.
CREATE OR REPLACE FUNCTION figures_unschedule_v1(p_session text, p_schedule bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_user := figures_who_v1(p_session);
BEGIN
    IF v.id IS NULL THEN
        RETURN @FIGURES_NOT_YOURS;
    END IF;
    UPDATE figure_schedule s SET ended_at = p_now, ended_why = CASE WHEN u.id = v.id THEN 'owner' ELSE 'admin' END
    FROM access_user u WHERE u.id = s.owner_id AND s.schedule_id = p_schedule AND s.ended_at IS NULL
        AND (u.id = v.id OR access_may_v1(v.id, 'figures.oversee', u.institution_id, u.partner_id));
    RETURN CASE WHEN FOUND THEN 0 ELSE @REPORT_UNKNOWN END;
END $$;

-- What is due ends where its owner may have it no more; nothing is made, or mailed, of what has ended.
CREATE OR REPLACE FUNCTION figures_end_v1(p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE figure_schedule s SET ended_at = p_now, ended_why = 'right' FROM access_user u
    WHERE u.id = s.owner_id AND s.ended_at IS NULL
        AND (s.next_at <= p_now OR EXISTS (SELECT FROM figure_made m WHERE m.schedule_id = s.schedule_id
                                           AND (m.state = 'due' OR m.mail_state = 'due' OR m.sent_state = 'due')))
        AND NOT CASE WHEN s.partner_id IS NULL THEN access_may_v1(u.id, 'figures.report', u.institution_id, u.partner_id)
                     ELSE figures_may_send_v1(u.id, s.partner_id) END;
    UPDATE figure_made m SET state = CASE m.state WHEN 'due' THEN 'failed' ELSE m.state END,
        mail_state = CASE m.mail_state WHEN 'due' THEN 'failed' ELSE m.mail_state END,
        sent_state = CASE m.sent_state WHEN 'due' THEN 'failed' ELSE m.sent_state END,
        said = CASE s.language WHEN 'en' THEN 'It was stopped.' ELSE '定时已停止' END
    FROM figure_schedule s WHERE s.schedule_id = m.schedule_id
        AND (m.state = 'due' OR m.mail_state = 'due' OR m.sent_state = 'due') AND s.ended_at IS NOT NULL;
$$;

-- What is due is written down, once a time; what was missed while nobody worked is made once. Answers how many.
CREATE OR REPLACE FUNCTION figures_due_v1(p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT figures_end_v1(p_now);
    WITH due AS (
        SELECT s.* FROM figure_schedule s WHERE s.ended_at IS NULL AND s.next_at <= p_now ORDER BY s.next_at LIMIT 100
        FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE figure_schedule s SET next_at = figures_next_v1(s.every, s.hour, p_now) FROM due
        WHERE s.schedule_id = due.schedule_id
    ), made AS (
        INSERT INTO figure_made (schedule_id, at, state, mail_state, partner_id, sent_as, sent_state)
        SELECT schedule_id, next_at, 'due', CASE WHEN mail IS NULL THEN 'none' ELSE 'due' END, partner_id,
            CASE WHEN partner_id IS NOT NULL
                THEN 'report-' || report_id || '-' || to_char(next_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') END,
            CASE WHEN partner_id IS NULL THEN 'none' ELSE 'due' END FROM due
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*)::integer FROM made;
$$;

-- The file of one that was due; p_body NULL: it could not be made, which is tried three times.
CREATE OR REPLACE FUNCTION figures_made_v1(p_made bigint, p_rows integer, p_body bytea, p_said text, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE figure_made m SET state = CASE WHEN p_body IS NOT NULL THEN 'made' WHEN m.tries >= 2 THEN 'failed' ELSE 'due' END,
        rows = p_rows, body = p_body, sha256 = sha256(p_body), made_at = CASE WHEN p_body IS NOT NULL THEN p_now END,
        tries = CASE WHEN p_body IS NULL THEN m.tries + 1 ELSE 0 END, said = left(p_said, 300),
        mail_state = CASE WHEN p_body IS NULL AND m.tries >= 2 AND m.mail_state = 'due' THEN 'failed' ELSE m.mail_state END,
        sent_state = CASE WHEN p_body IS NULL AND m.tries >= 2 AND m.sent_state = 'due' THEN 'failed' ELSE m.sent_state END
    WHERE m.made_id = p_made AND m.state = 'due';
$$;

-- What became of its mail: sent, failed for ever, or later (`due`), three times.
CREATE OR REPLACE FUNCTION figures_mailed_v1(p_made bigint, p_state text, p_said text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE figure_made m SET tries = m.tries + 1, said = left(p_said, 300),
        mail_state = CASE WHEN p_state IN ('sent', 'failed') THEN p_state WHEN m.tries >= 2 THEN 'failed' ELSE 'due' END
    WHERE m.made_id = p_made AND m.mail_state = 'due' AND m.state = 'made';
$$;

-- Bytes of files that are older than 60 days; nothing younger, whoever asks.
CREATE OR REPLACE FUNCTION figures_forget_v1(p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    UPDATE figure_made SET body = NULL WHERE body IS NOT NULL AND made_at < least(p_now, now()) - interval '60 days';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- What somebody assumes that collecting costs a company. Codes: FIGURES_NOT_YOURS, COST_WRONG.
CREATE OR REPLACE FUNCTION figures_cost_v1(
    p_session text, p_biller integer, p_wages_fen bigint, p_rates jsonb, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_login text;
BEGIN
    SELECT u.login INTO v_login FROM access_user u JOIN partner p ON p.id = p_biller
    JOIN billing_biller b ON b.biller_id = p.id
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'figures.report', p.institution_id, p.id);
    IF v_login IS NULL THEN
        RETURN @FIGURES_NOT_YOURS;
    ELSIF p_wages_fen NOT BETWEEN 0 AND 100000000000 OR p_wages_fen IS NULL OR jsonb_typeof(p_rates) <> 'array' THEN
        RETURN @COST_WRONG;
    END IF;
    INSERT INTO figure_cost (biller_id, wages_fen, rates, said_at, said_by)
    VALUES (p_biller, p_wages_fen, p_rates, p_now, v_login);
    RETURN 0;
END $$;
