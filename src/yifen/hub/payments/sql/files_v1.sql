-- Daily files: parts first, the file's own row last; a file without it is not there.

CREATE OR REPLACE FUNCTION payments_add_file_part_v1(p_file bigint, p_part integer, p_body bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO daily_file_part VALUES (p_file, p_part, p_body);
$$;

-- Answers the version: 1 for the first file of a partner's day, then counting up.
CREATE OR REPLACE FUNCTION payments_close_file_v1(
    p_file bigint, p_partner integer, p_day date, p_lines bigint, p_amount bigint, p_sha256 bytea,
    p_now timestamptz
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO daily_file
    SELECT p_file, p_partner, p_day, coalesce(max(version), 0) + 1, p_lines, p_amount, p_sha256,
           p_now
    FROM daily_file WHERE partner_id = p_partner AND business_day = p_day
    RETURNING version;
$$;
