-- A report into a partner's folder: agreed by two people, told to the partner's pipes, stopped when its owner lost the right.

-- May this user have his reports sent to this partner? A live one of his own tree, or his own.
CREATE OR REPLACE FUNCTION figures_may_send_v1(p_user bigint, p_partner integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM partner p JOIN access_user u ON u.id = p_user
        WHERE p.id = p_partner AND p.book_id <> 900 AND NOT (p.suspended AND p.live_at IS NULL)
            AND access_may_v1(u.id, 'figures.report', u.institution_id, u.partner_id)
            AND access_may_v1(u.id, 'figures.share', p.institution_id, p.id));
$$;

-- What two people agreed to, in the transaction of their decision; the maker's own report, to the partner that the proposal
-- is of, with the title and what it asks as they saw it. Codes: FOLDER_NOT_AGREED, REPORT_UNKNOWN, SCHEDULE_WRONG, REPORTS_TOO_MANY,
-- FOLDER_TWICE.
CREATE OR REPLACE FUNCTION figures_folder_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT a.content AS asked, a.partner_id::integer AS partner, a.maker_id AS maker INTO v FROM access_authorisation a
    WHERE a.id = p_proposal AND a.action = 'figures.folder' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint
        AND figures_may_send_v1(a.maker_id, a.partner_id::integer) AND figures_may_send_v1(a.checker_id, a.partner_id::integer)
        AND NOT EXISTS (SELECT FROM figure_schedule s WHERE s.proposal = p_proposal);
    IF NOT FOUND THEN
        RETURN @FOLDER_NOT_AGREED;
    ELSIF v.asked ->> 'every' NOT IN ('day', 'week', 'month') OR (v.asked ->> 'hour')::smallint NOT BETWEEN 0 AND 23
        OR v.asked ->> 'format' NOT IN ('xlsx', 'pdf', 'csv') THEN
        RETURN @SCHEDULE_WRONG;
    END IF;
    PERFORM pg_advisory_xact_lock(8690, v.maker::integer);
    IF (SELECT count(*) FROM figure_schedule s WHERE s.owner_id = v.maker AND s.ended_at IS NULL) >= 20 THEN
        RETURN @REPORTS_TOO_MANY;
    ELSIF NOT EXISTS (SELECT FROM figure_report r WHERE r.report_id = (v.asked ->> 'report')::bigint AND r.owner_id = v.maker
                      AND r.dropped_at IS NULL) THEN
        RETURN @REPORT_UNKNOWN;
    END IF;
    INSERT INTO figure_schedule (report_id, owner_id, every, hour, format, language, next_at, begun_at, partner_id, asked, proposal)
    VALUES ((v.asked ->> 'report')::bigint, v.maker, v.asked ->> 'every', (v.asked ->> 'hour')::smallint, v.asked ->> 'format',
        v.asked ->> 'language', figures_next_v1(v.asked ->> 'every', (v.asked ->> 'hour')::smallint, p_now), p_now, v.partner,
        jsonb_build_object('title', v.asked ->> 'title', 'ask', v.asked -> 'ask'), p_proposal)
    ON CONFLICT (report_id, partner_id) WHERE partner_id IS NOT NULL AND ended_at IS NULL DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE @FOLDER_TWICE END;
END $$;

-- Files that are made and not told of yet: told now, once, to partners of whom some pipe takes them (p_wanted); to others
-- they cannot go, which is said.
CREATE OR REPLACE FUNCTION figures_tell_v1(p_wanted integer[], p_most integer)
RETURNS TABLE (partner integer, sent_as text, form text, at timestamptz, made_at timestamptz, size integer, sha256 bytea, row_count integer)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH told AS (
        UPDATE figure_made m SET
            sent_state = CASE WHEN NOT w.may OR NOT m.partner_id = ANY (p_wanted) THEN 'failed' ELSE 'told' END,
            said = CASE WHEN NOT w.may THEN CASE w.language WHEN 'en' THEN 'It was stopped.' ELSE '定时已停止' END
                WHEN NOT m.partner_id = ANY (p_wanted) THEN CASE w.language WHEN 'en' THEN 'No pipe of the partner takes reports.'
                    ELSE '对方没有收取报表（report.ready）的推送通道' END
                ELSE m.said END
        FROM (SELECT n.made_id, s.format, s.language, s.ended_at IS NULL AND figures_may_send_v1(s.owner_id, s.partner_id) AS may
              FROM figure_made n JOIN figure_schedule s ON s.schedule_id = n.schedule_id
              WHERE n.sent_state = 'due' AND n.state = 'made' ORDER BY n.made_id LIMIT p_most FOR UPDATE OF n) w
        WHERE m.made_id = w.made_id RETURNING m.*, w.format AS form)
    SELECT t.partner_id, t.sent_as, t.form, t.at, t.made_at, octet_length(t.body), t.sha256, t.rows FROM told t
    WHERE t.sent_state = 'told' ORDER BY t.made_id;
$$;

-- The bytes of a file that a partner was told of; none: it was stopped, or whoever had it sent may no more.
CREATE OR REPLACE FUNCTION figures_sent_v1(p_partner text, p_name text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.body FROM figure_made m JOIN partner p ON p.id = m.partner_id JOIN figure_schedule s ON s.schedule_id = m.schedule_id
    WHERE p.code = p_partner AND m.sent_as || '.' || s.format = p_name AND m.sent_state = 'told' AND s.ended_at IS NULL
        AND figures_may_send_v1(s.owner_id, s.partner_id);
$$;
