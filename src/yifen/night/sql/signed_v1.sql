-- Who signed a night stands in the proposal that two people decided, and in no word of the night's own.

CREATE OR REPLACE FUNCTION eod_signed_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.signed_by IS NOT NULL AND NOT settlement_signed_v1(NEW.book_id, NEW.business_day, NEW.signed_by) THEN
        RAISE EXCEPTION 'nobody signed % of book % as %', NEW.business_day, NEW.book_id, NEW.signed_by
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER signed BEFORE INSERT OR UPDATE OF signed_by, book_id, business_day ON eod_run
    FOR EACH ROW EXECUTE FUNCTION eod_signed_v1();

-- The entry of a day that was signed, in the name of who signed it.
CREATE OR REPLACE FUNCTION eod_told_v1(p_run bigint, p_after jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_draft_v1('signed', 'eod_run', p_run::text, NULL, p_after, coalesce(r.sign_reason, ''),
                          r.signed_by, u.id, u.institution_id)
    FROM eod_run r LEFT JOIN access_user u ON u.login = r.signed_by
    WHERE r.eod_id = p_run AND r.signed_by IS NOT NULL;
$$;
