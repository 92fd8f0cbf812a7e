-- Who may write of sessions.

-- A session is made and kept by functions alone, which run as the owner: whoever else writes the row may end it, no more.
-- It runs with the caller's rights to see who that is.
CREATE OR REPLACE FUNCTION access_session_kept_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.session_key = '' AND NEW.session_began_at IS NULL AND NEW.session_until IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF NEW.session_key IN ('', OLD.session_key)
        AND (NEW.session_began_at, NEW.session_until) IS NOT DISTINCT FROM (OLD.session_began_at, OLD.session_until) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a session begins by who proves himself' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER session_kept BEFORE INSERT OR UPDATE ON access_user
    FOR EACH ROW EXECUTE FUNCTION access_session_kept_v1();
