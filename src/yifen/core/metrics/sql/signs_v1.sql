-- A process says how it is, of its own role alone and by the database's clock; what is older than a day goes.

-- p_wrong: why it is not ready, a list of [Chinese, English]; NULL: it ends.
CREATE OR REPLACE FUNCTION process_sign_v1(
    p_host text, p_name text, p_version text, p_began_at timestamptz, p_wrong jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM process_sign s WHERE s.at < clock_timestamp() - interval '1 day'
        OR p_wrong IS NULL AND s.role = session_user AND s.host = left(p_host, 200) AND s.name = left(p_name, 40);
    IF p_wrong IS NULL THEN
        RETURN;
    ELSIF (SELECT count(*) FROM process_sign s WHERE s.role = session_user) >= 500 THEN
        RAISE EXCEPTION 'too many processes of %', session_user USING ERRCODE = 'program_limit_exceeded';
    END IF;
    INSERT INTO process_sign AS s VALUES (session_user, left(p_host, 200), left(p_name, 40), left(p_version, 40),
        greatest(least(p_began_at, clock_timestamp()), clock_timestamp() - interval '10 years'),
        clock_timestamp(), p_wrong)
    ON CONFLICT (role, host, name) DO UPDATE
    SET version = excluded.version, began_at = excluded.began_at, at = excluded.at, wrong = excluded.wrong;
END $$;
