-- Who asks for an export is who is signed in, and a few at a time: the file is written with his rights.
CREATE OR REPLACE FUNCTION console_export_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF session_user = 'yifen_web'
        AND NEW.maker_id IS DISTINCT FROM access_who_v1(current_setting('yifen.session', true))
    THEN
        RAISE EXCEPTION 'an export is asked for by who is signed in'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM access_user WHERE id = NEW.maker_id FOR UPDATE;  -- counted one at a time
    IF NEW.state = 'running' AND 3 <= (
        SELECT count(*) FROM console_export WHERE maker_id = NEW.maker_id AND state = 'running')
    THEN
        RAISE EXCEPTION 'three exports of this person are under way' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER asked BEFORE INSERT ON console_export
    FOR EACH ROW EXECUTE FUNCTION console_export_v1();

-- The entry of an export that is whole, in the name of who asked for it.
CREATE OR REPLACE FUNCTION console_exported_v1(p_export bigint, p_listing text, p_after jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_draft_v1('export', p_listing, x.id::text, NULL, p_after, '', u.login, u.id,
                          u.institution_id, x.address, x.request)
    FROM console_export x JOIN access_user u ON u.id = x.maker_id
    WHERE x.id = p_export AND x.state = 'done';
$$;
