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

-- What an export became stands: it ends once, whole by the worker alone. Then it is in the trail, in the name of who
-- asked for it, as its own row says; no process has a word of its own for that.
DROP FUNCTION IF EXISTS console_exported_v1(bigint, text, jsonb);
CREATE OR REPLACE FUNCTION console_ended_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'running' AND (OLD.state, NEW.state) <> ('done', 'removed') THEN
        RAISE EXCEPTION 'export % has ended', OLD.id USING ERRCODE = 'insufficient_privilege';
    ELSIF NEW.state = 'done' AND session_user = 'yifen_web' THEN
        RAISE EXCEPTION 'export % is written by the worker', OLD.id USING ERRCODE = 'insufficient_privilege';
    ELSIF NEW.state = 'done' THEN
        PERFORM audit_draft_v1('export', NEW.listing, NEW.id::text, NULL,
            jsonb_build_object('filters', NEW.query, 'format', NEW.format, 'rows', NEW.rows), '',
            u.login, u.id, u.institution_id, NEW.address, NEW.request)
        FROM access_user u WHERE u.id = NEW.maker_id;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ended BEFORE UPDATE ON console_export
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION console_ended_v1();
