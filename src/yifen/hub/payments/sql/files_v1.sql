-- Daily files: parts first, the file's own row last; a file without it is not there, one with it is whole.

CREATE OR REPLACE FUNCTION payments_add_file_part_v1(p_file bigint, p_part integer, p_body bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM daily_file f WHERE f.file_id = p_file) THEN
        RAISE EXCEPTION 'daily file % is closed', p_file USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO daily_file_part VALUES (p_file, p_part, p_body);
END $$;

-- Answers the version: 1 for the first file of a partner's day, then counting up. The day is closed, and
-- the parts are there; a file in the place of one that partners have fetched is the owner's to make.
CREATE OR REPLACE FUNCTION payments_close_file_v1(
    p_file bigint, p_partner integer, p_day date, p_lines bigint, p_amount bigint, p_sha256 bytea,
    p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_version integer;
BEGIN
    IF NOT pg_has_role(session_user, current_user, 'MEMBER') AND (
        EXISTS (SELECT FROM daily_file f WHERE f.partner_id = p_partner AND f.business_day = p_day)
        OR NOT EXISTS (SELECT FROM daily_file_part x WHERE x.file_id = p_file)
        OR NOT EXISTS (SELECT FROM partner p JOIN ledger_day_head h USING (book_id)
                       WHERE p.id = p_partner AND h.business_day = p_day))
    THEN
        RAISE EXCEPTION 'partner % has its daily file of %, or none is due', p_partner, p_day
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO daily_file
    SELECT p_file, p_partner, p_day, coalesce(max(f.version), 0) + 1, p_lines, p_amount, p_sha256, p_now
    FROM daily_file f WHERE f.partner_id = p_partner AND f.business_day = p_day
    RETURNING version INTO v_version;
    RETURN v_version;
END $$;
