-- Who signed a night, and why, stands in the proposal that two people decided, and in no word of the night's own.
-- It is signed once, and closed once.

CREATE OR REPLACE FUNCTION eod_signed_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed_by IS NOT NULL THEN
        IF (OLD.signed_by, OLD.book_id, OLD.business_day)
            IS DISTINCT FROM (NEW.signed_by, NEW.book_id, NEW.business_day)
        THEN
            RAISE EXCEPTION '% of book % is signed', OLD.business_day, OLD.book_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.sign_reason := OLD.sign_reason;
    ELSIF NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
        NEW.sign_reason := (
            SELECT a.reason FROM access_authorisation a JOIN access_user u ON u.id = a.checker_id
            WHERE a.action = 'night.sign' AND a.granted AND u.login = NEW.signed_by
                AND a.content ->> 'book' = NEW.book_id::text
                AND (a.content ->> 'day')::date = NEW.business_day
            ORDER BY a.id DESC LIMIT 1);
        IF NEW.signed_by IS NOT NULL AND NEW.sign_reason IS NULL THEN
            RAISE EXCEPTION 'nobody signed % of book % as %', NEW.business_day, NEW.book_id, NEW.signed_by
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER signed BEFORE INSERT OR UPDATE OF signed_by, sign_reason, book_id, business_day
    ON eod_run FOR EACH ROW EXECUTE FUNCTION eod_signed_v1();

-- A day that was closed stays closed, and when it was.
CREATE OR REPLACE FUNCTION eod_ended_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of book % is closed', OLD.business_day, OLD.book_id USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER ended BEFORE UPDATE ON eod_run FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND (OLD.ended_at IS DISTINCT FROM NEW.ended_at
          OR OLD.book_id <> NEW.book_id OR OLD.business_day <> NEW.business_day))
    EXECUTE FUNCTION eod_ended_v1();

-- The entry of a day that was signed, in the name of who signed it, with why it waits: once, by the signing itself.
DROP FUNCTION IF EXISTS eod_told_v1(bigint, jsonb);
CREATE OR REPLACE FUNCTION eod_told_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.signed_by IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.signed_by IS NULL) THEN
        PERFORM audit_draft_v1('signed', 'eod_run', NEW.eod_id::text, NULL,
            jsonb_build_object('book', NEW.book_id, 'day', NEW.business_day, 'waits', coalesce((
                SELECT s.result -> 'reasons' FROM eod_step s
                WHERE s.eod_id = NEW.eod_id AND s.step = 'close'), '[]')),
            coalesce(NEW.sign_reason, ''), NEW.signed_by, u.id, u.institution_id)
        FROM (SELECT) x LEFT JOIN access_user u ON u.login = NEW.signed_by;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER told AFTER INSERT OR UPDATE OF signed_by ON eod_run
    FOR EACH ROW EXECUTE FUNCTION eod_told_v1();
